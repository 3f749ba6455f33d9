"""The kernel of pair mining: count, score and choose the rules of a few antecedents at a time.

Every item of every playlist that holds an antecedent becomes one key, in whose bits stand antecedent, item and the
class of the playlist's weight. Sorted keys are runs: a run's length is the support count of a pair.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_trainer.mining.pair_scoring import NO_LIMIT, PairLimits, PairScoring
from playlist_trainer.mining.song_index import SongIndex
from playlist_trainer.mining.transactions import Transactions

_ROUNDING = 1e-9  # 3 of 10 must pass a min_confidence of .3, whatever floats the two become
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
class _Pairs:
    """Counted pairs, by antecedent, then by consequent; consequents may be the antecedent itself.

    Attributes:
        owners: int64, one per pair; the antecedent's place in the block, ascending.
        consequents: int64, one per pair; ascending within an owner.
        support_counts: int64, one per pair.
        weights: float64, one per pair; of the transactions that hold both.
    """

    owners: NDArray[np.int64]
    consequents: NDArray[np.int64]
    support_counts: NDArray[np.int64]
    weights: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_]) -> "_Pairs":
        return _Pairs(self.owners[kept], self.consequents[kept], self.support_counts[kept], self.weights[kept])


@dataclass(frozen=True)
class PairKernel:
    """What all blocks have in common.

    Attributes:
        transactions: what is mined.
        index: of the transactions.
        scoring: of the rules.
        limits: of the rules.
        class_weights: float64; the distinct weights of transactions, ascending.
        classes: int32, one per transaction; its row of ``class_weights``.
        most_keys: keys that are sorted together at most; an antecedent with more is counted by counters.
    """

    transactions: Transactions
    index: SongIndex
    scoring: PairScoring
    limits: PairLimits
    class_weights: NDArray[np.float64]
    classes: NDArray[np.int32]
    most_keys: int

    @classmethod
    def of(
        cls, transactions: Transactions, index: SongIndex, scoring: PairScoring, limits: PairLimits, most_keys: int
    ) -> "PairKernel":
        """Sort the transactions' weights into classes, one per distinct weight: nothing is rounded."""
        weights, classes = np.unique(scoring.weights, return_inverse=True)
        return cls(
            transactions, index, scoring, limits, weights.astype(np.float64), classes.astype(np.int32), most_keys
        )

    @property
    def item_bits(self) -> int:
        """How many bits an item takes in a key."""
        return max(1, self.transactions.item_count - 1).bit_length()

    @property
    def class_bits(self) -> int:
        """How many bits a weight's class takes in a key; none where all weights are the same."""
        return (len(self.class_weights) - 1).bit_length()

    def mine(self, antecedents: NDArray[np.int32], rules_per_song: int) -> PairBlock:
        """Return the best rules of a few antecedents.

        Args:
            antecedents: ascending; one of them, or a few that have few keys together.
            rules_per_song: rules that stay per antecedent; ``NO_LIMIT`` for all.
        """
        playlists, counts = self.index.lists_of(antecedents)
        if len(antecedents) == 1 and self.index.lengths[playlists].sum(dtype=np.int64) > self.most_keys:
            pairs = self._counted_by_counters(playlists)
        else:
            pairs = self._counted_by_sorting(playlists, np.repeat(np.arange(len(antecedents)), counts))
        pairs = self._rules_of(antecedents, pairs)
        scores = pairs.weights * self.scoring.antecedent_factors[antecedents[pairs.owners]]
        scores *= self.scoring.consequent_factors[pairs.consequents]
        scores32 = scores.astype(np.float32)
        sizes = np.bincount(pairs.owners, minlength=len(antecedents))
        rows, kept = _best(scores32, pairs.owners, sizes, rules_per_song)
        return PairBlock(
            antecedents,
            kept,
            pairs.consequents[rows].astype(np.int32),
            pairs.support_counts[rows].astype(np.int32),
            scores32[rows],
        )

    def _rules_of(self, antecedents: NDArray[np.int32], pairs: _Pairs) -> _Pairs:
        """Leave out what is no rule: too rare, too unsure, or a song that leads to itself."""
        kept = pairs.support_counts >= self.limits.min_support_count
        kept &= antecedents[pairs.owners] != pairs.consequents
        pairs = pairs.where(kept)
        if self.limits.min_confidence > 0:
            antecedent_counts = self.index.support_counts[antecedents[pairs.owners]]
            pairs = pairs.where(pairs.support_counts / antecedent_counts >= self.limits.min_confidence - _ROUNDING)
        return pairs

    def _items_of(self, playlists: NDArray[np.int32], lengths: NDArray[np.int32]) -> NDArray[np.int32]:
        items: NDArray[np.int32] = self.transactions.items[rows_of(self.transactions.offsets[playlists], lengths)]
        return items

    def _counted_by_sorting(self, playlists: NDArray[np.int32], owners: NDArray[np.int64]) -> _Pairs:
        lengths = self.index.lengths[playlists]
        owner_shift = self.item_bits + self.class_bits
        owned = (owners << owner_shift) | self.classes[playlists]
        # 32 bits sort in half the time of 64.
        fits = int(owners.max(initial=0)).bit_length() + owner_shift <= 32
        keys = self._items_of(playlists, lengths).astype(np.uint32 if fits else np.int64)
        keys <<= self.class_bits
        keys |= np.repeat(owned.astype(keys.dtype), lengths)
        keys.sort()
        pairs = keys >> self.class_bits
        begins = np.append(0, np.flatnonzero(pairs[1:] != pairs[:-1]) + 1)[: len(pairs)]
        counts = np.diff(np.append(begins, len(pairs)))
        if self.class_bits:
            keys &= (1 << self.class_bits) - 1
            weights = np.add.reduceat(self.class_weights[keys], begins)
        else:
            weights = counts * self.class_weights[0]
        pairs = pairs[begins].astype(np.int64)
        return _Pairs(pairs >> self.item_bits, pairs & ((1 << self.item_bits) - 1), counts, weights)

    def _counted_by_counters(self, playlists: NDArray[np.int32]) -> _Pairs:
        """Count the pairs of one antecedent with one counter per song, in bounded memory however many keys there are."""
        counts = np.zeros(self.transactions.item_count, dtype=np.int64)
        weights = np.zeros(self.transactions.item_count)
        offsets = offsets_of(self.index.lengths[playlists])
        begin = 0
        while begin < len(playlists):
            end = block_end(offsets, begin, self.most_keys)
            part = playlists[begin:end]
            lengths = self.index.lengths[part]
            items = self._items_of(part, lengths)
            counts += np.bincount(items, minlength=len(counts))
            part_weights = np.repeat(self.class_weights[self.classes[part]], lengths)
            weights += np.bincount(items, weights=part_weights, minlength=len(counts))
            begin = end
        consequents = np.flatnonzero(counts)
        return _Pairs(np.zeros_like(consequents), consequents, counts[consequents], weights[consequents])


def _best(
    scores: NDArray[np.float32], owners: NDArray[np.int64], sizes: NDArray[np.int64], at_most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose the best of each group: by descending score, then by row.

    Args:
        scores: positive; one group after the other.
        owners: the group of each score.
        sizes: how many scores each group has.
        at_most: how many of each group; ``NO_LIMIT`` for all.

    Returns:
        The rows that were chosen, group by group, best first; and how many of each group.
    """
    begins = offsets_of(sizes)[:-1]
    kept = sizes if at_most == NO_LIMIT else np.minimum(sizes, at_most)
    place_bits = (int(sizes.max(initial=1)) - 1).bit_length()
    # Group, falling score and place within the group in one number: sorting plain numbers beats any argsort.
    keys = owners.astype(np.uint64)
    keys <<= _SCORE_BITS
    keys |= (_LARGEST_SCORE - scores.view(np.int32)).astype(np.uint64)
    keys <<= place_bits
    keys |= (np.arange(len(scores)) - np.repeat(begins, sizes)).astype(np.uint64)
    keys.sort()
    chosen = keys[rows_of(begins, kept)]
    chosen &= np.uint64((1 << place_bits) - 1)
    return chosen.astype(np.int64) + np.repeat(begins, kept), kept
