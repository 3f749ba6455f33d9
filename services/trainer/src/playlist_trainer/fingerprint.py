"""What determines a model: equal fingerprints, equal rules."""

import hashlib
import json
from typing import Any

from playlist_model import FORMAT_VERSION
from playlist_trainer.settings import Settings

# To be raised whenever the same dataset and parameters would give other rules or another catalogue.
ALGORITHM_VERSION = 2


def parameters_of(settings: Settings) -> dict[str, Any]:
    """Return the settings that shape a model; caps, limits and addresses do not."""
    return {
        "min_support": settings.min_support or "auto",
        "rules_per_song": settings.rules_per_song,
        "max_rules": settings.max_rules,
        "min_confidence": settings.min_confidence,
        "max_length": settings.max_length,
        "item_column": settings.item_column,
        "playlist_column": settings.playlist_column,
        "separator": settings.separator,
        "max_playlists": settings.max_playlists,
        "evaluation": settings.evaluation,
        "gate": settings.gate,
        "seed": settings.seed,
    }


def fingerprint_of(dataset_sha256: str, settings: Settings) -> str:
    """Return the fingerprint, hex, of the model that a dataset and the settings make."""
    everything = {
        "algorithm": ALGORITHM_VERSION,
        "dataset": dataset_sha256,
        "engine": settings.engine,
        "format": FORMAT_VERSION,
        "parameters": parameters_of(settings),
    }
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
