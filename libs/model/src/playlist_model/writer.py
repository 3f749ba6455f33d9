"""Publishing models: everything that changes the folder, one trainer at a time."""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from playlist_model.errors import ModelError, StoreLockedError
from playlist_model.files import replace_durably, save_array, sha256_of, sync_folder, write_durably
from playlist_model.held_out import HeldOut
from playlist_model.manifest import Manifest, Pointer, Training
from playlist_model.model import arrays_of
from playlist_model.rules import Rules
from playlist_model.songs import Songs
from playlist_model.store import ModelStore

_log = logging.getLogger(__name__)

KEEP_MODELS = 3
# A reader may go on answering from a model for a while after the pointer left it.
_KEEP_SECONDS = 3600.0
_LOCK_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class ModelWriter:
    """Changes a folder whose lock is held; ``writing`` gives one.

    Attributes:
        store: the folder.
        keep: how many of the newest models stay, however old.
    """

    store: ModelStore
    keep: int = KEEP_MODELS

    def publish(self, songs: Songs, rules: Rules, training: Training, held_out: HeldOut | None = None) -> Manifest:
        """Make a model the current one; one that the gate rejected is kept, and the current model stays.

        A crash at any point leaves the old model current, or the new one, whole:

        1. write every array and the manifest into a folder of tmp/, each forced to the disk;
        2. force that folder, then rename it to models/<model_id>, and force models/;
        3. replace current.json by one rename, and force the root; not for a rejected model;
        4. clear models that are no longer kept.

        Raises:
            OSError: the volume is full or can't be written; the old model stays current.
            ValueError: the training holds a number that is NaN or infinite; the old model stays current.
        """
        manifest = self._write_aside(songs, rules, training, held_out)  # (1)
        target = self.store.model_path(manifest.model_id)
        target.parent.mkdir(exist_ok=True)
        sync_folder(self.store.root)
        (self.store.scratch_path / manifest.model_id).rename(target)  # (2)
        sync_folder(target.parent)
        if not manifest.is_rejected:
            self.point_at(manifest.model_id)  # (3)
        self._clear_old_models()  # (4)
        return manifest

    def make_room(self) -> None:
        """Clear models that are no longer kept, as ``publish`` does in the end: on a full volume it never gets there.

        None goes while the current model does not verify: one of them may be all that readers have.
        """
        with suppress(ModelError, OSError):  # room is a wish here, not a condition
            if self._no_longer_kept():
                self.store.load_current()
                self._clear_old_models()

    def point_at(self, model_id: str, rejected_fingerprint: str | None = None) -> None:
        """Make a kept model the current one, without looking at its arrays."""
        self._retire(model_id)
        digest = sha256_of(self.store.model_path(model_id) / "manifest.json")
        self._replace(self.store.pointer_path, Pointer(model_id, digest, rejected_fingerprint).dump())

    def rollback(self, model_id: str) -> Manifest:
        """Make a kept model current for good: the one that is current now is noted as rejected.

        A second roll-back keeps the note of the first: that model is still the one that a training would make.

        Raises:
            ModelError: the wanted model is not kept or does not verify; nothing was changed.
        """
        manifest = self.store.load(model_id).manifest
        rejected = None
        try:
            pointer = self.store.pointer()
            rejected = pointer.rejected_fingerprint or self.store.manifest(pointer.model_id).fingerprint
        except ModelError:
            pass  # what can't be read can't be rejected, and is no reason to stay with it
        self.point_at(model_id, None if rejected == manifest.fingerprint else rejected)
        return manifest

    def note_source(self, content: bytes) -> None:
        """Replace the trainer's note of what it found at the dataset's address."""
        self._replace(self.store.source_path, content)

    def note_status(self, content: bytes) -> None:
        """Replace the trainer's note of how its last run ended."""
        self._replace(self.store.status_path, content)

    def _write_aside(self, songs: Songs, rules: Rules, training: Training, held_out: HeldOut | None) -> Manifest:
        model_id = self._free_id(training)
        folder = self.store.scratch_path / model_id
        folder.mkdir()
        arrays = arrays_of(songs, rules, held_out)
        files = {f"{name}.npy": save_array(folder / f"{name}.npy", array) for name, array in arrays.items()}
        manifest = Manifest.of(model_id, training, len(rules), files)
        write_durably(folder / "manifest.json", manifest.dump())
        sync_folder(folder)
        return manifest

    def _free_id(self, training: Training) -> str:
        wanted = f"{training.model_date.astimezone(UTC):%Y%m%dT%H%M%SZ}-{training.fingerprint[:8]}"
        taken = set(self.store.model_ids())
        candidate, number = wanted, 1
        while candidate in taken:
            number += 1
            candidate = f"{wanted}-{number}"
        return candidate

    def _replace(self, path: Path, content: bytes) -> None:
        replace_durably(path, content, aside=self.store.scratch_path / path.name)

    def _retire(self, successor: str) -> None:
        """Stamp the current model's folder with the time at which it stops being current."""
        try:
            model_id = self.store.pointer().model_id
            if model_id != successor:
                os.utime(self.store.model_path(model_id))
        except (ModelError, OSError):
            pass  # nothing that can be read is being left

    def _no_longer_kept(self) -> list[str]:
        manifests = self.store.manifests()
        accepted = [each for each in manifests if not each.is_rejected]
        # One rejected candidate is enough to look at or to promote; more would push out the models to roll back to.
        rejected = [each for each in manifests if each.is_rejected]
        kept = {self.store.pointer().model_id, *(each.model_id for each in accepted[: self.keep] + rejected[:1])}
        candidates = [model_id for model_id in self.store.model_ids() if model_id not in kept]
        return [model_id for model_id in candidates if _age_s(self.store.model_path(model_id)) > _KEEP_SECONDS]

    def _clear_old_models(self) -> None:
        try:
            for model_id in self._no_longer_kept():
                # Out of models/ at once, so that no reader lists a half-removed model.
                doomed = self.store.model_path(model_id).rename(self.store.scratch_path / f"removed-{model_id}")
                shutil.rmtree(doomed)
        except (ModelError, OSError) as error:
            # Whatever this tidies up behind or before can go on without.
            _log.warning("could not clear old models, the next training will try again: %s", error)


@contextmanager
def writing(store: ModelStore, keep: int = KEEP_MODELS, wait_s: float = 0.0) -> Iterator[ModelWriter]:
    """Hold the folder's lock; tmp/ is cleared of what a killed trainer left, and at the end of what this one did.

    The lock is the kernel's (flock): it goes with the process, however that ends.

    Args:
        store: the folder; made if it is not there.
        keep: how many of the newest models stay.
        wait_s: how long to wait for another trainer.

    Raises:
        StoreLockedError: another trainer held it all that time.
        OSError: the folder can't be written.
    """
    store.root.mkdir(parents=True, exist_ok=True)
    with (store.root / ".lock").open("a") as lock:
        _acquire(lock.fileno(), store, wait_s)
        _clear(store.scratch_path)
        try:
            yield ModelWriter(store, keep)
        finally:
            with suppress(OSError):  # what stays is cleared by the next trainer
                _clear(store.scratch_path)


def _acquire(descriptor: int, store: ModelStore, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreLockedError(
                    f"{store.root}: another trainer has held the lock for {wait_s:g} s: wait until it has ended"
                ) from None
            time.sleep(_LOCK_POLL_SECONDS)
        else:
            return


def _clear(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _age_s(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime
