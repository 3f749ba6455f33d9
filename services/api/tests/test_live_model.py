import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playlist_api.live_model import LiveModel
from playlist_model import FolderStore, Model

Publish = Callable[..., str]


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(store: FolderStore, clock: Clock) -> LiveModel:
    return LiveModel(store, retry_interval_s=10.0, clock=clock)


@pytest.fixture
def faults(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def model_id(live: LiveModel) -> str | None:
    return live.current.manifest.model_id if live.current else None


def fault(live: LiveModel) -> str | None:
    return live.state.fault.message if live.state.fault else None


def damage(store: FolderStore, damaged: str) -> Path:
    """Cut one array of a model short; give its path."""
    path = store.model_path(damaged) / "rule_consequents.npy"
    path.write_bytes(path.read_bytes()[:-1])
    return path


def test_first_look_loads_what_is_published(live: LiveModel, publish: Publish) -> None:
    published = publish()

    live.refresh()

    assert model_id(live) == published
    assert live.state.loaded_at is not None
    assert (live.state.load_count, live.state.failure_count, fault(live)) == (1, 0, None)


def test_newer_model_takes_the_olds_place(live: LiveModel, publish_named: Publish) -> None:
    publish_named(1)
    live.refresh()
    second = publish_named(2)

    live.refresh()

    assert model_id(live) == second
    assert live.state.load_count == 2


def test_unchanged_pointer_loads_nothing(live: LiveModel, publish: Publish) -> None:
    publish()
    live.refresh()
    model = live.current

    live.refresh()

    assert live.current is model


def test_roll_back_is_followed(live: LiveModel, publish_named: Publish, store: FolderStore) -> None:
    first = publish_named(1)
    pointer = store.pointer_path.read_bytes()
    publish_named(2)
    live.refresh()
    store.pointer_path.write_bytes(pointer)

    live.refresh()

    assert model_id(live) == first


def test_empty_folder_is_ready_once_it_was_looked_at(live: LiveModel) -> None:
    assert not live.state.is_ready

    live.refresh()

    assert live.state.is_ready
    assert live.current is None
    assert fault(live) is None


def test_model_published_into_an_empty_folder_is_loaded(live: LiveModel, publish: Publish) -> None:
    live.refresh()
    published = publish()

    live.refresh()

    assert model_id(live) == published


def test_first_model_is_waited_for_while_it_is_being_loaded(
    live: LiveModel, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.refresh()
    was_ready = [live.state.is_ready]
    load_current = FolderStore.load_current

    def watched(store: FolderStore, pause_ratio: float) -> Model:
        was_ready.append(live.state.is_ready)
        return load_current(store, pause_ratio)

    # A model of this size is loaded before another thread could look.
    monkeypatch.setattr(FolderStore, "load_current", watched)
    publish()
    live.refresh()

    assert [*was_ready, live.state.is_ready] == [True, False, True]


@pytest.mark.parametrize("file", ["rule_consequents.npy", "manifest.json"])
def test_damaged_new_model_keeps_the_old_one(
    live: LiveModel, publish_named: Publish, store: FolderStore, faults: Callable[[], list[str]], file: str
) -> None:
    first = publish_named(1)
    live.refresh()
    second = publish_named(2)
    (store.model_path(second) / file).write_bytes(b"{")

    live.refresh()

    assert model_id(live) == first
    assert live.state.is_ready
    assert second in str(fault(live))
    assert live.state.failure_count == 1
    (message,) = faults()
    assert message.endswith(f"; keeping {first}")


def test_fault_is_logged_once_and_counted_at_each_try(
    live: LiveModel, publish_named: Publish, store: FolderStore, clock: Clock, faults: Callable[[], list[str]]
) -> None:
    publish_named(1)
    live.refresh()
    damage(store, publish_named(2))

    for clock.now in (0.0, 5.0, 9.9, 10.0, 12.0, 20.0):
        live.refresh()

    # Tried at 0, 10 and 20 seconds.
    assert live.state.failure_count == 3
    assert len(faults()) == 1


def test_healed_model_is_loaded_though_its_pointer_has_not_changed(
    live: LiveModel, publish_named: Publish, store: FolderStore, clock: Clock
) -> None:
    publish_named(1)
    live.refresh()
    second = publish_named(2)
    path = store.model_path(second) / "rule_consequents.npy"
    whole = path.read_bytes()
    damage(store, second)
    live.refresh()
    path.write_bytes(whole)

    live.refresh()
    waiting = model_id(live)
    clock.now = 10.0
    live.refresh()

    assert waiting != second
    assert model_id(live) == second
    assert fault(live) is None


def test_new_pointer_is_followed_at_once_after_a_fault(
    live: LiveModel, publish_named: Publish, store: FolderStore
) -> None:
    publish_named(1)
    live.refresh()
    damage(store, publish_named(2))
    live.refresh()
    third = publish_named(3)

    live.refresh()

    assert model_id(live) == third
    assert fault(live) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"model_id": "../x", "manifest_sha256": ""}', b"\xff"])
def test_start_on_a_damaged_pointer_takes_the_newest_model(
    live: LiveModel, publish_named: Publish, store: FolderStore, content: bytes
) -> None:
    publish_named(1)
    second = publish_named(2)
    store.pointer_path.write_bytes(content)

    live.refresh()

    assert model_id(live) == second
    assert str(fault(live)).startswith("current.json: ")


def test_start_on_a_damaged_model_takes_the_newest_that_verifies(
    live: LiveModel, publish_named: Publish, store: FolderStore
) -> None:
    first = publish_named(1)
    damage(store, publish_named(2))

    live.refresh()

    assert model_id(live) == first
    assert fault(live) is not None


def test_start_without_a_pointer_takes_the_newest_model(
    live: LiveModel, publish_named: Publish, store: FolderStore
) -> None:
    publish_named(1)
    second = publish_named(2)
    store.pointer_path.unlink()

    live.refresh()

    assert model_id(live) == second
    assert "missing" in str(fault(live))


def test_start_with_nothing_that_verifies_is_not_ready_until_it_heals(
    live: LiveModel, publish: Publish, store: FolderStore, clock: Clock
) -> None:
    published = publish()
    path = store.model_path(published) / "rule_consequents.npy"
    whole = path.read_bytes()
    damage(store, published)

    live.refresh()
    was_ready = live.state.is_ready
    path.write_bytes(whole)
    clock.now = 10.0
    live.refresh()

    assert not was_ready
    assert live.state.is_ready
    assert model_id(live) == published


def test_vanished_pointer_keeps_the_model_and_says_so(
    live: LiveModel, publish: Publish, store: FolderStore, faults: Callable[[], list[str]]
) -> None:
    published = publish()
    live.refresh()
    store.pointer_path.unlink()

    live.refresh()
    live.refresh()

    assert model_id(live) == published
    assert "missing" in str(fault(live))
    assert len(faults()) == 1


def test_vanished_folder_keeps_the_model(live: LiveModel, publish: Publish, store: FolderStore) -> None:
    published = publish()
    live.refresh()
    shutil.rmtree(store.root)

    live.refresh()

    assert model_id(live) == published
    assert live.current
    assert live.current.songs.match("Greensleeves").song_ids == (1,)


def test_pointer_that_comes_back_ends_the_fault(live: LiveModel, publish: Publish, store: FolderStore) -> None:
    publish()
    live.refresh()
    content = store.pointer_path.read_bytes()
    store.pointer_path.unlink()
    live.refresh()
    store.pointer_path.write_bytes(content)

    live.refresh()

    assert fault(live) is None


def test_pointer_that_can_not_be_read_keeps_the_model(live: LiveModel, publish: Publish, store: FolderStore) -> None:
    published = publish()
    live.refresh()
    store.pointer_path.unlink()
    store.pointer_path.mkdir()

    live.refresh()

    assert model_id(live) == published
    assert "can't be read" in str(fault(live))


def test_newer_format_is_named_and_the_old_model_kept(
    live: LiveModel, publish_named: Publish, store: FolderStore
) -> None:
    first = publish_named(1)
    live.refresh()
    store.pointer_path.write_text(json.dumps({"model_id": publish_named(2), "manifest_sha256": "0" * 64}))

    live.refresh()

    assert model_id(live) == first
    assert fault(live) is not None


@pytest.fixture
def running(store: FolderStore) -> Iterator[LiveModel]:
    live = LiveModel(store, interval_s=0.01)
    live.start()
    yield live
    live.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come true within ten seconds")


def test_running_live_model_follows_by_itself(running: LiveModel, publish_named: Publish) -> None:
    wait_until(lambda: running.state.is_ready)

    for number in (1, 2):
        published = publish_named(number)

        wait_until(lambda published=published: model_id(running) == published)  # type: ignore[misc]


def test_unforeseen_error_does_not_end_the_looking(
    running: LiveModel, publish: Publish, monkeypatch: pytest.MonkeyPatch, faults: Callable[[], list[str]]
) -> None:
    def fail(store: FolderStore) -> None:
        raise ZeroDivisionError("by chance")

    with monkeypatch.context() as patched:
        # What nobody foresaw can't be brought about with real files.
        patched.setattr(FolderStore, "pointer_content", fail)
        wait_until(lambda: fault(running) == "ZeroDivisionError: by chance")
    published = publish()

    wait_until(lambda: model_id(running) == published)
    assert len(faults()) == 1


def test_history_tells_each_reload_and_each_fault_once(
    live: LiveModel, store: FolderStore, publish: Publish, clock: Clock
) -> None:
    first = publish(1)
    live.refresh()
    second = publish(2)
    damage(store, second)
    for _ in range(3):  # looked at again and again, and no better
        live.refresh()
        clock.now += 20
    third = publish(3)
    live.refresh()

    history = live.state.history
    assert [(entry.model_id, entry.error is None) for entry in history] == [
        (third, True),
        (first, False),
        (first, True),
    ]
    assert live.state.failure_count == 3
    assert [entry.duration_s is None for entry in history] == [False, True, False]
    assert live.state.reload_s == history[0].duration_s


def test_history_is_bounded(live: LiveModel, publish: Publish) -> None:
    for number in range(25):
        publish(number)
        live.refresh()

    assert live.state.load_count == 25
    assert len(live.state.history) == 20


def test_store_that_can_not_be_read_is_counted_until_it_can(
    live: LiveModel, store: FolderStore, publish: Publish
) -> None:
    assert live.is_store_up is None
    publish()
    content = store.pointer_path.read_bytes()
    store.pointer_path.unlink()
    store.pointer_path.mkdir()  # reading it fails, as on a volume that went away

    live.refresh()
    live.refresh()

    assert (live.is_store_up, live.store_errors) == (False, 2)
    store.pointer_path.rmdir()
    store.pointer_path.write_bytes(content)
    live.refresh()
    assert (live.is_store_up, live.store_errors) == (True, 2)


def test_space_is_that_of_the_volume(live: LiveModel, store: FolderStore, publish: Publish) -> None:
    assert live.store_space_bytes() is None  # not mounted yet

    publish()

    assert live.store_space_bytes() is not None
    assert live.store_space_bytes() == store.space_bytes()


def test_folder_without_a_model_is_named_once(live: LiveModel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    live.refresh()
    live.refresh()

    assert [record.getMessage() for record in caplog.records] == [
        f"no model is published in {live._store.name} yet: the first one is loaded once it is"
    ]


def test_store_that_was_away_and_holds_no_model_has_lost_none(live: LiveModel, store: FolderStore) -> None:
    pointer = store.root / "current.json"
    pointer.mkdir(parents=True)
    live.refresh()
    assert live.state.fault is not None
    pointer.rmdir()
    live.refresh()

    assert live.state.is_published is False
