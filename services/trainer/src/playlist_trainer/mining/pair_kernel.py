"""The kernel of pair mining: count, score and choose the rules of a few antecedents at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of, rows_of
from playlist_trainer.mining.pair_counts import PairCounter, Pairs, within_limits
from playlist_trainer.mining.pair_scoring import NO_LIMIT, PairLimits, PairScoring

_SCORE_BITS = 31  # a positive float32 without its sign; as an integer it orders as the number does
_LARGEST_SCORE = (1 << _SCORE_BITS) - 1


@dataclass(frozen=True)
class PairBlock:
    """The rules of some antecedents, one antecedent after the other, best first.

    Attributes:
        antecedents: int32, ascending.
        rule_counts: int64, one per antecedent.
        consequents: int32, one per rule.
        support_counts: int32, one per rule.
        scores: float32, one per rule.
    """

    antecedents: NDArray[np.int32]
    rule_counts: NDArray[np.int64]
    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int32]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class PairKernel:
    """What all blocks have in common.

    Attributes:
        counter: of the transactions.
        scoring: of the rules.
        limits: of the rules.
    """

    counter: PairCounter
    scoring: PairScoring
    limits: PairLimits

    def mine(self, antecedents: NDArray[np.int32], rules_per_song: int) -> PairBlock:
        """Return the best rules of a few antecedents.

        Args:
            antecedents: ascending; one of them, or a few that have few keys together.
            rules_per_song: rules that stay per antecedent; ``NO_LIMIT`` for all.
        """
        pairs = self.counter.count(antecedents)
        support_counts = self.counter.index.support_counts
        return best_rules(pairs, antecedents, support_counts, self.scoring, self.limits, rules_per_song)


def best_rules(
    pairs: Pairs,
    antecedents: NDArray[np.int32],
    support_counts: NDArray[np.int32],
    scoring: PairScoring,
    limits: PairLimits,
    rules_per_song: int,
) -> PairBlock:
    """Score pairs that were counted, and keep the best rules of each antecedent.

    Args:
        pairs: all of the antecedents that the limits may keep; their first weights count.
        antecedents: ascending.
        support_counts: one per song.
        scoring: of the rules; its weights are in those of the pairs.
        limits: of the rules.
        rules_per_song: rules that stay per antecedent; ``NO_LIMIT`` for all.
    """
    pairs, at_most = within_limits(pairs, support_counts[antecedents], limits)
    if rules_per_song != NO_LIMIT:
        at_most = np.minimum(at_most, rules_per_song)
    sizes = np.bincount(pairs.owners, minlength=len(antecedents))
    scores = pairs.weights[0] * np.repeat(scoring.antecedent_factors[antecedents], sizes)
    scores *= scoring.consequent_factors[pairs.consequents]
    scores32 = scores.astype(np.float32)
    rows, kept = _best(scores32, sizes, at_most)
    return PairBlock(
        antecedents,
        kept,
        pairs.consequents[rows].astype(np.int32),
        pairs.support_counts[rows].astype(np.int32),
        scores32[rows],
    )


def _best(
    scores: NDArray[np.float32], sizes: NDArray[np.int64], at_most: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose the best of each group: by descending score, then by row.

    Args:
        scores: positive; one group after the other.
        sizes: how many scores each group has.
        at_most: how many of each group.

    Returns:
        The rows that were chosen, group by group, best first; and how many of each group.
    """
    begins = offsets_of(sizes)[:-1]
    kept = np.minimum(sizes, at_most)
    place_bits = (int(sizes.max(initial=1)) - 1).bit_length()
    # Group, falling score and place within the group in one number: sorting plain numbers beats any argsort.
    groups = np.arange(len(sizes), dtype=np.uint64) << np.uint64(_SCORE_BITS + place_bits)
    keys = (_LARGEST_SCORE - scores.view(np.int32)).astype(np.uint64)
    keys <<= place_bits
    keys += np.repeat(groups - begins.astype(np.uint64), sizes)  # below 0 it wraps around, and back again here:
    keys += np.arange(len(scores), dtype=np.uint64)
    keys.sort()
    chosen = keys[rows_of(begins, kept)]
    chosen &= np.uint64((1 << place_bits) - 1)
    return chosen.astype(np.int64) + np.repeat(begins, kept), kept
