"""Files that survive a crash, and arrays that are read by mapping them."""

import hashlib
import os
import shutil
import time
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.errors import ModelDamagedError
from playlist_model.manifest import FileEntry

_CHUNK_BYTES = 1 << 20
# What numpy raises for a file with a header that it can't make sense of.
_NOT_AN_ARRAY = (OSError, ValueError, TypeError, SyntaxError, OverflowError, MemoryError, TokenError)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and force it to the disk; its folder's entry is the caller's to force."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file and force it to the disk; its folder's entry is the caller's to force."""
    with source.open("rb") as original, target.open("wb") as file:
        shutil.copyfileobj(original, file, _CHUNK_BYTES)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, content: bytes, aside: Path) -> None:
    """Replace a file at once: a reader, or a crash, sees the old content or the new, never a part.

    Args:
        path: the file.
        content: what is to stand in it.
        aside: where the new file is written first; on the same file system.
    """
    write_durably(aside, content)
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, so that a rename in it outlasts a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save_array(path: Path, array: NDArray[Any]) -> FileEntry:
    """Write one array as .npy, durably, and say what was written."""
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return FileEntry(path.stat().st_size, sha256_of(path), array.dtype.str, array.shape)


def sha256_of(path: Path, pause_ratio: float = 0.0) -> str:
    """Hash a file.

    Args:
        path: the file.
        pause_ratio: seconds to sleep for each second of hashing, so that a server's other threads get the processor.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        started = time.perf_counter()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            if pause_ratio:
                time.sleep((time.perf_counter() - started) * pause_ratio)
                started = time.perf_counter()
    return digest.hexdigest()


def verify_file(path: Path, entry: FileEntry, pause_ratio: float = 0.0) -> None:
    """Compare a file with what was published.

    Raises:
        ModelDamagedError: missing, truncated or changed.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        size = path.stat().st_size
        if size != entry.bytes:
            raise ModelDamagedError(f"{where}: {size} bytes, published with {entry.bytes}")
        if sha256_of(path, pause_ratio) != entry.sha256:
            raise ModelDamagedError(f"{where}: its sha256 is not the one it was published with")
    except OSError as error:
        raise ModelDamagedError(f"{where}: can't be read: {error.strerror}") from error


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
