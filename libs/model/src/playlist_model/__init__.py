"""What trainer and API must agree on: the published model, its folder, and how it answers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from playlist_model.errors import (
    ModelDamagedError,
    ModelError,
    ModelFormatError,
    ModelNotFoundError,
    NoModelError,
    PointerError,
    StoreChangedError,
    StoreError,
    StoreLockedError,
    StoreRefusedError,
    StoreUnavailableError,
)
from playlist_model.manifest import FORMAT_VERSION, REJECTED, Manifest, Pointer, Training, rfc3339
from playlist_model.store import (
    KEEP_MODELS,
    FolderStore,
    ModelStore,
    ModelWriter,
    StoreOptions,
    open_store,
    writing,
)

if TYPE_CHECKING:
    from playlist_model.folding import fold
    from playlist_model.held_out import HeldOut
    from playlist_model.model import Model
    from playlist_model.ranking import SHRINKAGE, Ranking, rank
    from playlist_model.reasons import Reason, reasons_of
    from playlist_model.rules import Rules, RuleTable
    from playlist_model.songs import Match, Songs
    from playlist_model.text import TextColumn

__all__ = [
    "FORMAT_VERSION",
    "KEEP_MODELS",
    "REJECTED",
    "SHRINKAGE",
    "FolderStore",
    "HeldOut",
    "Manifest",
    "Match",
    "Model",
    "ModelDamagedError",
    "ModelError",
    "ModelFormatError",
    "ModelNotFoundError",
    "ModelStore",
    "ModelWriter",
    "NoModelError",
    "Pointer",
    "PointerError",
    "Ranking",
    "Reason",
    "RuleTable",
    "Rules",
    "Songs",
    "StoreChangedError",
    "StoreError",
    "StoreLockedError",
    "StoreOptions",
    "StoreRefusedError",
    "StoreUnavailableError",
    "TextColumn",
    "Training",
    "fold",
    "open_store",
    "rank",
    "reasons_of",
    "rfc3339",
    "writing",
]

# numpy takes longer to import than a run of the trainer that finds nothing to do takes otherwise: what needs it is
# imported when it is first asked for.
_MODULES = {
    "HeldOut": "held_out",
    "Match": "songs",
    "Model": "model",
    "Ranking": "ranking",
    "Reason": "reasons",
    "RuleTable": "rules",
    "Rules": "rules",
    "SHRINKAGE": "ranking",
    "Songs": "songs",
    "TextColumn": "text",
    "fold": "folding",
    "rank": "ranking",
    "reasons_of": "reasons",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
