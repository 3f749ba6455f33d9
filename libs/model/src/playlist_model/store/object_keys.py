"""What the objects of a model are called."""

from collections.abc import Iterable

from playlist_model.store.layout import MANIFEST


def key_of(model_id: str, name: str) -> str:
    """Return the key of one object of a model."""
    return f"models/{model_id}/{name}"


def models_in(keys: Iterable[str]) -> list[str]:
    """Return the ids of the models whose manifest is among some objects."""
    parts = [key.split("/") for key in keys]
    return [part[1] for part in parts if len(part) == 3 and part[2] == MANIFEST]
