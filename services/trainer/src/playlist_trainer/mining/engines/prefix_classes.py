"""Itemsets that share all but their last item, with the transactions that hold them as bitsets: Eclat's classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_trainer.mining.engines.cap import ItemsetCap
from playlist_trainer.mining.engines.projections import Projections

_BLOCK_WORDS = 1 << 19  # 4 MiB of bitsets: large enough to hide a call's cost, small enough for the cache
_WORD_BITS = 64


@dataclass(frozen=True)
class PrefixClasses:
    """Frequent itemsets of one root and one size; two of one class make a candidate of the next size.

    Attributes:
        itemsets: int32, itemsets × size; in numbers, ascending within a row, lexicographic.
        candidate_offsets: int64, itemsets + 1; candidates that begin with the itemsets before, so that itemset i
            makes ``[i + 1] - [i]``: one with each itemset after it in its class.
        bitsets: uint64, itemsets × words; which of the root's transactions hold the itemset.
    """

    itemsets: NDArray[np.int32]
    candidate_offsets: NDArray[np.int64]
    bitsets: NDArray[np.uint64]

    @classmethod
    def of_root(cls, projections: Projections, pairs: NDArray[np.int32]) -> "PrefixClasses":
        """Return the one class of all frequent pairs of one root.

        Args:
            projections: where the pairs come from.
            pairs: at least one; pairs × 2, the root first, ascending by the second.
        """
        begin, end = projections.root_offsets[pairs[0, 0] : pairs[0, 0] + 2]
        words = -(-(end - begin) // _WORD_BITS)
        row_of_item = np.full(len(projections), -1)
        row_of_item[pairs[:, 1]] = np.arange(len(pairs))
        rows = row_of_item[projections.items_before(begin, end)]
        columns = np.repeat(np.arange(end - begin), projections.lengths_before(begin, end))
        held = np.zeros((len(pairs), words * _WORD_BITS), dtype=np.bool_)
        held[rows[rows >= 0], columns[rows >= 0]] = True
        bitsets = np.packbits(held, axis=1).view(np.uint64)
        return cls(pairs, _candidate_offsets(np.zeros(len(pairs), np.int64)), bitsets)

    def __len__(self) -> int:
        return len(self.itemsets)

    @property
    def candidate_count(self) -> int:
        """How many itemsets one item longer could be frequent."""
        return int(self.candidate_offsets[-1])

    def block_end(self, begin: int) -> int:
        """Return the end of the itemsets from ``begin`` whose candidates fill one block, or of the first alone."""
        return block_end(self.candidate_offsets, begin, _BLOCK_WORDS // self.bitsets.shape[1])

    def extended(
        self, begin: int, end: int, min_support_count: int, cap: ItemsetCap
    ) -> tuple["PrefixClasses", NDArray[np.int64]]:
        """Return the frequent itemsets, one item longer, that begin with those from ``begin`` to ``end``.

        Returns:
            The itemsets and their support counts; may be empty.

        Raises:
            LimitError: There are more itemsets than the cap allows.
        """
        candidate_counts = np.diff(self.candidate_offsets[begin : end + 1])
        left = np.repeat(np.arange(begin, end), candidate_counts)
        right = rows_of(np.arange(begin, end) + 1, candidate_counts)
        bitsets = self.bitsets[left]
        bitsets &= self.bitsets[right]
        support_counts = np.bitwise_count(bitsets).sum(axis=1, dtype=np.int64)
        frequent = np.flatnonzero(support_counts >= min_support_count)
        cap.add(len(frequent))
        left, right = left[frequent], right[frequent]
        itemsets = np.concatenate([self.itemsets[left], self.itemsets[right, -1:]], axis=1)
        return PrefixClasses(itemsets, _candidate_offsets(left), bitsets[frequent]), support_counts[frequent]


def _candidate_offsets(class_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``candidate_offsets`` for itemsets of these classes, ascending.

    >>> _candidate_offsets(np.array([4, 4, 4, 7])).tolist()
    [0, 2, 3, 3, 3]
    """
    ends = np.searchsorted(class_ids, class_ids, side="right")
    return offsets_of(ends - np.arange(1, len(class_ids) + 1))
