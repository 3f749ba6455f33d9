"""Readers poll while a trainer publishes: they see one whole model after the other. Of many trainers one wins."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    Model,
    Rules,
    Songs,
    StoreChangedError,
    StoreOptions,
    Training,
    open_store,
    writing,
)

from .conftest import MOTO, REAL, ServerUrl

# Publishes models in which every number is the model's own. A model that every reader has gone on from is made to look
# old, as it is after an hour, so that clearing goes on as well.
PUBLISH = """
import os, pathlib, sys
from datetime import UTC, datetime, timedelta
import numpy as np
from playlist_model import FolderStore, Rules, RuleTable, Songs, Training, writing

store = FolderStore(pathlib.Path(sys.argv[1]))
for number in range(1, 81):
    one = np.array([number], np.int32)
    table = RuleTable(np.array([[0]], np.int32), one, np.array([1], np.int32), one)
    songs = Songs.build([f"First {number}", f"Second {number}"], [number] * 2, artists=[f"Artist {number}"] * 2)
    date = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    with writing(store, keep=1) as writer:
        manifest = writer.publish(songs, Rules.build(2, [table]), Training(date, f"{number:064x}", {}, {}, "", ""))
    passed = min(int(path.read_text() or 0) for path in map(pathlib.Path, sys.argv[2:]))
    for model in store.manifests():
        if int(model.fingerprint, 16) < passed:
            os.utime(store.model_path(model.model_id), (0, 0))
"""


def _number_of(model: Model) -> int:
    """Tell which model this is, having seen that every part of it belongs to that one."""
    number = int(model.manifest.fingerprint, 16)
    assert list(model.songs.names) == [f"First {number}", f"Second {number}"]
    assert list(model.songs.artists) == [f"Artist {number}"] * 2
    assert model.songs.support_counts.tolist() == [number, number]
    assert model.rules.support_counts.tolist() == model.rules.antecedent_support_counts.tolist() == [number]
    assert model.rules.antecedents_within(np.array([0, 1], np.int32)).tolist() == [0]
    return number


def _poll(store: FolderStore, seen: list[int], note: Path, stop: Callable[[], bool]) -> None:
    """Load whenever the pointer changed, as a server does, and note how far that went."""
    content = None
    while not stop():
        found = store.pointer_content()
        if found != content:
            content = found
            seen.append(_number_of(store.load_current()))
            note.write_text(str(seen[-1]))
        time.sleep(0.001)


def test_readers_see_whole_models_while_another_process_publishes_and_clears(
    store: FolderStore, quick_folder: Path
) -> None:
    notes: dict[Path, list[int]] = {quick_folder / "reader-1": [], quick_folder / "reader-2": []}
    errors: list[Exception] = []
    for note in notes:
        note.touch()

    with subprocess.Popen([sys.executable, "-c", PUBLISH, store.root, *notes]) as trainer:

        def read(note: Path, seen: list[int]) -> None:
            try:
                _poll(store, seen, note, stop=lambda: trainer.poll() is not None)
            except Exception as error:  # noqa: BLE001 - a thread's error has to get out of it
                errors.append(error)

        readers = [threading.Thread(target=read, args=reader) for reader in notes.items()]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert errors == []
    assert trainer.returncode == 0
    for seen in notes.values():
        assert seen == sorted(seen)
        assert len(seen) >= 4
    assert _number_of(store.load_current()) == 80
    assert len(store.model_ids()) < 60  # else nothing was cleared


def test_a_model_that_was_loaded_stays_as_it_was_while_newer_ones_come(
    store: FolderStore, publish: Callable[..., Manifest]
) -> None:
    publish(1)
    held = store.load_current()

    for number in range(2, 6):
        publish(number, keep=1)

    assert list(held.songs.names) == ["Song 1"]
    assert list(store.load_current().songs.names) == ["Song 5"]


@pytest.mark.parametrize("server", [MOTO, REAL])
def test_of_many_trainers_at_once_one_wins_each_round_and_all_others_notice(
    server_url: ServerUrl, quick_folder: Path, server: str
) -> None:
    options = StoreOptions(server_url(server), allow_http=True)
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
