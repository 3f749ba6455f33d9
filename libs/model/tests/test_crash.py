"""Whatever kills a trainer, and whenever, in a folder and in a bucket: readers go on, and the next trainer does too."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .conftest import MOTO, REAL, ServerUrl

ROOT = Path(__file__).parents[3]


def _seen(driver: str, *words: str | Path) -> Counter[str]:
    """Run a driver to its end; return how often the old model was current after a kill, and the new one."""
    # One thread, so that the driver may fork.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    driven = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"libs.model.tests.{driver}", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert driven.returncode == 0, driven.stderr
    return Counter(json.loads(driven.stdout))


@pytest.mark.parametrize(
    ("server", "case", "least_old", "least_new"),
    [
        ("", "publish", 100, 30),
        ("", "publish-the-first", 20, 1),
        ("", "rollback", 20, 5),
        ("", "point-at", 20, 5),
        # Moto takes 6 ms for a request.
        pytest.param(*MOTO.values, "publish-the-first", 2, 2, marks=MOTO.marks),
        pytest.param(*REAL.values, "publish", 15, 5, marks=REAL.marks),
        pytest.param(*REAL.values, "publish-the-first", 10, 5, marks=REAL.marks),
        # Of its requests, one alone moves the pointer; kills at any moment may all come before it.
        pytest.param(*REAL.values, "rollback", 20, 2, marks=REAL.marks),
    ],
)
def test_kill_at_every_step_leaves_the_old_model_or_the_new_one_whole(
    server_url: ServerUrl, quick_folder: Path, server: str, case: str, least_old: int, least_new: int
) -> None:
    if server:
        stride = "4" if server == "moto" else "1"
        seen = _seen("object_crash_driver", case, server_url(server), quick_folder, stride)
    else:
        seen = _seen("crash_driver", case, quick_folder)
        assert seen["old"] + seen["new"] == seen["steps"]

    assert seen["old"] >= least_old
    assert seen["new"] >= least_new
