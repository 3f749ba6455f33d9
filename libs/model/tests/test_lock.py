import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    NoModelError,
    StoreLockedError,
    writing,
)

Publish = Callable[..., Manifest]


@contextmanager
def _another_trainer(store: FolderStore) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the lock until it is killed."""
    program = (
        "import sys, pathlib, playlist_model as m\n"
        "with m.writing(m.FolderStore(pathlib.Path(sys.argv[1]))) as writer:\n"
        "    (writer.store.scratch_path / 'half-made').mkdir()\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(store.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_trainer_is_turned_away_at_once_and_gets_in_when_the_first_was_killed(store: FolderStore) -> None:
    with _another_trainer(store) as first:
        with pytest.raises(StoreLockedError, match="another trainer has held the lock for 0 s"), writing(store):
            pass

        first.send_signal(signal.SIGKILL)
        first.wait()

        with writing(store, wait_s=0.0) as writer:
            # What it had begun is gone with it.
            assert list(writer.store.scratch_path.iterdir()) == []


def test_a_second_trainer_that_waits_says_so_and_gets_in_as_soon_as_the_first_is_gone(
    store: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    with _another_trainer(store) as first:
        timer = threading.Timer(0.2, first.kill)
        timer.start()

        with caplog.at_level("INFO"), writing(store, wait_s=30.0) as writer:
            assert caplog.messages == [f"another trainer holds the lock of {store.root}: waiting for up to 30 s"]
            assert first.wait() == -signal.SIGKILL
            assert list(writer.store.scratch_path.iterdir()) == []
        timer.join()


def test_a_trainer_that_is_turned_away_touches_nothing(store: FolderStore) -> None:
    with _another_trainer(store):
        with pytest.raises(StoreLockedError), writing(store):
            pass

        assert [path.name for path in store.scratch_path.iterdir()] == ["half-made"]


def test_the_lock_is_free_after_an_error_inside(store: FolderStore) -> None:
    with pytest.raises(KeyError), writing(store):
        raise KeyError

    with writing(store) as writer:
        assert writer.store == store


def test_a_reader_needs_no_lock(store: FolderStore, publish: Publish) -> None:
    manifest = publish(1)

    with _another_trainer(store):
        assert store.load_current().manifest == manifest


def test_taking_the_lock_makes_the_folder_but_no_model(store: FolderStore) -> None:
    with writing(store):
        pass

    with pytest.raises(NoModelError):
        store.load_current()
