"""A model in memory, and how its parts lie in arrays with names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.errors import ModelDamagedError
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


_RULE_ARRAYS = {
    field.name: "<i8" if field.name in {"song_antecedents", "antecedent_offsets", "rule_offsets"} else "<i4"
    for field in fields(Rules)
}


def arrays_of(songs: Songs, rules: Rules) -> dict[str, NDArray[Any]]:
    """Return every array of a model under the name of its file (without .npy)."""
    arrays = arrays_of_songs(songs)
    for name, dtype in _RULE_ARRAYS.items():
        arrays[f"rule_{name}"] = getattr(rules, name).astype(dtype, copy=False)
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

    rules = Rules(**{name: typed(f"rule_{name}", dtype) for name, dtype in _RULE_ARRAYS.items()})
    try:
        songs = songs_from_arrays(typed, {name.removesuffix(".npy") for name in manifest.files})
    except ValueError as error:
        raise ModelDamagedError(f"{manifest.model_id}: {error}") from error
    _check_fit(manifest, songs, rules)
    return Model(manifest, songs, rules)


def _check_fit(manifest: Manifest, songs: Songs, rules: Rules) -> None:
    """Refuse arrays that would send a look-up outside of them: hashes can't tell what a foreign writer meant."""
    try:
        check_songs(songs)
        _check_lengths(songs, rules)
        _check_offsets(rules)
        _check_ids(songs, rules)
        _check_counts(manifest, rules)
    except ValueError as error:
        raise ModelDamagedError(f"{manifest.model_id}: {error}") from error


def _check_lengths(songs: Songs, rules: Rules) -> None:
    count = len(songs)
    antecedents = len(rules.antecedent_support_counts)
    lengths: Mapping[str, tuple[int, int]] = {
        "rule song_antecedents": (len(rules.song_antecedents), count + 1),
        "rule antecedent_offsets": (len(rules.antecedent_offsets), antecedents + 1),
        "rule rule_offsets": (len(rules.rule_offsets), antecedents + 1),
        "rule support_counts": (len(rules.support_counts), len(rules.consequents)),
    }
    for name, (found, expected) in lengths.items():
        if found != expected:
            raise ValueError(f"{name}: {found} entries, expected {expected}")


def _check_offsets(rules: Rules) -> None:
    offsets = {
        "rule song_antecedents": (rules.song_antecedents, len(rules.antecedent_support_counts)),
        "rule antecedent_offsets": (rules.antecedent_offsets, len(rules.antecedent_songs)),
        "rule rule_offsets": (rules.rule_offsets, len(rules.consequents)),
    }
    for name, (starts, end) in offsets.items():
        check_offsets(name, starts, end)


def _check_ids(songs: Songs, rules: Rules) -> None:
    bounds = {
        "rule antecedent_songs": (rules.antecedent_songs, len(songs)),
        "rule consequents": (rules.consequents, len(songs)),
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
