"""Copies of a bucket's models on this machine's disk: verified, mapped, and never more than two of them."""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playlist_model.errors import ModelDamagedError, ModelError
from playlist_model.files import verify_file
from playlist_model.manifest import FileEntry, Manifest
from playlist_model.store.layout import MANIFEST

# What is asked for at a time: an answer of this size comes within a request's time over any line that is of use.
_PIECE_BYTES = 4 * 2**20
_PARTIAL = "partial-"

Fetch = Callable[[str, int, int], bytes | None]


@dataclass(frozen=True)
class LocalCopies:
    """A folder of copies, one per model; processes that share it take turns.

    Attributes:
        root: the folder; need not exist yet.
    """

    root: Path

    def path(self, model_id: str) -> Path:
        """The folder of one model's copy."""
        return self.root / model_id

    def model_ids(self) -> list[str]:
        """Return the ids of the models that are here, the newest copy first."""
        try:
            found = [path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith(_PARTIAL)]
            return [path.name for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]
        except OSError:
            return []

    def manifest_content(self, model_id: str) -> bytes:
        """Return the bytes of a copy's manifest.

        Raises:
            OSError: there is no such copy, or it can't be read.
        """
        return (self.path(model_id) / MANIFEST).read_bytes()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from changing the folder."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("a") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
            yield

    def is_whole(self, manifest: Manifest, content: bytes, pause_ratio: float) -> bool:
        """Tell whether the copy of a model is there as it was published; verifies every file."""
        try:
            if self.manifest_content(manifest.model_id) != content:
                return False
            for name, entry in manifest.files.items():
                verify_file(self.path(manifest.model_id) / name, entry, pause_ratio)
        except (ModelError, OSError):
            return False
        return True

    def add(self, manifest: Manifest, content: bytes, fetch: Fetch, pause_ratio: float) -> None:
        """Copy a model: aside first, then by one rename; what an attempt that failed has fetched is not fetched again.

        Args:
            manifest: of the model.
            content: the manifest's bytes.
            fetch: returns the bytes of a file of the model from one offset to another; None where there is no file.
            pause_ratio: seconds to sleep for each second of work.

        Raises:
            ModelDamagedError: a file is missing, or not what was published.
            OSError: the disk is full or can't be written.
        """
        aside = self.root / f"{_PARTIAL}{manifest.model_id}"
        aside.mkdir(exist_ok=True)
        for name, entry in manifest.files.items():
            if not _is_there(aside / name, entry, pause_ratio):
                _fetch_file(aside / name, entry, lambda start, end, name=name: fetch(name, start, end), pause_ratio)  # type: ignore[misc]
        (aside / MANIFEST).write_bytes(content)
        self.remove(manifest.model_id)
        aside.rename(self.path(manifest.model_id))

    def make_room(self, wanted: str, in_use: str) -> None:
        """Leave at most one model beside the one that is about to be fetched: the one in use, or else the newest."""
        others = [model_id for model_id in self.model_ids() if model_id != wanted]
        stays = in_use if in_use in others else next(iter(others), "")
        self._remove_but({wanted, stays, f"{_PARTIAL}{wanted}"})

    def keep_only(self, in_use: str) -> None:
        """Remove every copy but one."""
        self._remove_but({in_use})

    def remove(self, model_id: str) -> None:
        """Remove one copy; whoever has mapped its files keeps them."""
        shutil.rmtree(self.path(model_id), ignore_errors=True)

    def _remove_but(self, names: set[str]) -> None:
        with suppress(OSError):
            for path in self.root.iterdir():
                if path.is_dir() and path.name not in names:
                    shutil.rmtree(path, ignore_errors=True)


def _is_there(path: Path, entry: FileEntry, pause_ratio: float) -> bool:
    try:
        verify_file(path, entry, pause_ratio)
    except ModelDamagedError:
        return False
    return True


def _fetch_file(path: Path, entry: FileEntry, fetch: Callable[[int, int], bytes | None], pause_ratio: float) -> None:
    digest = hashlib.sha256()
    where = f"{path.parent.name.removeprefix(_PARTIAL)}/{path.name}"
    with path.open("wb") as file:
        for start in range(0, entry.bytes, _PIECE_BYTES):
            end = min(start + _PIECE_BYTES, entry.bytes)
            piece = fetch(start, end)
            if piece is None:
                raise ModelDamagedError(f"{where}: missing")
            if len(piece) != end - start:
                raise ModelDamagedError(f"{where}: {start + len(piece)} bytes, published with {entry.bytes}")
            began = time.perf_counter()
            digest.update(piece)
            file.write(piece)
            if pause_ratio:
                time.sleep((time.perf_counter() - began) * pause_ratio)
    if digest.hexdigest() != entry.sha256:
        path.unlink()
        raise ModelDamagedError(f"{where}: its sha256 is not the one it was published with")
