"""Transactions as arrays: what every engine mines."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of

_ITEMS_AT_ONCE = 1 << 20


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
        """Return the transactions with these numbers, in their order; items keep their ids."""
        starts = self.offsets[kept]
        lengths = self.offsets[kept + 1] - starts
        offsets = offsets_of(lengths)
        items = np.empty(offsets[-1], dtype=np.int32)
        for begin, end in _blocks(offsets):
            items[offsets[begin] : offsets[end]] = self.items[rows_of(starts[begin:end], lengths[begin:end])]
        return Transactions(offsets, items, self.item_count)

    def renumbered(self, new_number: NDArray[np.int32], item_count: int | None = None) -> "Transactions":
        """Return the same transactions with item i called ``new_number[i]``.

        Args:
            new_number: one per item; of those that no transaction holds it does not matter.
            item_count: distinct items afterwards; as many as before by default.
        """
        items = np.empty_like(self.items)
        for begin, end in _blocks(self.offsets):
            place = slice(self.offsets[begin], self.offsets[end])
            rows = np.repeat(np.arange(end - begin) << 32, np.diff(self.offsets[begin : end + 1]))
            rows |= new_number[self.items[place]]
            rows.sort()
            items[place] = rows & 0xFFFFFFFF
        return Transactions(self.offsets, items, self.item_count if item_count is None else item_count)

    def support_counts(self) -> NDArray[np.int64]:
        """Return for each item how many transactions hold it."""
        counts = np.zeros(self.item_count, dtype=np.int64)
        for begin in range(0, len(self.items), _ITEMS_AT_ONCE):
            counts += np.bincount(self.items[begin : begin + _ITEMS_AT_ONCE], minlength=self.item_count)
        return counts


def _blocks(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of runs of transactions with about a million items, so that 64 bits each are little."""
    begin, count = 0, len(offsets) - 1
    while begin < count:
        end = block_end(offsets, begin, _ITEMS_AT_ONCE)
        yield begin, end
        begin = end
