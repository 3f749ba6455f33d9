"""Files that survive a crash, and that are told from damaged ones by their hash."""

import hashlib
import os
import shutil
import time
from pathlib import Path

from playlist_model.errors import ModelDamagedError
from playlist_model.manifest import FileEntry

_CHUNK_BYTES = 1 << 20


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
