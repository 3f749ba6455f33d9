"""How a candidate compares with the model whose place it would take: both answer the same requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from playlist_model import HeldOut, Rules, Songs
from playlist_trainer.evaluation.requests import Answers, Request, answers, requests_of
from playlist_trainer.evaluation.verdict import MIN_REQUESTS

_Z = 1.96  # of a 95 % interval
# Whoever changes one of these changes what is counted: fewer songs then say nothing about the dataset.
_WHAT_IS_COUNTED = ("item_column", "playlist_column", "max_playlists")


@dataclass(frozen=True)
class Contender:
    """One of the two models that are compared.

    Attributes:
        songs, rules, held_out: of the model.
        dataset: as in its manifest: ``playlists`` and ``songs`` are counts.
        parameters: as in its manifest.
    """

    songs: Songs
    rules: Rules
    held_out: HeldOut
    dataset: Mapping[str, Any]
    parameters: Mapping[str, Any]


def compared(candidate: Contender, current: Contender) -> dict[str, Any]:
    """Return the figures that a verdict is made from; recall and coverage only where there are enough requests.

    Returns:
        ``requests``, and with enough of them ``recall_at_10``, ``recall_drop`` (relative to the current model's
        recall; negative for a gain), ``recall_drop_at_least`` (the lower end of its 95 % interval) and ``coverage``;
        ``playlists`` and ``songs`` where they count the same. What ends in ``_of_current`` is the current model's.
    """
    requests = _same_requests(candidate, current)
    figures: dict[str, Any] = {"requests": len(requests)}
    if len(requests) >= MIN_REQUESTS:
        new, old = (answers(one.songs, one.rules, requests) for one in (candidate, current))
        figures |= _recall_figures(new, old)
        figures |= {"coverage": round(new.coverage, 4), "coverage_of_current": round(old.coverage, 4)}
    if all(candidate.parameters.get(name) == current.parameters.get(name) for name in _WHAT_IS_COUNTED):
        for name in ("playlists", "songs"):
            figures |= {name: candidate.dataset[name], f"{name}_of_current": current.dataset[name]}
    return figures


def _same_requests(candidate: Contender, current: Contender) -> list[Request]:
    """Return what neither was favoured by: the held-out playlists of both, each question once.

    The current model never learned from playlists with a hash up to its largest. The candidate may have learned from
    some that the current model held out: that favours the candidate, so a fall is no less certain. Both kinds are
    needed: a dataset whose songs were shuffled among its playlists asks only questions that nobody can answer.
    """
    merged = requests_of(current.held_out, current.songs)
    bound = int(current.held_out.playlist_hashes.max()) if len(current.held_out) else -1
    merged |= requests_of(candidate.held_out, candidate.songs, bound)
    return [merged[key] for key in sorted(merged, key=lambda key: (key[0], sorted(key[1])))]


def _recall_figures(new: Answers, old: Answers) -> dict[str, float]:
    """Compare paired recalls; the interval of their ratio is by the delta method."""
    figures = {"recall_at_10": round(new.recall, 4), "recall_at_10_of_current": round(old.recall, 4)}
    if old.recall == 0:
        return figures | {"recall_drop": 0.0, "recall_drop_at_least": 0.0}  # nothing to lose
    ratio = new.recall / old.recall
    residuals = (new.recalls - ratio * old.recalls) / old.recall
    error = float(np.std(residuals, ddof=1)) / len(residuals) ** 0.5
    drop = 1 - ratio
    return figures | {"recall_drop": round(drop, 4), "recall_drop_at_least": round(drop - _Z * error, 4)}
