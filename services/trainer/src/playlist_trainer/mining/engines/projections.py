"""Transactions as Eclat walks them: for each item, what stands before it in the transactions that hold it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of
from playlist_trainer.mining.transactions import Transactions


@dataclass(frozen=True)
class Projections:
    """The frequent items, numbered from the most frequent on, and where each one occurs.

    An itemset is found from its rarest item, its root, and from the items before it in the transactions of that root.
    Items that occur often have few before them this way: any other order counts more.

    Attributes:
        item_ids: int32, one a number; the item's id in the transactions.
        support_counts: int64, one a number, descending.
        items: int64, numbers; transaction after transaction, ascending within each, infrequent items left out.
        root_offsets: int64, numbers + 1; number n occurs at ``[n]`` to ``[n + 1]`` of ``occurrences``.
        occurrences: int64, one an item of a transaction; where in ``items`` it stands.
        before_offsets: int64, occurrences + 1; how many items stand before all earlier occurrences, summed.
    """

    item_ids: NDArray[np.int32]
    support_counts: NDArray[np.int64]
    items: NDArray[np.int64]
    root_offsets: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    before_offsets: NDArray[np.int64]

    @classmethod
    def of(cls, transactions: Transactions, min_support_count: int) -> "Projections":
        """Number the items in at least ``min_support_count`` transactions and find their occurrences."""
        all_counts = np.bincount(transactions.items, minlength=transactions.item_count)
        item_ids = np.flatnonzero(all_counts >= min_support_count)
        item_ids = item_ids[np.argsort(-all_counts[item_ids], kind="stable")]
        support_counts = all_counts[item_ids]
        items, positions = _numbered(transactions, item_ids)
        # numpy sorts 16-bit numbers by radix, many times as fast.
        occurrences = np.argsort(items.astype(np.uint16) if len(item_ids) <= 1 << 16 else items, kind="stable")
        return cls(
            item_ids=item_ids.astype(np.int32),
            support_counts=support_counts,
            items=items,
            root_offsets=offsets_of(support_counts),
            occurrences=occurrences,
            before_offsets=offsets_of(positions[occurrences]),
        )

    def __len__(self) -> int:
        return len(self.item_ids)

    def lengths_before(self, begin: int, end: int) -> NDArray[np.int64]:
        """Return how many items stand before each occurrence from ``begin`` to ``end`` in its transaction."""
        return np.diff(self.before_offsets[begin : end + 1])

    def items_before(self, begin: int, end: int) -> NDArray[np.int64]:
        """Return the items before each occurrence from ``begin`` to ``end``, one occurrence after the other; a copy."""
        ends = self.before_offsets[begin + 1 : end + 1] - self.before_offsets[begin]
        positions: NDArray[np.int64] = np.repeat(self.occurrences[begin:end] - ends, self.lengths_before(begin, end))
        positions += np.arange(len(positions))
        return self.items[positions]


def _numbered(transactions: Transactions, item_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the transactions' items as numbers, ascending within a transaction, and each one's position in its own."""
    numbers = np.full(transactions.item_count, -1, dtype=np.int64)
    numbers[item_ids] = np.arange(len(item_ids))
    keys = numbers[transactions.items]
    kept = keys >= 0
    keys += np.repeat(np.arange(len(transactions)) * len(item_ids), np.diff(transactions.offsets))
    keys = keys[kept]
    keys.sort(kind="stable")  # nothing to do, and fast at that, where ids ascend from the most frequent item on
    transaction_ids, items = np.divmod(keys, max(1, len(item_ids)))
    lengths = np.bincount(transaction_ids)
    return items, np.arange(len(items)) - (np.cumsum(lengths) - lengths)[transaction_ids]
