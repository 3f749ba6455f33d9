"""Publishing models in a bucket: any number of trainers may try, and the first to move the pointer wins.

There is no lock that a killed trainer could leave behind. Whoever changes the store reads the pointer first, and moves
it only as long as it is still that version. So a pointer that moved tells all others that began before: look again.

What is removed is written into the pointer as it moves (``removing``), and only then removed: nobody can point at a
model that is going, and an upload that is not finished by then belongs to a trainer that can't publish any more.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.errors import (
    PointerError,
    StoreChangedError,
    StoreError,
)
from playlist_model.manifest import Manifest, Pointer, Training, rfc3339
from playlist_model.store.bucket import Got
from playlist_model.store.folder_writer import scratch_of
from playlist_model.store.layout import MANIFEST, POINTER, SOURCE, STATUS
from playlist_model.store.making import free_id, no_longer_kept, write_model
from playlist_model.store.object_keys import key_of, models_in
from playlist_model.store.probe import SCRATCH, probe
from playlist_model.store.writer import ModelWriter

if TYPE_CHECKING:
    from playlist_model.held_out import HeldOut
    from playlist_model.rules import Rules
    from playlist_model.songs import Songs
    from playlist_model.store.object_store import ObjectStore

_log = logging.getLogger(__name__)

CLAIM = "claim.json"


@dataclass
class ObjectWriter(ModelWriter):
    """Changes a bucket, as long as nobody else does.

    Attributes:
        seen: the pointer as it was when this change began; None when there was none.
    """

    store: "ObjectStore"
    keep: int
    scratch_path: Path
    seen: Got | None = field(repr=False)

    def publish(
        self, songs: "Songs", rules: "Rules", training: Training, held_out: "HeldOut | None" = None
    ) -> Manifest:
        """Make a model the current one; one that the gate rejected is kept, and the current model stays.

        A crash at any point leaves the old model current, or the new one, whole:

        1. write every array and the manifest into a folder of this machine;
        2. claim an id, then send the arrays, then the manifest;
        3. replace current.json if it is what it was, naming what is to be removed; not for a rejected model, unless
           there is something to remove;
        4. remove that: models that are no longer kept, and what uploads that were cut off have left.
        """
        model_id = self._claimed_id(training)
        folder = self.scratch_path / model_id
        manifest = write_model(folder, model_id, songs, rules, training, held_out)  # (1)
        self._send(folder, manifest, is_new=True)  # (2)
        doomed = self._doomed(model_id, manifest.is_rejected)
        if not manifest.is_rejected:
            self._point(_pointer_to(model_id, (folder / MANIFEST).read_bytes()), doomed)  # (3)
        else:
            self._keep_pointer(doomed)
        self._clear(doomed)  # (4)
        return manifest

    def adopt(self, folder: Path) -> Manifest:
        """Keep a copy of a model that was published elsewhere."""
        manifest = Manifest.parse((folder / MANIFEST).read_bytes(), f"{folder.name}/{MANIFEST}")
        self._send(folder, manifest, is_new=False)
        return manifest

    def point_at(self, model_id: str, rejected_fingerprint: str | None = None) -> None:
        """Make a kept model the current one, without looking at its arrays."""
        pointer = _pointer_to(model_id, self.store.manifest_content(model_id), rejected_fingerprint)
        self._point(pointer, sorted(self._removing()))

    def make_room(self) -> None:
        """Do nothing: a bucket is never full."""

    def note_source(self, content: bytes) -> None:
        """Replace the trainer's note of what it found at the dataset's address."""
        self.store.bucket.put(SOURCE, content)

    def note_status(self, content: bytes) -> None:
        """Replace the trainer's note of how its last run ended."""
        self.store.bucket.put(STATUS, content)

    def _claimed_id(self, training: Training) -> str:
        """Return an id that nobody else can upload to."""
        claim = {"time": rfc3339(datetime.now(UTC)), "claim": secrets.token_hex(16)}
        taken = {key.split("/")[1] for key in self.store.bucket.sizes("models") if "/" in key}
        while True:
            model_id = free_id(training, taken)
            try:
                self.store.bucket.create(key_of(model_id, CLAIM), json.dumps(claim).encode())
            except StoreChangedError:  # another trainer's, made from the same in the same second
                taken.add(model_id)
            else:
                return model_id

    def _send(self, folder: Path, manifest: Manifest, is_new: bool) -> None:
        for name in manifest.files:
            self.store.bucket.upload(key_of(manifest.model_id, name), folder / name, is_new)
        content = (folder / MANIFEST).read_bytes()
        self.store.bucket.create(key_of(manifest.model_id, MANIFEST), content)

    def _point(self, pointer: Pointer, removing: list[str]) -> None:
        # Of two equal pointers a store makes one version; with a revision, no pointer comes back.
        moved = Pointer(
            pointer.model_id,
            pointer.manifest_sha256,
            pointer.rejected_fingerprint,
            secrets.token_hex(8),
            tuple(removing),
        ).dump()
        bucket = self.store.bucket
        if self.seen is None:
            version = bucket.create(POINTER, moved)
        else:
            version = bucket.replace(POINTER, moved, self.seen.version)
        self.seen = Got(moved, version)

    def _keep_pointer(self, doomed: list[str]) -> None:
        """Leave the current model as it is; the pointer moves only to name what is to be removed."""
        pointer = self._pointer_seen()
        if doomed and pointer is not None:
            self._point(pointer, doomed)
        elif self.store.bucket.get(POINTER, self.seen) is not self.seen:
            raise StoreChangedError(f"{self.store.name}: another trainer changed {POINTER} meanwhile; look again")

    def _pointer_seen(self) -> Pointer | None:
        try:
            return None if self.seen is None else Pointer.parse(self.seen.content, POINTER)
        except PointerError:
            return None

    def _removing(self) -> frozenset[str]:
        pointer = self._pointer_seen()
        return frozenset(pointer.removing) if pointer is not None else frozenset()

    def _doomed(self, published: str, is_rejected: bool) -> list[str]:
        """Return what is to be removed once the pointer has moved: by then nobody can publish any of it."""
        sizes = self.store.bucket.sizes("models")
        there = {key.split("/")[1] for key in sizes if "/" in key}
        readable = self.store.manifests_of(set(models_in(sizes)) - self._removing())
        whole = [manifest for manifest in readable if _is_whole(manifest, sizes)]
        pointer = self._pointer_seen()
        current = pointer.model_id if is_rejected and pointer is not None else published
        kept = set(there) - set(no_longer_kept(sorted(there), whole, current, self.keep)) | {published}
        return sorted(there - kept | there & self._removing() - {current, published})

    def _clear(self, doomed: list[str]) -> None:
        bucket = self.store.bucket
        try:
            for model_id in doomed:
                # The manifest first, so that no reader lists a half-removed model.
                bucket.delete([key_of(model_id, MANIFEST)])
                bucket.delete(bucket.sizes(f"models/{model_id}"))
            bucket.delete(bucket.sizes(SCRATCH))
        except StoreError as error:
            # Whatever this tidies up behind can go on without.
            _log.warning("could not clear old models, the next training will try again: %s", error)


def _pointer_to(model_id: str, manifest_content: bytes, rejected_fingerprint: str | None = None) -> Pointer:
    return Pointer(model_id, sha256(manifest_content).hexdigest(), rejected_fingerprint)


def _is_whole(manifest: Manifest, sizes: dict[str, int]) -> bool:
    model_id = manifest.model_id
    return all(sizes.get(key_of(model_id, name)) == entry.bytes for name, entry in manifest.files.items())


@contextmanager
def writing_objects(store: "ObjectStore", keep: int, wait_s: float) -> Iterator[ModelWriter]:
    """Try the store, and remember its pointer, against which every change is made.

    Args:
        store: the bucket.
        keep: how many of the newest models stay.
        wait_s: how long to wait for another process of this machine that uses the same local folder.

    Raises:
        StoreRefusedError: the store ignores the conditions that this rests on.
        StoreLockedError: another process held the local folder all that time.
        OSError: the local folder can't be written.
    """
    with scratch_of(store.local, wait_s) as scratch:
        probe(store.bucket)
        yield ObjectWriter(store, keep, scratch, store.bucket.get(POINTER))
