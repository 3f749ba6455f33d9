"""Publishing models in a folder: everything that changes it, one trainer at a time."""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.errors import ModelError, StoreLockedError
from playlist_model.files import copy_durably, replace_durably, sha256_of, sync_folder
from playlist_model.manifest import Manifest, Pointer, Training
from playlist_model.store.layout import MANIFEST
from playlist_model.store.making import free_id, no_longer_kept, write_model
from playlist_model.store.writer import ModelWriter

if TYPE_CHECKING:
    from playlist_model.held_out import HeldOut
    from playlist_model.rules import Rules
    from playlist_model.songs import Songs
    from playlist_model.store.folder import FolderStore

_log = logging.getLogger(__name__)

# A reader may go on answering from a model for a while after the pointer left it.
_KEEP_SECONDS = 3600.0
_LOCK_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class FolderWriter(ModelWriter):
    """Changes a folder whose lock is held."""

    store: "FolderStore"
    keep: int
    scratch_path: Path

    def publish(
        self, songs: "Songs", rules: "Rules", training: Training, held_out: "HeldOut | None" = None
    ) -> Manifest:
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
        model_id = free_id(training, self.store.model_ids())
        manifest = write_model(self.scratch_path / model_id, model_id, songs, rules, training, held_out)  # (1)
        self._take_in(model_id)  # (2)
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
        digest = sha256_of(self.store.model_path(model_id) / MANIFEST)
        self._replace(self.store.pointer_path, Pointer(model_id, digest, rejected_fingerprint).dump())

    def adopt(self, folder: Path) -> Manifest:
        """Keep a copy of a model that was published elsewhere."""
        aside = self.scratch_path / folder.name
        aside.mkdir()
        for path in sorted(folder.iterdir()):
            copy_durably(path, aside / path.name)
        sync_folder(aside)
        self._take_in(folder.name)
        return self.store.manifest(folder.name)

    def note_source(self, content: bytes) -> None:
        """Replace the trainer's note of what it found at the dataset's address."""
        self._replace(self.store.source_path, content)

    def note_status(self, content: bytes) -> None:
        """Replace the trainer's note of how its last run ended."""
        self._replace(self.store.status_path, content)

    def _take_in(self, model_id: str) -> None:
        """Move a model that is whole from tmp/ to models/."""
        target = self.store.model_path(model_id)
        target.parent.mkdir(exist_ok=True)
        sync_folder(self.store.root)
        (self.scratch_path / model_id).rename(target)
        sync_folder(target.parent)

    def _replace(self, path: Path, content: bytes) -> None:
        replace_durably(path, content, aside=self.scratch_path / path.name)

    def _retire(self, successor: str) -> None:
        """Stamp the current model's folder with the time at which it stops being current."""
        try:
            model_id = self.store.pointer().model_id
            if model_id != successor:
                os.utime(self.store.model_path(model_id))
        except (ModelError, OSError):
            pass  # nothing that can be read is being left

    def _no_longer_kept(self) -> list[str]:
        candidates = no_longer_kept(
            self.store.model_ids(), self.store.manifests(), self.store.pointer().model_id, self.keep
        )
        return [model_id for model_id in candidates if _age_s(self.store.model_path(model_id)) > _KEEP_SECONDS]

    def _clear_old_models(self) -> None:
        try:
            for model_id in self._no_longer_kept():
                # Out of models/ at once, so that no reader lists a half-removed model.
                doomed = self.store.model_path(model_id).rename(self.scratch_path / f"removed-{model_id}")
                shutil.rmtree(doomed)
        except (ModelError, OSError) as error:
            # Whatever this tidies up behind or before can go on without.
            _log.warning("could not clear old models, the next training will try again: %s", error)


@contextmanager
def writing_folder(store: "FolderStore", keep: int, wait_s: float) -> Iterator[ModelWriter]:
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
    with scratch_of(store.root, wait_s) as scratch:
        yield FolderWriter(store, keep, scratch)


@contextmanager
def scratch_of(root: Path, wait_s: float) -> Iterator[Path]:
    """Hold a folder's lock and yield its tmp/, empty before and after.

    Raises:
        StoreLockedError: another process held the lock all that time.
        OSError: the folder can't be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a") as lock:
        _acquire(lock.fileno(), root, wait_s)
        scratch = root / "tmp"
        _clear(scratch)
        try:
            yield scratch
        finally:
            with suppress(OSError):  # what stays is cleared by the next trainer
                _clear(scratch)


def _acquire(descriptor: int, root: Path, wait_s: float) -> None:
    begun = time.monotonic()
    is_told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not is_told and wait_s > 0:
                _log.info("another trainer holds the lock of %s: waiting for up to %g s", root, wait_s)
                is_told = True
            if time.monotonic() >= begun + wait_s:
                raise StoreLockedError(
                    f"{root}: another trainer has held the lock for {wait_s:g} s: wait until it has ended"
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
