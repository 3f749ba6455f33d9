import json
from collections.abc import Callable

import numpy as np
import pytest

from playlist_model import FolderStore, HeldOut, ModelDamagedError, Rules, Songs, Training, writing
from playlist_model.arrays import save_array
from playlist_model.files import sha256_of

TWO = HeldOut(np.array([5, 2**64 - 1], np.uint64), np.array([0, 2, 3]), np.array([2, 0, 1], np.int32))


def _publish(store: FolderStore, songs: Songs, rules: Rules, training: Training, held_out: HeldOut | None) -> None:
    with writing(store) as writer:
        writer.publish(songs, rules, training, held_out)


def test_held_out_playlists_come_back_in_the_order_in_which_they_are_asked(
    store: FolderStore, songs: Songs, rules: Rules, training: Callable[[int], Training]
) -> None:
    _publish(store, songs, rules, training(1), TWO)

    found = store.load_current().held_out

    assert len(found) == 2
    assert [found[playlist].tolist() for playlist in range(2)] == [[2, 0], [1]]
    assert found.playlist_hashes.tolist() == [5, 2**64 - 1]


@pytest.mark.parametrize("held_out", [None, HeldOut.none()])
def test_a_model_that_learned_from_everything_holds_none_out(
    store: FolderStore, songs: Songs, rules: Rules, training: Callable[[int], Training], held_out: HeldOut | None
) -> None:
    _publish(store, songs, rules, training(1), held_out)

    assert len(store.load_current().held_out) == 0
    assert not list(store.model_path(store.model_ids()[0]).glob("held_out*"))


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("held_out_song_ids", np.array([2, 0, 3], np.int32), "ids from 0 to 3, expected 0..2"),
        ("held_out_offsets", np.array([0, 2, 4]), "offsets do not ascend from 0 to 3"),
        ("held_out_playlist_hashes", np.array([1], np.uint64), "held_out offsets: 3 entries, expected 2"),
    ],
)
def test_numbers_that_lead_out_of_the_held_out_playlists_are_refused(
    store: FolderStore,
    songs: Songs,
    rules: Rules,
    training: Callable[[int], Training],
    name: str,
    array: np.ndarray,
    message: str,
) -> None:
    _publish(store, songs, rules, training(1), TWO)
    folder = store.model_path(store.model_ids()[0])
    entry = save_array(folder / f"{name}.npy", array)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][f"{name}.npy"] = vars(entry) | {"shape": list(entry.shape)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    pointer = json.loads(store.pointer_path.read_bytes())
    pointer["manifest_sha256"] = sha256_of(folder / "manifest.json")
    store.pointer_path.write_text(json.dumps(pointer))

    with pytest.raises(ModelDamagedError, match=message):
        store.load_current()
