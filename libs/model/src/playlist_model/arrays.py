"""Arrays in files of their own, which are read by mapping them."""

import os
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.errors import ModelDamagedError
from playlist_model.files import sha256_of
from playlist_model.manifest import FileEntry

# What numpy raises for a file with a header that it can't make sense of.
_NOT_AN_ARRAY = (OSError, ValueError, TypeError, SyntaxError, OverflowError, MemoryError, TokenError)


def save_array(path: Path, array: NDArray[Any]) -> FileEntry:
    """Write one array as .npy, durably, and say what was written."""
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return FileEntry(path.stat().st_size, sha256_of(path), array.dtype.str, array.shape)


def map_array(path: Path, entry: FileEntry) -> NDArray[Any]:
    """Open an array without reading it into memory.

    Raises:
        ModelDamagedError: it is not the array that the manifest describes.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        # Not np.load, which also opens zip files and pickles.
        array = np.lib.format.open_memmap(path, mode="r")
    except _NOT_AN_ARRAY as error:
        raise ModelDamagedError(f"{where}: not an array: {error}") from error
    if (array.dtype.str, array.shape) != (entry.dtype, entry.shape):
        raise ModelDamagedError(f"{where}: {array.dtype.str}{array.shape}, expected {entry.dtype}{entry.shape}")
    # np.memmap runs Python code for each slice; the plain view of the same pages does not.
    return np.asarray(array).view(np.ndarray)
