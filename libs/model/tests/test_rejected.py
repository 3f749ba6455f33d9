"""Candidates that the gate rejected: kept, listed, and current only when somebody says so."""

import os
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from playlist_model import REJECTED, FolderStore, Manifest, Rules, Songs, Training, writing

Publish = Callable[..., Manifest]


@pytest.fixture
def reject(store: FolderStore, training: Callable[[int], Training]) -> Publish:
    """Publish the n-th model as one that the gate rejected."""

    def nth(number: int, keep: int = 3) -> Manifest:
        gate = {"outcome": REJECTED, "reason": "recall fell"}
        with writing(store, keep) as writer:
            return writer.publish(
                Songs.build([f"Song {number}"], [number]), Rules.build(1, []), replace(training(number), gate=gate)
            )

    return nth


def _age(store: FolderStore, manifest: Manifest) -> None:
    moment = time.time() - 7200
    os.utime(store.model_path(manifest.model_id), (moment, moment))


def test_a_rejected_candidate_is_kept_and_the_current_model_stays(
    store: FolderStore, publish: Publish, reject: Publish
) -> None:
    current = publish(1)

    candidate = reject(2)

    assert store.pointer().model_id == current.model_id
    assert store.model_ids() == [current.model_id, candidate.model_id]
    assert store.manifest(candidate.model_id).gate["reason"] == "recall fell"
    assert store.manifest(candidate.model_id).is_rejected


def test_a_rejected_candidate_can_be_made_current(store: FolderStore, publish: Publish, reject: Publish) -> None:
    publish(1)
    candidate = reject(2)

    with writing(store) as writer:
        writer.point_at(candidate.model_id)

    assert store.load_current().manifest == candidate


def test_rejected_candidates_do_not_push_out_models_to_roll_back_to(
    store: FolderStore, publish: Publish, reject: Publish
) -> None:
    accepted = [publish(1, keep=2), publish(2, keep=2)]
    rejected = [reject(number, keep=2) for number in (3, 4, 5)]
    for manifest in (*accepted, *rejected):
        _age(store, manifest)

    last = reject(6, keep=2)

    assert store.model_ids() == [*(manifest.model_id for manifest in accepted), last.model_id]


def test_without_a_pointer_an_older_accepted_model_comes_before_a_rejected_one(
    store: FolderStore, publish: Publish, reject: Publish
) -> None:
    accepted = publish(1)
    reject(2)
    store.pointer_path.unlink()

    assert store.load_newest().manifest == accepted


def test_without_a_pointer_a_rejected_model_is_better_than_none(store: FolderStore, reject: Publish) -> None:
    candidate = reject(1)

    assert store.load_newest().manifest == candidate


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_a_status_that_cant_be_read_is_empty(store: FolderStore, publish: Publish, content: bytes) -> None:
    publish(1)
    store.status_path.write_bytes(content)

    assert store.status() == {}


def test_the_last_status_is_read_back(store: FolderStore, publish: Publish) -> None:
    assert store.status() == {}
    publish(1)

    with writing(store) as writer:
        writer.note_status(b'{"outcome": "rejected"}')

    assert store.status() == {"outcome": "rejected"}
