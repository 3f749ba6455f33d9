"""The folder that models are published in: what a reader sees of it.

::

    current.json              which model is current
    models/<model_id>/        manifest.json and the arrays of one model; never changed once it is there
    source.json               what the last look at the dataset found (the trainer's own note)
    status.json               how the last training ended
    .lock  tmp/               one trainer at a time; what is half-made

Only this module and ``writer`` know these names. A reader takes no lock and never sees half a model.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from playlist_model.errors import (
    ModelDamagedError,
    ModelError,
    ModelNotFoundError,
    NoModelError,
    PointerError,
)
from playlist_model.files import map_array, sha256_of, verify_file
from playlist_model.manifest import Manifest, Pointer, is_plain_name
from playlist_model.model import Model, model_from_arrays


@dataclass(frozen=True)
class ModelStore:
    """Reads published models.

    Attributes:
        root: the folder; need not exist yet.
        pause_ratio: seconds to sleep for each second of hashing, so that a server that loads goes on answering.
    """

    root: Path
    pause_ratio: float = 0.0

    @property
    def pointer_path(self) -> Path:
        """The file that names the current model."""
        return self.root / "current.json"

    @property
    def source_path(self) -> Path:
        """The trainer's note of what the last look at the dataset found."""
        return self.root / "source.json"

    @property
    def status_path(self) -> Path:
        """The trainer's note of how its last run ended."""
        return self.root / "status.json"

    def status(self) -> dict[str, object]:
        """Return the trainer's note of how its last run ended; empty where there is none that can be read."""
        try:
            content = json.loads(self.status_path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def scratch_path(self) -> Path:
        """Where half-made things stand."""
        return self.root / "tmp"

    def model_path(self, model_id: str) -> Path:
        """The folder of one model."""
        return self.root / "models" / model_id

    def pointer_content(self) -> bytes | None:
        """Return the pointer's bytes as they are, None when nothing was published.

        Cheap enough to be polled, and its content changes with every publication: modification times don't tell on
        network volumes.

        Raises:
            PointerError: it is there and can't be read.
        """
        try:
            return self.pointer_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PointerError(f"{self.pointer_path.name}: can't be read: {error.strerror}") from error

    def pointer(self) -> Pointer:
        """Return what the pointer says.

        Raises:
            NoModelError: nothing was published.
            PointerError: it can't be read or is not a pointer.
        """
        content = self.pointer_content()
        if content is None:
            raise NoModelError(f"{self.root}: no model has been published here yet: run playlist-trainer train")
        return Pointer.parse(content, self.pointer_path.name)

    def load_current(self) -> Model:
        """Load the current model, every file verified against what was published.

        Raises:
            NoModelError, PointerError, ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        pointer = self.pointer()
        manifest_path = self.model_path(pointer.model_id) / "manifest.json"
        if not self._keeps(pointer.model_id):
            raise ModelNotFoundError(f"{self.pointer_path.name}: points at {pointer.model_id}, which is not there")
        try:
            found = sha256_of(manifest_path)
        except OSError as error:
            raise ModelDamagedError(f"{pointer.model_id}/manifest.json: can't be read: {error.strerror}") from error
        if found != pointer.manifest_sha256:
            raise ModelDamagedError(
                f"{pointer.model_id}/manifest.json: not the one that {self.pointer_path.name} names"
            )
        return self.load(pointer.model_id)

    def load(self, model_id: str) -> Model:
        """Load one kept model, every file verified.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        manifest = self.manifest(model_id)
        folder = self.model_path(model_id)
        for name, entry in manifest.files.items():
            verify_file(folder / name, entry, self.pause_ratio)
        return model_from_arrays(
            manifest, lambda name: map_array(folder / f"{name}.npy", manifest.files[f"{name}.npy"])
        )

    def load_newest(self) -> Model:
        """Load the newest kept model that verifies, whatever the pointer says: the way out of a damaged pointer.

        A candidate that the gate rejected comes only where there is nothing else.

        Raises:
            NoModelError: no kept model verifies.
        """
        for manifest in sorted(self.manifests(), key=lambda manifest: manifest.is_rejected):
            try:
                return self.load(manifest.model_id)
            except ModelError:
                continue
        raise NoModelError(f"{self.root}: no model here can be loaded")

    def manifest(self, model_id: str) -> Manifest:
        """Return the manifest of one kept model; its array files are not looked at.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        path = self.model_path(model_id) / "manifest.json"
        if not self._keeps(model_id):
            kept = ", ".join(self.model_ids()) or "none"
            raise ModelNotFoundError(f"no model {model_id!r} here; kept: {kept}")
        where = f"{model_id}/{path.name}"
        try:
            manifest = Manifest.parse(path.read_bytes(), where)
        except OSError as error:
            raise ModelDamagedError(f"{where}: can't be read: {error.strerror}") from error
        if manifest.model_id != model_id:
            raise ModelDamagedError(f"{where}: says it is model {manifest.model_id!r}")
        return manifest

    def _keeps(self, model_id: str) -> bool:
        try:
            return is_plain_name(model_id) and self.model_path(model_id).is_dir()
        except OSError:  # a name longer than the file system takes
            return False

    def manifests(self) -> list[Manifest]:
        """Return the manifests of all kept models that can be read, newest first."""
        found = []
        for model_id in self.model_ids():
            try:
                found.append(self.manifest(model_id))
            except ModelError:
                continue
        return sorted(found, key=lambda manifest: (manifest.model_date, manifest.model_id), reverse=True)

    def model_ids(self) -> list[str]:
        """Return the ids of all kept models, damaged ones too, in the order of their names."""
        try:
            return sorted(path.name for path in (self.root / "models").iterdir() if path.is_dir())
        except OSError:
            return []
