import os
import time
from collections.abc import Callable

import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    writing,
)

Publish = Callable[..., Manifest]

HOUR_S = 3600


def _age(store: FolderStore, manifest: Manifest, seconds: float) -> None:
    """Make a model look as if it stopped changing so long ago."""
    moment = time.time() - seconds
    os.utime(store.model_path(manifest.model_id), (moment, moment))


def _ids(*manifests: Manifest) -> list[str]:
    return [manifest.model_id for manifest in manifests]


def test_the_newest_models_stay_however_old_they_are(store: FolderStore, publish: Publish) -> None:
    models = [publish(number) for number in (1, 2, 3)]
    for manifest in models:
        _age(store, manifest, seconds=100 * HOUR_S)

    models.append(publish(4, keep=4))

    assert store.model_ids() == _ids(*models)


def test_models_that_are_old_and_not_among_the_newest_are_cleared(store: FolderStore, publish: Publish) -> None:
    models = [publish(number) for number in (1, 2, 3)]
    for manifest in models:
        _age(store, manifest, seconds=HOUR_S + 60)

    models.append(publish(4, keep=2))

    assert store.model_ids() == _ids(*models[2:])
    assert list(store.scratch_path.iterdir()) == []


def test_a_model_of_less_than_an_hour_stays(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)
    _age(store, first, seconds=HOUR_S + 60)
    _age(store, second, seconds=HOUR_S - 60)

    third = publish(3, keep=1)

    assert store.model_ids() == _ids(second, third)


def test_the_model_that_was_current_until_now_stays_for_an_hour(store: FolderStore, publish: Publish) -> None:
    first = publish(1)
    _age(store, first, seconds=100 * HOUR_S)

    second = publish(2, keep=1)

    assert store.model_ids() == _ids(first, second)

    _age(store, first, seconds=HOUR_S + 60)
    third = publish(3, keep=1)

    assert store.model_ids() == _ids(second, third)


def test_a_model_that_was_rolled_back_to_stays_while_it_answers_and_an_hour_more(
    store: FolderStore, publish: Publish
) -> None:
    first, second, third = publish(1), publish(2), publish(3)
    for manifest in (first, second):
        _age(store, manifest, seconds=100 * HOUR_S)
    with writing(store) as writer:
        writer.rollback(first.model_id)
    _age(store, first, seconds=100 * HOUR_S)
    _age(store, third, seconds=100 * HOUR_S)

    fourth = publish(4, keep=1)

    assert store.model_ids() == _ids(first, fourth)
    assert store.load(first.model_id).manifest == first


def test_the_current_model_stays_though_the_clock_of_its_volume_is_behind(
    store: FolderStore, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(9)
    # A file system that stamps what was written just now as two hours old can't be had but by this.
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 2 * HOUR_S)

    current = publish(1, keep=1)  # by a trainer whose own date is behind as well

    assert store.load_current().manifest == current


def test_the_current_model_stays_though_newer_dates_fill_the_places(store: FolderStore, publish: Publish) -> None:
    newest, newer = publish(9), publish(8)
    for manifest in (newest, newer):
        _age(store, manifest, seconds=100 * HOUR_S)

    current = publish(1, keep=1)  # by a trainer whose clock is behind

    assert store.model_ids() == sorted(_ids(current, newer, newest))
    assert store.load_current().manifest == current


def test_a_model_whose_manifest_can_not_be_read_takes_no_place_and_goes_in_the_end(
    store: FolderStore, publish: Publish
) -> None:
    first, second = publish(1), publish(2)
    (store.model_path(second.model_id) / "manifest.json").write_bytes(b"{")

    third = publish(3, keep=2)

    assert store.model_ids() == _ids(first, second, third)

    for manifest in (first, second):
        _age(store, manifest, seconds=HOUR_S + 60)
    fourth = publish(4, keep=3)

    assert store.model_ids() == _ids(first, third, fourth)


def test_room_is_made_without_a_publication(store: FolderStore, publish: Publish) -> None:
    models = [publish(number) for number in (1, 2, 3, 4)]
    for manifest in (models[0], models[1]):
        _age(store, manifest, seconds=HOUR_S + 60)

    with writing(store, keep=1) as writer:
        writer.make_room()

    assert store.model_ids() == _ids(*models[2:])
    assert store.load_current().manifest == models[3]


@pytest.mark.parametrize("damaged", ["model", "pointer"])
def test_no_model_goes_to_make_room_while_the_current_one_is_damaged(
    store: FolderStore, publish: Publish, damaged: str
) -> None:
    models = [publish(number) for number in (1, 2, 3)]
    path = store.pointer_path if damaged == "pointer" else store.model_path(models[2].model_id) / "manifest.json"
    path.write_bytes(b"{")
    for manifest in models:
        _age(store, manifest, seconds=HOUR_S + 60)

    with writing(store, keep=1) as writer:
        writer.make_room()

    assert store.model_ids() == _ids(*models)


def test_a_publication_succeeds_though_an_old_model_can_not_be_cleared(
    store: FolderStore, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(1)
    publish(2)
    _age(store, first, seconds=HOUR_S + 60)

    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may remove anything, so that a real refusal can't be had where tests run as root.
    monkeypatch.setattr("playlist_model.store.folder_writer.shutil.rmtree", refuse)
    third = publish(3, keep=1)

    assert store.load_current().manifest == third
    assert first.model_id not in store.model_ids()
