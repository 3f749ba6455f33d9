"""What publishing and rolling back need of a place that models are kept in, whatever it is."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.errors import ModelError, StoreError
from playlist_model.manifest import Manifest, Training
from playlist_model.store.interface import ModelStore

if TYPE_CHECKING:
    from playlist_model.held_out import HeldOut
    from playlist_model.rules import Rules
    from playlist_model.songs import Songs


class ModelWriter(ABC):
    """Changes a store; ``ModelStore.writing`` gives one.

    Attributes:
        store: what is changed.
        keep: how many of the newest models stay, however old.
        scratch_path: a folder of this machine for half-made things, emptied in the end.
    """

    store: ModelStore
    keep: int
    scratch_path: Path

    @abstractmethod
    def publish(
        self, songs: "Songs", rules: "Rules", training: Training, held_out: "HeldOut | None" = None
    ) -> Manifest:
        """Make a model the current one; one that the gate rejected is kept, and the current model stays.

        A crash at any point leaves the old model current, or the new one, whole.

        Raises:
            OSError: a folder is full or can't be written; the old model stays current.
            ValueError: the training holds a number that is NaN or infinite; the old model stays current.
            StoreChangedError: another trainer changed the pointer meanwhile; what it says stays.
        """

    @abstractmethod
    def adopt(self, folder: Path) -> Manifest:
        """Keep a model that was published elsewhere, under its own id; the current model stays.

        Args:
            folder: holds the manifest and the arrays, and is left as it is.
        """

    @abstractmethod
    def point_at(self, model_id: str, rejected_fingerprint: str | None = None) -> None:
        """Make a kept model the current one, without looking at its arrays.

        Raises:
            StoreChangedError: another trainer changed the pointer meanwhile; what it says stays.
        """

    @abstractmethod
    def make_room(self) -> None:
        """Clear models that are no longer kept, where a publication could fail for want of room."""

    @abstractmethod
    def note_source(self, content: bytes) -> None:
        """Replace the trainer's note of what it found at the dataset's address."""

    @abstractmethod
    def note_status(self, content: bytes) -> None:
        """Replace the trainer's note of how its last run ended."""

    def rollback(self, model_id: str) -> Manifest:
        """Make a kept model current for good: the one that is current now is noted as rejected.

        A second roll-back keeps the note of the first: that model is still the one that a training would make.

        Raises:
            ModelError: the wanted model is not kept or does not verify; nothing was changed.
        """
        manifest = self.store.check(model_id)
        rejected = None
        try:
            pointer = self.store.pointer()
            rejected = pointer.rejected_fingerprint or self.store.manifest(pointer.model_id).fingerprint
        except StoreError:
            raise
        except ModelError:
            pass  # what can't be read can't be rejected, and is no reason to stay with it
        self.point_at(model_id, None if rejected == manifest.fingerprint else rejected)
        return manifest
