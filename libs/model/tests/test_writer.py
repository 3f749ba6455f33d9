import errno
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    Model,
    Rules,
    Songs,
    Training,
    writing,
)

Publish = Callable[..., Manifest]
Trainings = Callable[[int], Training]

ONE_SONG, NO_RULES = Songs.build(["Air"], [1]), Rules.build(1, [])


def test_a_published_model_is_the_current_one(store: FolderStore, publish: Publish) -> None:
    for number in (1, 2):
        manifest = publish(number)

        assert store.pointer().model_id == manifest.model_id
        assert store.load_current().manifest == manifest


def test_publishing_leaves_nothing_half_made(store: FolderStore, publish: Publish) -> None:
    publish(1)

    assert list(store.scratch_path.iterdir()) == []
    assert sorted(path.name for path in store.root.iterdir()) == [".lock", "current.json", "models", "tmp"]


def test_an_id_tells_the_date_in_utc_and_the_fingerprint(store: FolderStore, training: Trainings) -> None:
    berlin = timezone(timedelta(hours=1))
    trained = replace(training(1), model_date=datetime(2026, 5, 1, 0, 30, tzinfo=berlin), fingerprint="abcdef0123")

    with writing(store) as writer:
        manifest = writer.publish(ONE_SONG, NO_RULES, trained)

    assert manifest.model_id == "20260430T233000Z-abcdef01"
    assert manifest.model_date == "2026-04-30T23:30:00.000Z"


def test_the_same_training_published_again_gets_an_id_of_its_own(store: FolderStore, publish: Publish) -> None:
    ids = [publish(1).model_id for _ in range(3)]

    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]
    assert store.pointer().model_id == ids[2]


def test_a_number_that_json_has_no_word_for_leaves_the_old_model(
    store: FolderStore, publish: Publish, training: Trainings
) -> None:
    old = publish(1)

    with pytest.raises(ValueError, match="JSON"), writing(store) as writer:
        writer.publish(ONE_SONG, NO_RULES, replace(training(2), evaluation={"recall_at_10": float("nan")}))

    assert store.load_current().manifest == old
    assert store.model_ids() == [old.model_id]


def test_a_volume_that_fails_at_any_write_leaves_the_old_model_or_the_new(
    store: FolderStore, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = publish(1).model_id
    seen = set()
    failures = 0

    for number in range(2, 100):
        left = [failures]

        def force(descriptor: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", force)  # the one call that every write ends with
            try:
                publish(number)
            except OSError:
                failures += 1
            else:
                break
        found = store.load_current().manifest.model_id
        seen.add("old" if found == current else "new")
        current = publish(number).model_id

    assert failures > 20
    assert seen == {"old", "new"}


def test_files_are_on_the_disk_before_the_names_that_lead_to_them(
    store: FolderStore, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[object] = []  # inodes forced, names renamed
    rename, replace_ = os.rename, os.replace

    def noted(move: Callable[[object, object], None]) -> Callable[[object, object], None]:
        def noting(source: object, target: object) -> None:
            events.append(Path(str(target)).name)
            move(source, target)

        return noting

    monkeypatch.setattr(os, "fsync", lambda descriptor: events.append(os.fstat(descriptor).st_ino))
    monkeypatch.setattr(os, "rename", noted(rename))
    monkeypatch.setattr(os, "replace", noted(replace_))
    model = store.model_path(publish(1).model_id)

    def inode(path: Path) -> int:
        return path.stat().st_ino

    files = {inode(path) for path in model.iterdir()}
    renamed, pointed = events.index(model.name), events.index("current.json")
    assert len(files) == 28
    assert files < set(events[:renamed])
    # The folder itself after the last file in it, and models/ had its own name in the root by then.
    assert events[:renamed].index(inode(model)) > max(events.index(file) for file in files)
    assert inode(store.root) in events[:renamed]
    assert inode(model.parent) in events[renamed:pointed]
    assert inode(store.pointer_path) in events[:pointed]
    assert inode(store.root) in events[pointed:]


def test_a_note_of_the_source_is_replaced_whole(store: FolderStore) -> None:
    for content in (b'{"etag": "a longer one"}', b"{}"):
        with writing(store) as writer:
            writer.note_source(content)

        assert store.source_path.read_bytes() == content


def test_what_a_killed_trainer_left_is_cleared(store: FolderStore, publish: Publish) -> None:
    publish(1)
    (store.scratch_path / "20260101T000000Z-ab" / "deep").mkdir(parents=True)
    (store.scratch_path / "20260101T000000Z-ab" / "deep" / "song_names.npy").write_bytes(b"half")
    (store.scratch_path / "current.json").write_bytes(b"{")

    with writing(store):
        assert list(store.scratch_path.iterdir()) == []


def test_publishing_over_a_damaged_pointer_heals_it(store: FolderStore, published: Model, publish: Publish) -> None:
    store.pointer_path.write_bytes(b"\0")

    manifest = publish(2)

    assert store.load_current().manifest == manifest
