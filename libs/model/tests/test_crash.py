"""Whatever kills a trainer, and whenever: readers go on, and the next trainer does too."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

DRIVER = Path(__file__).parent / "crash_driver.py"


@pytest.mark.parametrize(
    ("case", "least_old", "least_new"),
    [("publish", 100, 30), ("publish-the-first", 20, 1), ("rollback", 20, 5), ("point-at", 20, 5)],
)
def test_kill_at_every_step_leaves_the_old_model_or_the_new_one_whole(
    quick_folder: Path, case: str, least_old: int, least_new: int
) -> None:
    # One thread, so that the driver may fork.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

    driven = subprocess.run(
        [sys.executable, "-W", "error", DRIVER, case, quick_folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert driven.returncode == 0, driven.stderr
    seen = Counter(json.loads(driven.stdout))
    assert seen["old"] >= least_old
    assert seen["new"] >= least_new
    assert seen["old"] + seen["new"] == seen["steps"]
