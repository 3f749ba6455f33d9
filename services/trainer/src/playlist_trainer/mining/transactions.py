"""Transactions as arrays: what every engine mines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.rules import rows_of


@dataclass(frozen=True)
class Transactions:
    """Playlists as sets of songs, one after the other.

    Attributes:
        offsets: int64, transactions + 1; transaction t holds ``items[offsets[t]:offsets[t + 1]]``.
        items: int32, song ids; distinct and ascending within a transaction.
        item_count: how many distinct items there are; every id is below it.
    """

    offsets: NDArray[np.int64]
    items: NDArray[np.int32]
    item_count: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, transaction: int) -> NDArray[np.int32]:
        return self.items[self.offsets[transaction] : self.offsets[transaction + 1]]

    def subset(self, kept: NDArray[np.int64]) -> "Transactions":
        """Give the transactions with these numbers, in their order; items keep their ids."""
        starts = self.offsets[kept]
        lengths = self.offsets[kept + 1] - starts
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        return Transactions(offsets, self.items[rows_of(starts, lengths)], self.item_count)

    def renumbered(self, new_number: NDArray[np.int32], item_count: int | None = None) -> "Transactions":
        """Return the same transactions with item i called ``new_number[i]``.

        Args:
            new_number: one per item; of those that no transaction holds it does not matter.
            item_count: distinct items afterwards; as many as before by default.
        """
        rows = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets)) * self.item_count
        items = np.sort(rows + new_number[self.items]) - rows
        return Transactions(self.offsets, items.astype(np.int32), item_count or self.item_count)

    def support_counts(self) -> NDArray[np.int64]:
        """Return for each item how many transactions hold it."""
        return np.bincount(self.items, minlength=self.item_count)
