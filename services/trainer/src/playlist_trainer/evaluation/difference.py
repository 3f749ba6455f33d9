"""What changed from one model to another: for people who ask whether to trust the new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from playlist_model import Manifest, Model, rank
from playlist_trainer.evaluation.split import LIMIT

_ASKED = 200
_EXAMPLES = 5


@dataclass(frozen=True)
class Difference:
    """Two models side by side.

    Attributes:
        models: their ids, before and after.
        settings: each setting that differs, with both values.
        figures: counts and qualities with both values; None where a model has none.
        songs_added, songs_gone: how many.
        most_popular_added, most_popular_gone: the first few of each, by name.
        asked: popular songs that both know, each asked with by itself.
        same_answers: mean share of the ten answers that both models have in common, 0..1.
    """

    models: tuple[str, str]
    settings: Mapping[str, tuple[Any, Any]]
    figures: Mapping[str, tuple[Any, Any]]
    songs_added: int
    songs_gone: int
    most_popular_added: tuple[str, ...]
    most_popular_gone: tuple[str, ...]
    asked: int
    same_answers: float

    def text(self) -> str:
        """Return it in words, one fact per line."""
        before, after = self.models
        lines = [f"{before} → {after}"]
        lines += [f"setting {name}: {old} → {new}" for name, (old, new) in self.settings.items()]
        lines += [f"{name}: {_shown(old)} → {_shown(new)}" for name, (old, new) in self.figures.items()]
        for verb, count, examples in (
            ("added", self.songs_added, self.most_popular_added),
            ("gone", self.songs_gone, self.most_popular_gone),
        ):
            lines.append(f"songs {verb}: {count:,}{' (' + ', '.join(examples) + ')' if examples else ''}")
        lines.append(
            f"answers in common: {self.same_answers:.0%} of ten, for the {self.asked} most popular songs of both"
        )
        return "\n".join(lines)


def difference(before: Model, after: Model) -> Difference:
    """Compare two models."""
    old_names, new_names = set(before.songs.names), set(after.songs.names)
    added = [name for name in after.songs.names if name not in old_names]
    gone = [name for name in before.songs.names if name not in new_names]
    asked = [name for name in after.songs.names if name in old_names][:_ASKED]
    common = [len(_answer(before, name) & _answer(after, name)) / LIMIT for name in asked]
    return Difference(
        models=(before.manifest.model_id, after.manifest.model_id),
        settings=_changed(_settings_of(before.manifest), _settings_of(after.manifest)),
        figures=_both(_figures_of(before.manifest), _figures_of(after.manifest)),
        songs_added=len(added),
        songs_gone=len(gone),
        most_popular_added=tuple(added[:_EXAMPLES]),
        most_popular_gone=tuple(gone[:_EXAMPLES]),
        asked=len(asked),
        same_answers=round(float(np.mean(common)), 4) if common else 0.0,
    )


def _answer(model: Model, name: str) -> set[str]:
    asked = np.array(model.songs.match(name).song_ids[:1], dtype=np.int32)
    return {model.songs.names[song] for song in rank(model.rules, asked, asked, LIMIT).song_ids.tolist()}


def _settings_of(manifest: Manifest) -> dict[str, Any]:
    return {"dataset": manifest.dataset.get("url"), "engine": manifest.engine, **manifest.parameters}


def _figures_of(manifest: Manifest) -> dict[str, Any]:
    counts = {name: manifest.dataset.get(name) for name in ("rows", "playlists", "songs")}
    measured = manifest.evaluation if manifest.evaluation.get("requests") else {}
    quality = {name: measured.get(name) for name in ("recall_at_10", "coverage")}
    return {**counts, "rules": manifest.rule_count, **quality}


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (old.get(name), new.get(name)) for name in {**old, **new}}


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: values for name, values in _both(old, new).items() if values[0] != values[1]}


def _shown(figure: object) -> str:
    if figure is None:
        return "–"
    return f"{figure:.3f}" if isinstance(figure, float) else f"{figure:,}"
