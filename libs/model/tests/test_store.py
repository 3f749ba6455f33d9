import json
import mmap
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    Model,
    ModelDamagedError,
    ModelNotFoundError,
    NoModelError,
    Pointer,
    PointerError,
    Rules,
    Songs,
    Training,
    rank,
    writing,
)

Publish = Callable[[int], Manifest]
Same = Callable[[Model, Model], bool]


def _ids(*ids: int) -> np.ndarray:
    return np.array(ids, np.int32)


def _damage(path: Path) -> None:
    path.write_bytes(b"?" + path.read_bytes()[1:])


def _is_mapped(array: np.ndarray) -> bool:
    base = array.base
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def _round_trip(store: FolderStore, songs: Songs, rules: Rules, training: Training) -> Model:
    with writing(store) as writer:
        writer.publish(songs, rules, training)
    return store.load_current()


def test_nothing_is_found_where_nothing_was_published(store: FolderStore) -> None:
    assert store.pointer_content() is None
    assert store.model_ids() == []
    assert store.manifests() == []
    with pytest.raises(NoModelError, match="no model has been published here yet"):
        store.load_current()
    with pytest.raises(NoModelError, match="no model here can be loaded"):
        store.load_newest()
    assert not store.root.exists()


def test_a_loaded_model_is_the_one_that_was_published(store: FolderStore, published: Model, same: Same) -> None:
    model = store.load_current()

    assert same(model, published)
    assert model.manifest == published.manifest


def test_a_loaded_model_answers(store: FolderStore, published: Model) -> None:
    model = store.load_current()

    asked = model.songs.match("bolero")
    ranking = rank(model.rules, _ids(*asked.song_ids), _ids(*asked.same_key), limit=5)

    # Bolero's two playlists: both hold Air, one Canon.
    assert [model.songs.names[song] for song in ranking.song_ids] == ["Air", "Canon"]
    assert model.songs.artists[0] == "Bach"
    assert model.songs.search("", 2) == [0, 1]
    assert model.songs.close_matches("bollero", 2) == [1]


def test_loaded_arrays_are_mapped_and_can_not_be_written(store: FolderStore, published: Model) -> None:
    model = store.load_current()

    assert _is_mapped(model.rules.consequents)
    assert type(model.rules.consequents) is np.ndarray
    with pytest.raises(ValueError, match="read-only"):
        model.rules.consequents[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        model.songs.names.data[0] = 1


def test_a_loaded_model_can_be_published_again(
    store: FolderStore, published: Model, tmp_path: Path, training: Callable[[int], Training], same: Same
) -> None:
    loaded = store.load_current()

    copy = _round_trip(FolderStore(tmp_path / "other"), loaded.songs, loaded.rules, training(1))

    assert same(copy, published)
    assert copy.manifest.files == published.manifest.files


def test_a_model_loads_with_pauses_for_a_server_that_answers_meanwhile(
    store: FolderStore, published: Model, same: Same
) -> None:
    assert same(store.load_current(pause_ratio=2.0), published)


def test_a_catalogue_of_no_songs_round_trips(store: FolderStore, training: Callable[[int], Training]) -> None:
    model = _round_trip(store, Songs.build([], []), Rules.build(0, []), training(1))

    assert (len(model.songs), len(model.rules)) == (0, 0)
    assert model.songs.match("Air").song_ids == ()
    assert model.songs.search("", 5) == []
    assert model.songs.close_matches("Air", 5) == []
    assert rank(model.rules, _ids(), _ids(), limit=5).song_ids.tolist() == []


def test_a_catalogue_of_one_song_round_trips(store: FolderStore, training: Callable[[int], Training]) -> None:
    model = _round_trip(store, Songs.build(["Air"], [1]), Rules.build(1, []), training(1))

    assert model.songs.match("AIR").song_ids == (0,)
    assert rank(model.rules, _ids(0), _ids(), limit=5).song_ids.tolist() == [0]
    assert rank(model.rules, _ids(0), _ids(0), limit=5).song_ids.tolist() == []


def test_titles_that_differ_from_names_round_trip(store: FolderStore, training: Callable[[int], Training]) -> None:
    songs = Songs.build(["uri:1", "uri:2"], [2, 1], titles=["Air", "AIR"], artists=["Bach", "Sparks"])
    model = _round_trip(store, songs, Rules.build(2, []), training(1))

    assert list(model.songs.names) == ["uri:1", "uri:2"]
    assert list(model.songs.titles) == ["Air", "AIR"]
    assert list(model.songs.artists) == ["Bach", "Sparks"]
    assert model.songs.match("air").song_ids == (0, 1)
    assert model.songs.match("uri:2").song_ids == (1,)


def test_titles_that_are_the_names_are_stored_once(store: FolderStore, published: Model) -> None:
    model = store.load_current()

    assert "song_titles.npy" not in model.manifest.files
    assert model.songs.titles is model.songs.names


def test_titles_of_any_script_round_trip(store: FolderStore, training: Callable[[int], Training]) -> None:
    names = ["Straße", "İstanbul", "Οδός", "ﬁnale", "\uff21\uff22", "👩‍👩‍👧 🎵", "\u0301", "a\nb", "\0", "é" * 100_000]
    model = _round_trip(store, Songs.build(names, [1] * 10), Rules.build(10, []), training(1))

    assert list(model.songs.names) == names
    assert [model.songs.match(name).song_ids for name in names] == [(song,) for song in range(10)]


def test_numbers_at_the_end_of_their_range_round_trip(store: FolderStore, training: Callable[[int], Training]) -> None:
    model = _round_trip(store, Songs.build(["Air"], [2**31 - 1]), Rules.build(1, []), training(1))

    assert model.songs.support_counts.tolist() == [2**31 - 1]


def test_the_pointer_changes_with_every_publication(store: FolderStore, publish: Publish) -> None:
    contents = set()
    for number in (1, 2, 3):
        publish(number)
        contents.add(store.pointer_content())

    assert len(contents) == 3


def test_a_pointer_that_can_not_be_read_is_a_named_error(store: FolderStore, publish: Publish) -> None:
    publish(1)
    store.pointer_path.unlink()
    store.pointer_path.mkdir()

    with pytest.raises(PointerError, match=r"current\.json: can't be read: Is a directory"):
        store.load_current()


def test_a_kept_model_loads_by_its_id(store: FolderStore, publish: Publish) -> None:
    first, second = publish(1), publish(2)

    assert list(store.load(first.model_id).songs.names) == ["Song 1"]
    assert list(store.load(second.model_id).songs.names) == ["Song 2"]


@pytest.mark.parametrize(
    "model_id", ["", ".", "..", "../models", "a/b", "/", "\0", "\ud800", "m" * 300, "manifest.json"]
)
def test_an_id_that_is_not_kept_is_answered_with_those_that_are(
    store: FolderStore, publish: Publish, model_id: str
) -> None:
    kept = publish(1).model_id
    (store.root / "manifest.json").write_bytes(b"{}")

    for look in (store.load, store.manifest):
        with pytest.raises(ModelNotFoundError, match=rf"^{re.escape(store.name)}: no model .* here; kept: {kept}"):
            look(model_id)


def test_a_pointer_to_a_model_that_is_gone_says_which(store: FolderStore, publish: Publish) -> None:
    publish(1)

    for model_id in ("gone", "m" * 300):
        store.pointer_path.write_bytes(Pointer(model_id, "ab").dump())
        with pytest.raises(ModelNotFoundError, match=f"current.json: points at {model_id}, which is not there"):
            store.load_current()


def test_manifests_come_newest_first_whatever_the_order_of_publishing(store: FolderStore, publish: Publish) -> None:
    ids = {number: publish(number).model_id for number in (2, 3, 1)}

    assert [manifest.model_id for manifest in store.manifests()] == [ids[3], ids[2], ids[1]]
    assert store.model_ids() == sorted(ids.values())


def test_a_damaged_manifest_does_not_hide_the_others(store: FolderStore, publish: Publish) -> None:
    first, second, third = publish(1), publish(2), publish(3)
    _damage(store.model_path(second.model_id) / "manifest.json")
    wrong_kind = store.model_path(third.model_id) / "manifest.json"
    wrong_kind.write_bytes(json.dumps(json.loads(wrong_kind.read_bytes()) | {"model_date": 5}).encode())

    assert [manifest.model_id for manifest in store.manifests()] == [first.model_id]
    assert store.model_ids() == [first.model_id, second.model_id, third.model_id]
    assert list(store.load_newest().songs.names) == ["Song 1"]


def test_the_newest_whole_model_is_the_way_out_of_a_damaged_pointer(store: FolderStore, publish: Publish) -> None:
    publish(1)
    publish(2)
    third = publish(3)
    store.pointer_path.write_bytes(b"")
    _damage(store.model_path(third.model_id) / "song_names.npy")

    assert list(store.load_newest().songs.names) == ["Song 2"]


def test_no_whole_model_at_all_is_no_model(store: FolderStore, publish: Publish) -> None:
    _damage(store.model_path(publish(1).model_id) / "song_names.npy")

    with pytest.raises(NoModelError, match="no model here can be loaded"):
        store.load_newest()


def test_files_beside_the_models_are_not_models(store: FolderStore, publish: Publish) -> None:
    kept = publish(1).model_id
    (store.root / "models" / "README").write_text("hello")

    assert store.model_ids() == [kept]


def test_a_folder_without_a_manifest_is_damaged(store: FolderStore, publish: Publish) -> None:
    publish(1)
    (store.root / "models" / "lost+found").mkdir()

    with pytest.raises(ModelDamagedError, match=r"lost\+found/manifest\.json: can't be read: No such file"):
        store.load("lost+found")


def test_a_model_that_is_open_answers_on_after_its_files_are_gone(store: FolderStore, published: Model) -> None:
    model = store.load_current()

    for path in store.model_path(published.manifest.model_id).iterdir():
        path.unlink()

    assert model.songs.match("bolero").song_ids == (1,)
    assert rank(model.rules, _ids(1), _ids(1), limit=5).song_ids.tolist() == [0, 2]
