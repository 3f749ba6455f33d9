"""What loading needs of a place that models are kept in, whatever it is; ``layout`` says what stands there."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from playlist_model.errors import ModelDamagedError, ModelError, ModelNotFoundError, NoModelError, StoreError
from playlist_model.manifest import Manifest, Pointer
from playlist_model.store.layout import KEEP_MODELS, MANIFEST, POINTER

if TYPE_CHECKING:
    from playlist_model.model import Model
    from playlist_model.store.writer import ModelWriter


class ModelStore(ABC):
    """Reads published models.

    Every method raises StoreError where the place as a whole can't be asked; what is said below comes beside that.

    Attributes:
        is_remote: whether each question is a request that may take long.
    """

    is_remote: ClassVar[bool] = False

    @property
    @abstractmethod
    def name(self) -> str:
        """Where the models are, for people; holds no credentials."""

    @abstractmethod
    def pointer_content(self) -> bytes | None:
        """Return the pointer's bytes as they are, None when nothing was published.

        Cheap enough to be polled, and its content changes with every publication.

        Raises:
            PointerError: it is there and can't be read.
        """

    @abstractmethod
    def model_ids(self) -> list[str]:
        """Return the ids of all kept models, damaged ones too, in the order of their names."""

    @abstractmethod
    def manifest_content(self, model_id: str) -> bytes:
        """Return the bytes of a kept model's manifest.

        Raises:
            ModelNotFoundError: no such model is kept.
            ModelDamagedError: it can't be read.
        """

    @abstractmethod
    def check(self, model_id: str) -> Manifest:
        """Return the manifest of a model whose files are all there, as surely as can be told without fetching them.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """

    @abstractmethod
    def load(self, model_id: str, pause_ratio: float = 0.0) -> "Model":
        """Load one kept model, every file verified.

        Args:
            model_id: of the model.
            pause_ratio: seconds to sleep for each second of hashing, so that a server that loads goes on answering.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """

    @abstractmethod
    def fetch(self, model_id: str) -> Path:
        """Return a folder of this machine that holds one kept model's manifest and arrays, every file verified.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """

    @abstractmethod
    def release(self, in_use: str) -> None:
        """Remove what this machine holds of any model but one; nothing where there are no copies."""

    @abstractmethod
    def source(self) -> bytes | None:
        """Return the trainer's note of what the last look at the dataset found; None where there is none."""

    @abstractmethod
    def status_content(self) -> bytes | None:
        """Return the trainer's note of how its last run ended, as it stands; None where there is none."""

    def space_bytes(self) -> tuple[int, int] | None:
        """Return size and free space of the volume that models are kept on; None where there is none to ask."""
        return None

    @abstractmethod
    def writing(self, keep: int = KEEP_MODELS, wait_s: float = 0.0) -> AbstractContextManager["ModelWriter"]:
        """Begin to change the store, and end it; what a killed trainer left half-made is cleared.

        Args:
            keep: how many of the newest models stay.
            wait_s: how long to wait for another trainer, where trainers wait for each other.

        Raises:
            StoreLockedError: another trainer held the store all that time.
            OSError: a folder can't be written.
        """

    def pointer(self) -> Pointer:
        """Return what the pointer says.

        Raises:
            NoModelError: nothing was published.
            PointerError: it can't be read or is not a pointer.
        """
        content = self.pointer_content()
        if content is None:
            raise NoModelError(f"{self.name}: no model has been published here yet: run playlist-trainer train")
        return Pointer.parse(content, POINTER)

    def manifest(self, model_id: str) -> Manifest:
        """Return the manifest of one kept model; its array files are not looked at.

        Raises:
            ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        where = f"{model_id}/{MANIFEST}"
        manifest = Manifest.parse(self.manifest_content(model_id), where)
        if manifest.model_id != model_id:
            raise ModelDamagedError(f"{where}: says it is model {manifest.model_id!r}")
        return manifest

    def check_current(self) -> Manifest:
        """Return the current model's manifest, as ``check`` does.

        Raises:
            NoModelError, PointerError, ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        return self.check(self._verified_pointer().model_id)

    def load_current(self, pause_ratio: float = 0.0) -> "Model":
        """Load the current model, every file verified against what was published.

        Raises:
            NoModelError, PointerError, ModelNotFoundError, ModelDamagedError, ModelFormatError: as they say.
        """
        return self.load(self._verified_pointer().model_id, pause_ratio)

    def load_newest(self, pause_ratio: float = 0.0) -> "Model":
        """Load the newest kept model that verifies, whatever the pointer says: the way out of a damaged pointer.

        A candidate that the gate rejected comes only where there is nothing else.

        Raises:
            NoModelError: no kept model verifies.
        """
        for manifest in sorted(self.manifests(), key=lambda manifest: manifest.is_rejected):
            try:
                return self.load(manifest.model_id, pause_ratio)
            except StoreError:
                raise
            except ModelError:
                continue
        raise NoModelError(f"{self.name}: no model here can be loaded")

    def manifests(self) -> list[Manifest]:
        """Return the manifests of all kept models that can be read, newest first."""
        return self.manifests_of(self.model_ids())

    def manifests_of(self, model_ids: Iterable[str]) -> list[Manifest]:
        """Return the manifests of some kept models, those that can be read, newest first."""
        found = []
        for model_id in model_ids:
            try:
                found.append(self.manifest(model_id))
            except StoreError:
                raise
            except ModelError:
                continue
        return sorted(found, key=lambda manifest: (manifest.model_date, manifest.model_id), reverse=True)

    def status(self) -> dict[str, object]:
        """Return the trainer's note of how its last run ended; empty where there is none that can be read."""
        try:
            content = json.loads(self.status_content() or b"{}")
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def _verified_pointer(self) -> Pointer:
        """Return the pointer, having seen that its model's manifest is the one that was published."""
        pointer = self.pointer()
        try:
            content = self.manifest_content(pointer.model_id)
        except ModelNotFoundError:
            raise ModelNotFoundError(f"{POINTER}: points at {pointer.model_id}, which is not there") from None
        if hashlib.sha256(content).hexdigest() != pointer.manifest_sha256:
            raise ModelDamagedError(f"{pointer.model_id}/{MANIFEST}: not the one that {POINTER} names")
        return pointer
