"""How a model answers a request: which songs follow from the ones asked with, best first.

Trainer and API share this, so that what the evaluation measures is what users get.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from playlist_model.rules import Rules

# Added to the antecedent's count, so that "in 2 of 2 playlists" does not beat "in 90 of 100". For rules without scores:
# those of itemsets, and of models from before there were scores.
SHRINKAGE = 10.0
_DENSE = 8  # songs in the catalogue for each consequent

_Number = TypeVar("_Number", np.int32, np.float32)


@dataclass(frozen=True)
class Ranking:
    """The best songs for a request, best first.

    Attributes:
        song_ids: int64; those that rules gave, then popular ones.
        values: float64, one for each song that a rule gave (``len(values) <= len(song_ids)``):
            the sum over its antecedents of the rule's score; in a model without scores that is
            n(antecedent and song) / (n(antecedent) + SHRINKAGE).
        antecedents: int64, the antecedent rows that lie within the request.
    """

    song_ids: NDArray[np.int64]
    values: NDArray[np.float64]
    antecedents: NDArray[np.int64]


def rank(
    rules: Rules,
    asked: NDArray[np.int32],
    excluded: NDArray[np.int32],
    limit: int,
    shrinkage: float = SHRINKAGE,
) -> Ranking:
    """Rank songs for a request; the cost is in proportion to the consequents of the songs asked with.

    Ties go to the smaller id, which is the more popular song.

    Args:
        rules: of the model.
        asked: ids of the songs asked with; distinct, ascending.
        excluded: ids that must not come back; distinct, ascending.
        limit: how many songs at most; fewer only when the catalogue has no more.
        shrinkage: another constant than the product's, for evaluations; rules that carry scores take no notice of it.
    """
    antecedents = rules.antecedents_within(asked)
    candidates, values = _valued(rules, antecedents, excluded, shrinkage)
    best = best_rows(values, limit)
    song_ids = candidates[best]
    if len(song_ids) < limit:
        song_ids = np.concatenate(
            (song_ids, popular_songs(rules.song_count, excluded, song_ids, limit - len(song_ids)))
        )
    return Ranking(song_ids, values[best], antecedents)


def _valued(
    rules: Rules, antecedents: NDArray[np.int64], excluded: NDArray[np.int32], shrinkage: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each consequent of the antecedents that is not excluded once, ascending, with its value."""
    rows = _spans(rules, antecedents)
    consequents = _joined(rules.consequents, rows)
    if rules.scores is None:
        damped = (rules.antecedent_support_counts[antecedents] + shrinkage).tolist()
        weights = _joined(rules.support_counts, rows) / np.repeat(damped, [span.stop - span.start for span in rows])
    else:
        weights = _joined(rules.scores, rows)
    if rules.song_count <= _DENSE * len(consequents):
        # One counter for every song beats sorting the consequents, unless most counters would stay at 0.
        values = np.bincount(consequents, weights=weights, minlength=rules.song_count).astype(np.float64, copy=False)
        values[excluded] = 0
        candidates = np.flatnonzero(values).astype(np.int64, copy=False)
        return candidates, values[candidates]
    candidates, which = np.unique(consequents, return_inverse=True)
    values = np.bincount(which, weights=weights, minlength=len(candidates)).astype(np.float64, copy=False)
    allowed = ~np.isin(candidates, excluded)
    return candidates[allowed].astype(np.int64), values[allowed]


def _spans(rules: Rules, antecedents: NDArray[np.int64]) -> list[slice]:
    """Return where the rules of each antecedent stand."""
    starts, ends = rules.rule_offsets[antecedents].tolist(), rules.rule_offsets[antecedents + 1].tolist()
    return [slice(start, end) for start, end in zip(starts, ends, strict=True)]


def _joined(column: NDArray[_Number], spans: list[slice]) -> NDArray[_Number]:
    """Return parts of a column one after the other: for a request's few antecedents, cheaper than row by row."""
    return np.concatenate([column[span] for span in spans]) if spans else column[:0]


def best_rows(values: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return the positions of the ``limit`` largest values, largest first; equal ones by position."""
    if 0 < limit < len(values):
        # Everything level with the last place stays in, so that ties are settled by position, not by partition.
        floor = np.partition(values, len(values) - limit)[len(values) - limit]
        kept = np.flatnonzero(values >= floor)
        return kept[np.argsort(-values[kept], kind="stable")][:limit]
    return np.argsort(-values, kind="stable")[:limit]


def popular_songs(
    song_count: int, excluded: NDArray[np.int32], taken: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Return the ``wanted`` most popular songs that are neither excluded nor taken: the smallest ids."""
    head = np.arange(min(song_count, wanted + len(excluded) + len(taken)))
    return head[~np.isin(head, excluded) & ~np.isin(head, taken)][:wanted]
