"""Counting pairs: how many playlists, and of what weight together, hold an antecedent and another song.

Every item of every playlist that holds an antecedent becomes one key, in whose bits stand antecedent, item and the
class of the playlist's weight. Sorted keys are runs: a run's length is the support count of a pair. Where there are
more keys than pairs of an antecedent and a song, as in small catalogues, a counter per pair is quicker.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_trainer.mining.pair_scoring import PairLimits
from playlist_trainer.mining.song_index import SongIndex
from playlist_trainer.mining.transactions import Transactions

_ROUNDING = 1e-9  # 3 of 10 must pass a min_confidence of .3, whatever floats the two become
_Keys = NDArray[np.integer[Any]]  # uint32 or int64


@dataclass(frozen=True)
class Pairs:
    """Pairs of two songs that are frequent, by antecedent, then by consequent.

    Attributes:
        owners: int64, one per pair; the antecedent's place in the block, ascending.
        consequents: int64, one per pair; ascending within an owner.
        support_counts: int64, one per pair.
        weights: float64, weightings × pairs; of the transactions that hold both.
    """

    owners: NDArray[np.int64]
    consequents: NDArray[np.int64]
    support_counts: NDArray[np.int64]
    weights: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_]) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(self.owners[kept], self.consequents[kept], self.support_counts[kept], self.weights[:, kept])


def within_limits(
    pairs: Pairs, antecedent_counts: NDArray[np.int32], limits: PairLimits
) -> tuple[Pairs, NDArray[np.int64]]:
    """Leave out what is no rule: too rare, or too unsure.

    Args:
        pairs: of some antecedents.
        antecedent_counts: transactions that hold each of those antecedents.
        limits: of the rules.

    Returns:
        The rest, and how many rules each antecedent may keep: fewer where rare pairs had to fill it up.
    """
    antecedent_count = len(antecedent_counts)
    at_most = np.full(antecedent_count, limits.rules_per_song or np.iinfo(np.int64).max)
    if limits.least_rules_per_song:
        is_frequent = pairs.support_counts >= limits.min_support_count
        is_short = np.bincount(pairs.owners[is_frequent], minlength=antecedent_count) < limits.least_rules_per_song
        pairs = pairs.where(is_frequent | is_short[pairs.owners])
        at_most[is_short] = np.minimum(at_most[is_short], limits.least_rules_per_song)
    if limits.min_confidence > 0:
        confidences = pairs.support_counts / antecedent_counts[pairs.owners]
        pairs = pairs.where(confidences >= limits.min_confidence - _ROUNDING)
    return pairs, at_most


@dataclass(frozen=True)
class PairCounter:
    """What all counts have in common.

    Attributes:
        transactions: what is counted in.
        index: of the transactions.
        min_support_count: transactions that hold a frequent pair, at least; 1 or more.
        class_weights: float64, weightings × classes; the distinct weights of transactions.
        classes: int32, one per transaction; its column of ``class_weights``.
        most_keys: keys that are held at once.
    """

    transactions: Transactions
    index: SongIndex
    min_support_count: int
    class_weights: NDArray[np.float64]
    classes: NDArray[np.int32]
    most_keys: int

    @classmethod
    def of(
        cls, transactions: Transactions, weights: NDArray[np.float32], min_support_count: int, most_keys: int
    ) -> "PairCounter":
        """Index the transactions, and sort their weights into classes, one per distinct weight: nothing is rounded.

        Args:
            transactions: to count in.
            weights: one per transaction; or weightings × transactions, to sum several weights in one pass: where two
                transactions agree in the last one, they must agree in all.
            min_support_count: as the attribute.
            most_keys: as the attribute.
        """
        return cls.by(
            SongIndex.of(transactions, min_support_count), transactions, weights, min_support_count, most_keys
        )

    @classmethod
    def by(
        cls,
        index: SongIndex,
        transactions: Transactions,
        weights: NDArray[np.float32],
        min_support_count: int,
        most_keys: int,
    ) -> "PairCounter":
        """Do as ``of`` with an index that is there already, of some songs maybe."""
        weightings = np.atleast_2d(weights)
        _, firsts, classes = np.unique(weightings[-1], return_index=True, return_inverse=True)
        class_weights = weightings[:, firsts].astype(np.float64)
        return cls(transactions, index, min_support_count, class_weights, classes.astype(np.int32), most_keys)

    @property
    def item_bits(self) -> int:
        """How many bits an item takes in a key."""
        return max(1, int(self.transactions.item_count) - 1).bit_length()

    @property
    def class_bits(self) -> int:
        """How many bits a weight's class takes in a key; none where all weights are the same."""
        return int(self.class_weights.shape[1] - 1).bit_length()

    def count(self, antecedents: NDArray[np.int32]) -> Pairs:
        """Return the frequent pairs of a few antecedents.

        Args:
            antecedents: ascending; one of them, or a few that have few keys together.
        """
        playlists, counts = self.index.lists_of(antecedents)
        owners = np.repeat(np.arange(len(antecedents)), counts)
        key_count = int(self.index.lengths[playlists].sum(dtype=np.int64))
        if key_count > min(self.most_keys, len(antecedents) * self.transactions.item_count):
            return self._by_counters(antecedents, playlists, owners)
        return self._by_sorting(antecedents, playlists, owners)

    def _items_of(self, playlists: NDArray[np.int32], lengths: NDArray[np.int32]) -> NDArray[np.int32]:
        items: NDArray[np.int32] = self.transactions.items[rows_of(self.transactions.offsets[playlists], lengths)]
        return items

    def _by_sorting(
        self, antecedents: NDArray[np.int32], playlists: NDArray[np.int32], owners: NDArray[np.int64]
    ) -> Pairs:
        lengths = self.index.lengths[playlists]
        owner_shift = self.item_bits + self.class_bits
        owned = (owners << owner_shift) | self.classes[playlists]
        # 32 bits sort in half the time of 64.
        fits = int(owners.max(initial=0)).bit_length() + owner_shift <= 32
        keys: _Keys = self._items_of(playlists, lengths).astype(np.uint32 if fits else np.int64)
        keys <<= self.class_bits
        keys |= np.repeat(owned.astype(keys.dtype), lengths)
        keys.sort()
        pairs = keys >> self.class_bits
        begins, counts = _long_runs(pairs, self.min_support_count)
        if self.class_bits:
            classes = keys[rows_of(begins, counts)] & ((1 << self.class_bits) - 1)
            weights = np.add.reduceat(self.class_weights[:, classes], offsets_of(counts)[:-1], axis=1)
        else:
            weights = counts * self.class_weights
        pairs = pairs[begins].astype(np.int64, copy=False)
        owners, consequents = pairs >> self.item_bits, pairs & ((1 << self.item_bits) - 1)
        return Pairs(owners, consequents, counts, weights).where(antecedents[owners] != consequents)

    def _by_counters(
        self, antecedents: NDArray[np.int32], playlists: NDArray[np.int32], owners: NDArray[np.int64]
    ) -> Pairs:
        """Count with one counter per antecedent and song, in bounded memory however many keys there are."""
        song_count = self.transactions.item_count
        counts = np.zeros(len(antecedents) * song_count, dtype=np.int64)
        weights = np.zeros((len(self.class_weights), len(counts)))
        offsets = offsets_of(self.index.lengths[playlists])
        begin = 0
        while begin < len(playlists):
            end = block_end(offsets, begin, self.most_keys)
            part = playlists[begin:end]
            lengths = self.index.lengths[part]
            counters = np.repeat(owners[begin:end] * song_count, lengths)
            counters += self._items_of(part, lengths)
            counts += np.bincount(counters, minlength=len(counts))
            if self.class_bits:
                for summed, class_weights in zip(weights, self.class_weights, strict=True):
                    part_weights = np.repeat(class_weights[self.classes[part]], lengths)
                    np.add(summed, np.bincount(counters, weights=part_weights, minlength=len(counts)), out=summed)
            begin = end
        own_counters = np.arange(len(antecedents)) * song_count
        counts[own_counters + antecedents] = 0  # a song does not lead to itself
        is_frequent = counts >= self.min_support_count
        pairs = np.flatnonzero(is_frequent)
        sizes = np.count_nonzero(is_frequent.reshape(len(antecedents), song_count), axis=1)
        counts = counts[pairs]
        return Pairs(
            np.repeat(np.arange(len(antecedents)), sizes),
            pairs - np.repeat(own_counters, sizes),
            counts,
            weights[:, pairs] if self.class_bits else counts * self.class_weights,
        )


def _long_runs(ordered: _Keys, least: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find runs of equal numbers without listing the short ones, which are most of them.

    Args:
        ordered: equal numbers stand together.
        least: how long a run must be; 1 or more.

    Returns:
        Where each run begins, and how long it is.

    >>> begins, lengths = _long_runs(np.array([3, 3, 3, 5, 7, 7]), 2)
    >>> begins.tolist(), lengths.tolist()
    ([0, 4], [3, 2])
    """
    windows = max(0, len(ordered) - least + 1)
    bounds = np.ones(len(ordered) + 1, dtype=np.bool_)  # a run begins here, or the one before has ended
    np.not_equal(ordered[1:], ordered[:-1], out=bounds[1:-1])
    # A window of ``least`` equal numbers that begins with a run, and one that ends with it: one of each per long run.
    is_equal = ordered[least - 1 :] == ordered[:windows]
    begins = np.flatnonzero(is_equal & bounds[:windows])
    lasts = np.flatnonzero(is_equal & bounds[least : least + windows])
    return begins, lasts - begins + least
