from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playlist_model import Songs
from playlist_model.song_arrays import arrays_of_songs
from playlist_model.spill import spilled


@pytest.mark.parametrize(
    "make",
    [
        lambda: Songs.build(["Air", "Bolero"], [4, 2], artists=["Bach", ""], uris=["a", ""]),
        lambda: Songs.build(["uri:1", "uri:2"], [4, 2], titles=["Air", "Bolero"]),
        lambda: Songs.build([], []),
    ],
    ids=["by title", "by uri", "none"],
)
def test_a_spilled_table_is_the_same_and_lies_in_files(make: Callable[[], Songs], tmp_path: Path) -> None:
    songs = make()

    found = spilled(songs, tmp_path)

    before, after = arrays_of_songs(songs), arrays_of_songs(found)
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert found.search("air", 5) == songs.search("air", 5)
    assert found.match("bolero") == songs.match("bolero")
    assert all(not array.flags.owndata for name, array in after.items() if array.size and name != "song_key_fold")
