"""A song table that makes room: its arrays in files, mapped, while something else needs the memory."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.song_arrays import arrays_of_songs, songs_from_arrays
from playlist_model.songs import Songs


def spilled(songs: Songs, folder: Path) -> Songs:
    """Write a song table to files and return it as mapped from there: the same table, in no memory of its own.

    Args:
        songs: the table.
        folder: an existing folder, which must outlive the table; nothing is forced to the disk.

    Raises:
        OSError: the folder can't be written.
    """
    arrays = arrays_of_songs(songs)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)

    def mapped(name: str, _dtype: str) -> NDArray[Any]:
        path = folder / f"{name}.npy"
        # An empty array can't be mapped.
        found: NDArray[Any] = np.load(path, mmap_mode="r" if arrays[name].size else None, allow_pickle=False)
        return found.view(np.ndarray)

    return songs_from_arrays(mapped, arrays.keys())
