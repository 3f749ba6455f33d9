"""Whatever kills a trainer while it publishes to a bucket: readers go on, and the next trainer clears what it left."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from playlist_model import (
    Manifest,
    Rules,
    Songs,
    StoreChangedError,
    StoreOptions,
    Training,
    open_store,
    writing,
)

from . import real_s3
from .s3_server import ACCESS_KEY, SECRET_KEY, serving

DRIVER = Path(__file__).parent / "object_crash_driver.py"
REAL = pytest.param("real", marks=pytest.mark.skipif(not real_s3.is_there(), reason=real_s3.MISSING))


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Yield the address of each server by its kind."""
    with ExitStack() as stack:
        found = {"stand-in": stack.enter_context(serving()).url}
        if real_s3.is_there():
            found["real"] = stack.enter_context(real_s3.running(tmp_path_factory.mktemp("s3")))
        yield found


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.mark.parametrize(
    ("kind", "case", "least_old", "least_new"),
    [
        pytest.param("stand-in", "publish-the-first", 10, 5),
        pytest.param("real", "publish", 15, 8, marks=REAL.marks),
        pytest.param("real", "publish-the-first", 10, 5, marks=REAL.marks),
        pytest.param("real", "rollback", 20, 3, marks=REAL.marks),
    ],
)
def test_kill_at_every_request_leaves_the_old_model_or_the_new_one_whole(
    keys: None, urls: dict[str, str], quick_folder: Path, kind: str, case: str, least_old: int, least_new: int
) -> None:
    # One thread, so that the driver may fork.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

    driven = subprocess.run(
        [sys.executable, "-W", "error", DRIVER, case, urls[kind], quick_folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert driven.returncode == 0, driven.stderr
    seen = Counter(json.loads(driven.stdout))
    assert seen["old"] >= least_old
    assert seen["new"] >= least_new


@pytest.mark.parametrize("kind", ["stand-in", REAL])
def test_of_many_trainers_at_once_one_wins_each_round_and_all_others_notice(
    keys: None, urls: dict[str, str], quick_folder: Path, kind: str
) -> None:
    options = StoreOptions(urls[kind], allow_http=True)
    together = threading.Barrier(4, timeout=60)
    outcomes: list[Manifest | StoreChangedError] = []

    def train(number: int) -> None:
        store = open_store("s3://models/many", quick_folder / str(number), options)
        for round_ in range(5):
            songs = Songs.build([f"Song {number}"], [number + 1])
            training = Training(datetime(2026, 1, 1, tzinfo=UTC), f"{number * 100 + round_:064x}", {}, {}, "", "")
            together.wait()
            with writing(store) as writer:
                together.wait()
                try:
                    outcomes.append(writer.publish(songs, Rules.build(1, []), training))
                except StoreChangedError as error:
                    outcomes.append(error)

    trainers = [threading.Thread(target=train, args=(number,)) for number in range(4)]
    for trainer in trainers:
        trainer.start()
    for trainer in trainers:
        trainer.join()

    assert len(outcomes) == 20
    won = [outcome for outcome in outcomes if isinstance(outcome, Manifest)]
    assert len(won) == 5
    reader = open_store("s3://models/many", quick_folder / "reader", options)
    assert reader.load_current().manifest == won[-1]
