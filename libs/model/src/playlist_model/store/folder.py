"""Models in a folder of a volume: what a reader sees of it.

Beside what ``layout`` names, the folder holds ``.lock`` (one trainer at a time) and ``tmp/`` (what is half-made).
"""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.errors import ModelDamagedError, ModelNotFoundError, PointerError
from playlist_model.files import verify_file
from playlist_model.manifest import Manifest, is_plain_name
from playlist_model.store.folder_writer import writing_folder
from playlist_model.store.interface import ModelStore
from playlist_model.store.layout import KEEP_MODELS, MANIFEST, POINTER, SOURCE, STATUS
from playlist_model.store.writer import ModelWriter

if TYPE_CHECKING:
    from playlist_model.model import Model


@dataclass(frozen=True)
class FolderStore(ModelStore):
    """Reads the models of a folder.

    Attributes:
        root: the folder; need not exist yet.
    """

    root: Path

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def pointer_path(self) -> Path:
        """The file that names the current model."""
        return self.root / POINTER

    @property
    def source_path(self) -> Path:
        """The trainer's note of what the last look at the dataset found."""
        return self.root / SOURCE

    @property
    def status_path(self) -> Path:
        """The trainer's note of how its last run ended."""
        return self.root / STATUS

    @property
    def scratch_path(self) -> Path:
        """Where half-made things stand."""
        return self.root / "tmp"

    def model_path(self, model_id: str) -> Path:
        """The folder of one model."""
        return self.root / "models" / model_id

    def pointer_content(self) -> bytes | None:
        """Return the pointer's bytes: modification times don't tell on network volumes."""
        try:
            return self.pointer_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PointerError(f"{self.pointer_path.name}: can't be read: {error.strerror}") from error

    def model_ids(self) -> list[str]:
        """Return the ids of all kept models, damaged ones too, in the order of their names."""
        try:
            return sorted(path.name for path in (self.root / "models").iterdir() if path.is_dir())
        except OSError:
            return []

    def manifest_content(self, model_id: str) -> bytes:
        """Return the bytes of a kept model's manifest."""
        if not self._keeps(model_id):
            kept = ", ".join(self.model_ids()) or "none"
            raise ModelNotFoundError(f"{self.name}: no model {model_id!r} here; kept: {kept}")
        try:
            return (self.model_path(model_id) / MANIFEST).read_bytes()
        except OSError as error:
            raise ModelDamagedError(f"{model_id}/{MANIFEST}: can't be read: {error.strerror}") from error

    def check(self, model_id: str) -> Manifest:
        """Return the manifest of a model whose every file is the one that was published."""
        return self._verified(model_id)

    def load(self, model_id: str, pause_ratio: float = 0.0) -> "Model":
        """Load one kept model, every file verified."""
        from playlist_model.model import map_model  # noqa: PLC0415 - imports numpy

        manifest = self._verified(model_id, pause_ratio)
        return map_model(self.model_path(model_id), manifest)

    def fetch(self, model_id: str) -> Path:
        """Return the model's own folder, every file verified."""
        self._verified(model_id)
        return self.model_path(model_id)

    def release(self, in_use: str) -> None:
        """Do nothing: models are read where they are published."""

    def source(self) -> bytes | None:
        """Return the trainer's note of what the last look at the dataset found."""
        return _content_if_any(self.source_path)

    def status_content(self) -> bytes | None:
        """Return the trainer's note of how its last run ended."""
        return _content_if_any(self.status_path)

    def space_bytes(self) -> tuple[int, int] | None:
        """Return size and free space of the file system that holds the folder; None where the folder is not there."""
        try:
            space = os.statvfs(self.root)
        except OSError:
            return None
        return space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize

    def writing(self, keep: int = KEEP_MODELS, wait_s: float = 0.0) -> AbstractContextManager[ModelWriter]:
        """Hold the folder's lock."""
        return writing_folder(self, keep, wait_s)

    def _verified(self, model_id: str, pause_ratio: float = 0.0) -> Manifest:
        manifest = self.manifest(model_id)
        for name, entry in manifest.files.items():
            verify_file(self.model_path(model_id) / name, entry, pause_ratio)
        return manifest

    def _keeps(self, model_id: str) -> bool:
        try:
            return is_plain_name(model_id) and self.model_path(model_id).is_dir()
        except OSError:  # a name longer than the file system takes
            return False


def _content_if_any(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
