import json
from collections.abc import Callable

import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    ModelDamagedError,
    ModelNotFoundError,
    writing,
)

Publish = Callable[..., Manifest]


def _damage(store: FolderStore, manifest: Manifest, name: str) -> None:
    path = store.model_path(manifest.model_id) / name
    path.write_bytes(b"?" + path.read_bytes()[1:])


def test_a_rollback_makes_a_kept_model_current_and_notes_what_it_turned_away_from(
    store: FolderStore, publish: Publish
) -> None:
    first, second = publish(1), publish(2)

    with writing(store) as writer:
        assert writer.rollback(first.model_id) == first

    assert store.load_current().manifest == first
    assert store.pointer().rejected_fingerprint == second.fingerprint
    assert store.model_ids() == [first.model_id, second.model_id]


def test_a_second_rollback_keeps_the_note_of_the_first(store: FolderStore, publish: Publish) -> None:
    # The inputs are still those of the third model: were the note lost, the next training would bring it back.
    first, second, third = publish(1), publish(2), publish(3)

    with writing(store) as writer:
        writer.rollback(second.model_id)
        writer.rollback(first.model_id)

    assert store.load_current().manifest == first
    assert store.pointer().rejected_fingerprint == third.fingerprint


def test_a_rollback_to_the_current_model_rejects_nothing(store: FolderStore, publish: Publish) -> None:
    publish(1)
    second = publish(2)

    with writing(store) as writer:
        writer.rollback(second.model_id)

    assert store.load_current().manifest == second
    assert store.pointer().rejected_fingerprint is None


def test_a_rollback_repeated_keeps_its_note(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)

    with writing(store) as writer:
        writer.rollback(first.model_id)
        writer.rollback(first.model_id)

    assert store.pointer().rejected_fingerprint == second.fingerprint


def test_a_rollback_forward_to_the_rejected_model_takes_the_note_back(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)

    with writing(store) as writer:
        writer.rollback(first.model_id)
        writer.rollback(second.model_id)

    assert store.load_current().manifest == second
    assert store.pointer().rejected_fingerprint is None


def test_the_next_publication_ends_a_rejection(store: FolderStore, publish: Publish) -> None:
    first, _ = publish(1), publish(2)
    with writing(store) as writer:
        writer.rollback(first.model_id)

    publish(3)

    assert store.pointer().rejected_fingerprint is None


def test_a_rollback_to_a_damaged_model_changes_nothing(store: FolderStore, publish: Publish) -> None:
    first, _ = publish(1), publish(2)
    _damage(store, first, "song_names.npy")
    before = store.pointer_content()

    with writing(store) as writer, pytest.raises(ModelDamagedError, match=r"song_names\.npy"):
        writer.rollback(first.model_id)

    assert store.pointer_content() == before


def test_a_rollback_to_a_model_that_is_not_kept_changes_nothing(store: FolderStore, publish: Publish) -> None:
    kept = publish(1)
    before = store.pointer_content()

    with writing(store) as writer, pytest.raises(ModelNotFoundError, match=f"kept: {kept.model_id}"):
        writer.rollback("20200101T000000Z-ab")

    assert store.pointer_content() == before


def test_a_rollback_is_the_way_out_of_a_damaged_pointer(store: FolderStore, publish: Publish) -> None:
    first, _ = publish(1), publish(2)
    store.pointer_path.write_bytes(b"{")

    with writing(store) as writer:
        writer.rollback(first.model_id)

    assert store.load_current().manifest == first
    assert store.pointer().rejected_fingerprint is None


def test_a_rollback_from_a_model_whose_manifest_is_damaged_still_works(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)
    _damage(store, second, "manifest.json")

    with writing(store) as writer:
        writer.rollback(first.model_id)

    assert store.load_current().manifest == first


def test_pointing_at_a_kept_model_may_carry_a_rejection(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)

    with writing(store) as writer:
        writer.point_at(first.model_id, rejected_fingerprint=second.fingerprint)

    assert store.load_current().manifest == first
    assert json.loads(store.pointer_path.read_bytes())["rejected_fingerprint"] == second.fingerprint
