"""Models in a bucket: what a reader sees of it, and the copies that it maps.

The objects have the names that ``layout`` gives. Beside them ``models/<model_id>/claim.json`` says whose upload this
is, and ``tmp/`` holds what the probe of ``object_writer`` tries the store with. A model is there when its manifest is:
that comes last.
"""

import hashlib
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.errors import (
    ModelDamagedError,
    ModelError,
    ModelNotFoundError,
    PointerError,
    StoreUnavailableError,
)
from playlist_model.manifest import Manifest, Pointer, is_plain_name
from playlist_model.store.bucket import Bucket, Got
from playlist_model.store.copies import LocalCopies
from playlist_model.store.interface import ModelStore
from playlist_model.store.layout import KEEP_MODELS, MANIFEST, POINTER, SOURCE, STATUS
from playlist_model.store.object_keys import key_of, models_in
from playlist_model.store.object_writer import writing_objects
from playlist_model.store.writer import ModelWriter

if TYPE_CHECKING:
    from playlist_model.model import Model


class ObjectStore(ModelStore):
    """Reads the models of a bucket by way of copies on this machine's disk."""

    is_remote = True

    def __init__(self, bucket: Bucket, local: Path) -> None:
        self.bucket = bucket
        self.local = local
        place = hashlib.sha256(f"{bucket.name}\n{bucket.options.endpoint}".encode()).hexdigest()[:12]
        self.copies = LocalCopies(local / "copies" / place)
        self._in_use = ""
        # What was last seen of objects that are asked for again and again.
        self._seen: dict[str, Got] = {}

    @property
    def name(self) -> str:
        """The address as it may be shown."""
        return self.bucket.name

    def pointer_content(self) -> bytes | None:
        """Return the pointer's bytes; an unchanged one costs a request without content."""
        return self._content_again(POINTER)

    def model_ids(self) -> list[str]:
        """Return the ids of the models whose manifest is there and that nobody is about to remove."""
        return sorted(set(models_in(self.bucket.sizes("models"))) - self._removing())

    def manifest_content(self, model_id: str) -> bytes:
        """Return the bytes of a kept model's manifest."""
        is_removed = not is_plain_name(model_id) or model_id in self._removing()
        found = None if is_removed else self.bucket.get(key_of(model_id, MANIFEST))
        if found is None:
            kept = ", ".join(self.model_ids()) or "none"
            raise ModelNotFoundError(f"{self.name}: no model {model_id!r} here; kept: {kept}")
        return found.content

    def check(self, model_id: str) -> Manifest:
        """Return the manifest of a model whose files are all there, with the sizes that they were published with."""
        manifest = self.manifest(model_id)
        sizes = self.bucket.sizes(f"models/{model_id}")
        for name, entry in manifest.files.items():
            found = sizes.get(key_of(model_id, name))
            if found is None:
                raise ModelDamagedError(f"{model_id}/{name}: missing")
            if found != entry.bytes:
                raise ModelDamagedError(f"{model_id}/{name}: {found} bytes, published with {entry.bytes}")
        return manifest

    def load(self, model_id: str, pause_ratio: float = 0.0) -> "Model":
        """Load one kept model, every file of its copy verified."""
        content = self.manifest_content(model_id)
        manifest = Manifest.parse(content, f"{model_id}/{MANIFEST}")
        try:
            with self.copies.held():
                self._copy(manifest, content, pause_ratio)
                return self._mapped(manifest)
        except OSError as error:
            raise StoreUnavailableError(
                f"{self.copies.root}: {error.strerror}: a copy of {model_id} can't be written; make room for two models"
            ) from error

    def load_newest(self, pause_ratio: float = 0.0) -> "Model":
        """Load the newest model that verifies: of what is here already, so that a store that is away is no obstacle."""
        with suppress(OSError), self.copies.held():
            for model_id in self.copies.model_ids():
                model = self._load_copy(model_id, pause_ratio)
                if model is not None:
                    return model
        return super().load_newest(pause_ratio)

    def fetch(self, model_id: str) -> Path:
        """Return the folder of the model's copy, every file verified."""
        self.load(model_id)
        return self.copies.path(model_id)

    def release(self, in_use: str) -> None:
        """Remove the copies of all other models."""
        self._in_use = in_use
        with suppress(OSError), self.copies.held():  # what stays goes the next time
            self.copies.keep_only(in_use)

    def source(self) -> bytes | None:
        """Return the trainer's note of what the last look at the dataset found."""
        found = self.bucket.get(SOURCE)
        return None if found is None else found.content

    def status_content(self) -> bytes | None:
        """Return the trainer's note of how its last run ended."""
        return self._content_again(STATUS)

    def writing(self, keep: int = KEEP_MODELS, wait_s: float = 0.0) -> AbstractContextManager[ModelWriter]:
        """Begin to change the bucket; trainers of other machines are not waited for, the first to publish wins."""
        return writing_objects(self, keep, wait_s)

    def _copy(self, manifest: Manifest, content: bytes, pause_ratio: float) -> None:
        if self.copies.is_whole(manifest, content, pause_ratio):
            return
        model_id = manifest.model_id
        self.copies.make_room(model_id, self._in_use)
        self.copies.add(
            manifest,
            content,
            lambda name, start, end: self.bucket.get_range(key_of(model_id, name), start, end),
            pause_ratio,
        )

    def _mapped(self, manifest: Manifest) -> "Model":
        from playlist_model.model import map_model  # noqa: PLC0415 - imports numpy

        return map_model(self.copies.path(manifest.model_id), manifest)

    def _load_copy(self, model_id: str, pause_ratio: float) -> "Model | None":
        try:
            content = self.copies.manifest_content(model_id)
            manifest = Manifest.parse(content, f"{model_id}/{MANIFEST}")
            is_whole = self.copies.is_whole(manifest, content, pause_ratio)
            return self._mapped(manifest) if is_whole else None
        except (ModelError, OSError):
            return None

    def _content_again(self, key: str) -> bytes | None:
        found = self.bucket.get(key, self._seen.get(key))
        if found is None:
            self._seen.pop(key, None)
            return None
        self._seen[key] = found
        return found.content

    def _removing(self) -> frozenset[str]:
        """Return the models that a trainer has said it removes: pointing at one of them would lose it."""
        content = self.pointer_content()
        try:
            return frozenset(Pointer.parse(content, POINTER).removing) if content is not None else frozenset()
        except PointerError:
            return frozenset()
