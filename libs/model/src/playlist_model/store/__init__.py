"""Where models are kept: a folder of a volume, or a bucket of an object store."""

from contextlib import AbstractContextManager

from playlist_model.store.folder import FolderStore
from playlist_model.store.folder_writer import FolderWriter
from playlist_model.store.interface import ModelStore
from playlist_model.store.layout import KEEP_MODELS
from playlist_model.store.opening import StoreOptions, open_store
from playlist_model.store.writer import ModelWriter

__all__ = [
    "KEEP_MODELS",
    "FolderStore",
    "FolderWriter",
    "ModelStore",
    "ModelWriter",
    "StoreOptions",
    "open_store",
    "writing",
]


def writing(store: ModelStore, keep: int = KEEP_MODELS, wait_s: float = 0.0) -> AbstractContextManager[ModelWriter]:
    """Begin to change a store, as ``ModelStore.writing`` says."""
    return store.writing(keep, wait_s)
