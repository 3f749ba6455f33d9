"""A model in memory, and how its parts lie in arrays with names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.arrays import map_array
from playlist_model.errors import ModelDamagedError
from playlist_model.held_out import HeldOut
from playlist_model.manifest import Manifest
from playlist_model.rules import Rules
from playlist_model.song_arrays import arrays_of_songs, check_ids, check_offsets, check_songs, songs_from_arrays
from playlist_model.songs import Songs


@dataclass(frozen=True)
class Model:
    """One published model; never changed, only replaced as a whole."""

    manifest: Manifest
    songs: Songs
    rules: Rules
    held_out: HeldOut = field(default_factory=HeldOut.none)


_RULE_ARRAYS = {
    each.name: "<i8" if each.name in {"song_antecedents", "antecedent_offsets", "rule_offsets"} else "<i4"
    for each in fields(Rules)
    if each.name != "scores"
}
_SCORES = ("rule_scores", "<f4")  # only in models whose trainer scored the rules
# Optional: models of earlier versions have none, nor have those that learned from everything.
_HELD_OUT_ARRAYS = {"playlist_hashes": "<u8", "offsets": "<i8", "song_ids": "<i4"}


def arrays_of(songs: Songs, rules: Rules, held_out: HeldOut | None = None) -> dict[str, NDArray[Any]]:
    """Return every array of a model under the name of its file (without .npy)."""
    arrays = arrays_of_songs(songs)
    for name, dtype in _RULE_ARRAYS.items():
        arrays[f"rule_{name}"] = getattr(rules, name).astype(dtype, copy=False)
    if rules.scores is not None:
        name, dtype = _SCORES
        arrays[name] = rules.scores.astype(dtype, copy=False)
    if held_out is not None and len(held_out):
        for name, dtype in _HELD_OUT_ARRAYS.items():
            arrays[f"held_out_{name}"] = getattr(held_out, name).astype(dtype, copy=False)
    return arrays


def model_from_arrays(manifest: Manifest, array: Callable[[str], NDArray[Any]]) -> Model:
    """Put a model together.

    Args:
        manifest: of the model; its ``files`` name the arrays that there are.
        array: returns one array by its name.

    Raises:
        ModelDamagedError: an array is missing, or the arrays do not fit together.
    """

    def typed(name: str, dtype: str) -> NDArray[Any]:
        if f"{name}.npy" not in manifest.files:
            raise ModelDamagedError(f"{manifest.model_id}/manifest.json: names no file {name}.npy")
        found = array(name)
        if found.dtype.str != dtype or found.ndim != 1:
            raise ModelDamagedError(f"{manifest.model_id}/{name}.npy: {found.dtype.str}, expected {dtype} in a row")
        return found

    rules = Rules(
        **{name: typed(f"rule_{name}", dtype) for name, dtype in _RULE_ARRAYS.items()},
        scores=typed(*_SCORES) if f"{_SCORES[0]}.npy" in manifest.files else None,
    )
    try:
        songs = songs_from_arrays(typed, {name.removesuffix(".npy") for name in manifest.files})
    except ValueError as error:
        raise ModelDamagedError(f"{manifest.model_id}: {error}") from error
    held_out = HeldOut.none()
    if "held_out_song_ids.npy" in manifest.files:
        held_out = HeldOut(**{name: typed(f"held_out_{name}", dtype) for name, dtype in _HELD_OUT_ARRAYS.items()})
    model = Model(manifest, songs, rules, held_out)
    _check_fit(model)
    return model


def map_model(folder: Path, manifest: Manifest) -> Model:
    """Put a model together from a folder whose files were verified, without reading them into memory."""
    return model_from_arrays(manifest, lambda name: map_array(folder / f"{name}.npy", manifest.files[f"{name}.npy"]))


def _check_fit(model: Model) -> None:
    """Refuse arrays that would send a look-up outside of them: hashes can't tell what a foreign writer meant."""
    songs, rules, held_out = model.songs, model.rules, model.held_out
    try:
        check_songs(songs)
        _check_lengths(songs, rules, held_out)
        _check_offsets(rules, held_out)
        _check_ids(songs, rules, held_out)
        _check_counts(model.manifest, rules)
        _check_scores(rules)
    except ValueError as error:
        raise ModelDamagedError(f"{model.manifest.model_id}: {error}") from error


def _check_lengths(songs: Songs, rules: Rules, held_out: HeldOut) -> None:
    count = len(songs)
    antecedents = len(rules.antecedent_support_counts)
    lengths: Mapping[str, tuple[int, int]] = {
        "rule song_antecedents": (len(rules.song_antecedents), count + 1),
        "rule antecedent_offsets": (len(rules.antecedent_offsets), antecedents + 1),
        "rule rule_offsets": (len(rules.rule_offsets), antecedents + 1),
        "rule support_counts": (len(rules.support_counts), len(rules.consequents)),
        "held_out offsets": (len(held_out.offsets), len(held_out) + 1),
    }
    for name, (found, expected) in lengths.items():
        if found != expected:
            raise ValueError(f"{name}: {found} entries, expected {expected}")


def _check_offsets(rules: Rules, held_out: HeldOut) -> None:
    offsets = {
        "rule song_antecedents": (rules.song_antecedents, len(rules.antecedent_support_counts)),
        "rule antecedent_offsets": (rules.antecedent_offsets, len(rules.antecedent_songs)),
        "rule rule_offsets": (rules.rule_offsets, len(rules.consequents)),
        "held_out offsets": (held_out.offsets, len(held_out.song_ids)),
    }
    for name, (starts, end) in offsets.items():
        check_offsets(name, starts, end)


def _check_ids(songs: Songs, rules: Rules, held_out: HeldOut) -> None:
    bounds = {
        "rule antecedent_songs": (rules.antecedent_songs, len(songs)),
        "rule consequents": (rules.consequents, len(songs)),
        "held_out song_ids": (held_out.song_ids, len(songs)),
    }
    for name, (ids, count) in bounds.items():
        check_ids(name, ids, count)


def _check_counts(manifest: Manifest, rules: Rules) -> None:
    if manifest.rule_count != len(rules):
        raise ValueError(f"{len(rules)} rules, expected {manifest.rule_count}")
    if np.any(rules.antecedent_offsets[1:] == rules.antecedent_offsets[:-1]):
        raise ValueError("rule antecedent_offsets: an antecedent without a song")
    least = rules.antecedent_support_counts.min(initial=1)
    if least < 1:
        raise ValueError(f"rule antecedent_support_counts: {least} among them, expected 1 or more")


def _check_scores(rules: Rules) -> None:
    if rules.scores is None:
        return
    if len(rules.scores) != len(rules):
        raise ValueError(f"rule scores: {len(rules.scores)} entries, expected {len(rules)}")
    least, most = rules.scores.min(initial=1), rules.scores.max(initial=1)
    # A NaN among them comes out of both, and no comparison with it is true.
    if not 0 < least <= most < np.inf:
        raise ValueError(f"rule scores: from {least} to {most}, expected positive, finite numbers")
