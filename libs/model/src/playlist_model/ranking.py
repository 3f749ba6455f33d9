"""How a model answers a request: which songs follow from the ones asked with, best first.

Trainer and API share this, so that what the evaluation measures is what users get.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import blocks_of, offsets_of
from playlist_model.rules import Rules

# Added to the antecedent's count, so that "in 2 of 2 playlists" does not beat "in 90 of 100". For rules without scores:
# those of itemsets, and of models from before there were scores.
SHRINKAGE = 10.0
_DENSE = 8  # songs in the catalogue for each consequent
# Rules that are looked at in one step. A step keeps all other threads of the process from going on, and beyond a few
# hundred kilobytes the system has to hand out memory anew for each array, which takes longer than the work itself.
AT_ONCE = 32_768

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


def rank(rules: Rules, asked: NDArray[np.int32], excluded: NDArray[np.int32], limit: int) -> Ranking:
    """Rank songs for a request; the cost is in proportion to the consequents of the songs asked with.

    Ties go to the smaller id, which is the more popular song.

    Args:
        rules: of the model.
        asked: ids of the songs asked with; distinct, ascending.
        excluded: ids that must not come back; distinct, ascending.
        limit: how many songs at most; fewer only when the catalogue has no more.
    """
    antecedents = rules.antecedents_within(asked)
    candidates, values = _valued(rules, antecedents, excluded)
    best = best_rows(values, limit)
    best = best[values[best] > 0]
    song_ids = best if candidates is None else candidates[best]
    if len(song_ids) < limit:
        song_ids = np.concatenate(
            (song_ids, popular_songs(rules.song_count, excluded, song_ids, limit - len(song_ids)))
        )
    return Ranking(song_ids, values[best], antecedents)


def _valued(
    rules: Rules, antecedents: NDArray[np.int64], excluded: NDArray[np.int32]
) -> tuple[NDArray[np.int64] | None, NDArray[np.float64]]:
    """Return each consequent of the antecedents once, ascending, with its value: 0 for those that are excluded.

    None in place of the consequents where there is a value for every song.
    """
    spans = spans_of(rules, antecedents)
    rule_count = sum(span.stop - span.start for span in spans)
    if rule_count > AT_ONCE:
        values = _summed_in_blocks(rules, antecedents, spans)
        values[excluded] = 0
        return None, values
    consequents, weights = _weighted(rules, antecedents, spans)
    if rules.song_count <= _DENSE * rule_count:
        # One counter for every song beats sorting the consequents, unless most counters would stay at 0.
        values = np.bincount(consequents, weights=weights, minlength=rules.song_count).astype(np.float64, copy=False)
        values[excluded] = 0
        return None, values
    candidates, which = np.unique(consequents, return_inverse=True)
    values = np.bincount(which, weights=weights, minlength=len(candidates)).astype(np.float64, copy=False)
    # Both ascend; np.isin would sort them again, and take 8 MB for that.
    places = np.minimum(np.searchsorted(candidates, excluded), max(0, len(candidates) - 1))
    if len(candidates):
        values[places[candidates[places] == excluded]] = 0
    return candidates.astype(np.int64), values


def _summed_in_blocks(rules: Rules, antecedents: NDArray[np.int64], spans: list[slice]) -> NDArray[np.float64]:
    """Return each song's value, in the order of summation that one block would have: the same to the last bit."""
    values = np.zeros(rules.song_count)
    for block in blocks_of(offsets_of(np.array([span.stop - span.start for span in spans])), AT_ONCE):
        consequents, weights = _weighted(rules, antecedents[block], spans[block])
        # Of any other types, ``add.at`` takes fifty times as long.
        np.add.at(values, consequents.astype(np.int64), weights.astype(np.float64))
    return values


def _weighted(
    rules: Rules, antecedents: NDArray[np.int64], spans: list[slice]
) -> tuple[NDArray[np.int32], NDArray[np.float32] | NDArray[np.float64]]:
    """Return the consequent of each rule of the antecedents, and what the rule adds to its value."""
    consequents = joined(rules.consequents, spans)
    if rules.scores is not None:
        return consequents, joined(rules.scores, spans)
    damped = (rules.antecedent_support_counts[antecedents] + SHRINKAGE).tolist()
    return consequents, joined(rules.support_counts, spans) / np.repeat(damped, [s.stop - s.start for s in spans])


def spans_of(rules: Rules, antecedents: NDArray[np.int64]) -> list[slice]:
    """Return where the rules of each antecedent stand."""
    starts, ends = rules.rule_offsets[antecedents].tolist(), rules.rule_offsets[antecedents + 1].tolist()
    return [slice(start, end) for start, end in zip(starts, ends, strict=True)]


def joined(column: NDArray[_Number], spans: list[slice]) -> NDArray[_Number]:
    """Return parts of a column one after the other: for a request's few antecedents, cheaper than row by row."""
    return np.concatenate([column[span] for span in spans]) if spans else column[:0]


def best_rows(values: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return the positions of the ``limit`` largest values, largest first; equal ones by position."""
    if 0 < limit < len(values):
        # Everything level with the last place stays in, so that ties are settled by position, not by partition.
        # Methods: numpy's functions of these names cost half as much again.
        parted = values.copy()
        parted.partition(len(values) - limit)
        kept = (values >= parted[len(values) - limit]).nonzero()[0]
        best: NDArray[np.int64] = kept[(-values[kept]).argsort(kind="stable")][:limit]
        return best
    return np.argsort(-values, kind="stable")[:limit]


def popular_songs(
    song_count: int, excluded: NDArray[np.int32], taken: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Return the ``wanted`` most popular songs that are neither excluded nor taken: the smallest ids."""
    is_free = np.ones(min(song_count, wanted + len(excluded) + len(taken)), dtype=bool)
    for songs in (excluded, taken):
        is_free[songs[songs < len(is_free)]] = False
    return np.flatnonzero(is_free)[:wanted]
