"""What publishing is anywhere: a model's id, its files on this machine's disk, and which models stay."""

from collections.abc import Collection, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model.files import sync_folder, write_durably
from playlist_model.manifest import Manifest, Training
from playlist_model.store.layout import MANIFEST

if TYPE_CHECKING:
    from playlist_model.held_out import HeldOut
    from playlist_model.rules import Rules
    from playlist_model.songs import Songs


def write_model(
    folder: Path, model_id: str, songs: "Songs", rules: "Rules", training: Training, held_out: "HeldOut | None"
) -> Manifest:
    """Write every array, then the manifest, into a new folder, each forced to the disk."""
    from playlist_model.arrays import save_array  # noqa: PLC0415 - imports numpy
    from playlist_model.model import arrays_of  # noqa: PLC0415 - imports numpy

    folder.mkdir()
    arrays = arrays_of(songs, rules, held_out)
    files = {f"{name}.npy": save_array(folder / f"{name}.npy", array) for name, array in arrays.items()}
    manifest = Manifest.of(model_id, training, len(rules), files)
    write_durably(folder / MANIFEST, manifest.dump())
    sync_folder(folder)
    return manifest


def free_id(training: Training, taken: Collection[str]) -> str:
    """Return the id of a training's model: when it was trained, and from what; numbered where that is taken."""
    wanted = f"{training.model_date.astimezone(UTC):%Y%m%dT%H%M%SZ}-{training.fingerprint[:8]}"
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def no_longer_kept(model_ids: Sequence[str], manifests: Sequence[Manifest], current: str, keep: int) -> list[str]:
    """Return the ids of the models that may go.

    Args:
        model_ids: all that are there, damaged ones too.
        manifests: of those that can be read, newest first.
        current: the model that the pointer names, which stays.
        keep: how many of the newest models stay.
    """
    accepted = [each for each in manifests if not each.is_rejected]
    # One rejected candidate is enough to look at or to promote; more would push out the models to roll back to.
    rejected = [each for each in manifests if each.is_rejected]
    kept = {current, *(each.model_id for each in accepted[:keep] + rejected[:1])}
    return [model_id for model_id in model_ids if model_id not in kept]
