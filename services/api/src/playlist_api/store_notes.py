"""What a store holds beside the current model: how trainings ended, and which models are kept."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from playlist_model import Manifest, ModelStore

# How often an object store is asked for what no answer depends on: how the last training ended.
_INTERVAL_S = 30.0


@dataclass(frozen=True)
class _Read:
    """What an object store held when it was last asked.

    Attributes:
        pointer: as it was then.
        training: the trainer's note of how its last run ended.
        kept: the manifests of all models that are kept, newest first; None while they could not be read.
        next_at: when to ask again.
    """

    pointer: bytes | None = None
    training: Mapping[str, object] = field(default_factory=dict)
    kept: list[Manifest] | None = None
    next_at: float = 0.0


class StoreNotes:
    """Reads a folder's notes when asked for them; an object store's now and then, as no request waits for a store."""

    def __init__(self, store: ModelStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._read = _Read()

    def training_status(self) -> Mapping[str, object]:
        """Return the trainer's note of how its last run ended; empty where there is none."""
        return self._read.training if self._store.is_remote else self._store.status()

    def kept_models(self) -> list[Manifest]:
        """Return the manifests of all models that are kept, newest first."""
        return self._read.kept or [] if self._store.is_remote else self._store.manifests()

    def refresh(self, pointer: bytes | None) -> None:
        """Ask an object store, if the pointer has changed or the last time was a while ago.

        Raises:
            ModelError: it could not be asked; what is known stays.
        """
        read, now = self._read, self._clock()
        if not self._store.is_remote or (read.pointer == pointer and now < read.next_at):
            return
        self._read = replace(read, next_at=now + _INTERVAL_S)
        training = self._store.status()
        is_same = (read.pointer, read.training) == (pointer, training) and read.kept is not None
        kept = read.kept if is_same else self._store.manifests()
        self._read = _Read(pointer, training, kept, now + _INTERVAL_S)
