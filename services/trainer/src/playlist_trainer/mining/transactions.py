"""Transactions as arrays: what every engine mines."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.rules import rows_of

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
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
        items = np.empty(offsets[-1], dtype=np.int32)
        for begin, end in _blocks(offsets):
            rows = rows_of(starts[begin:end], lengths[begin:end])
            items[offsets[begin] : offsets[end]] = self.items[rows]
        return Transactions(offsets, items, self.item_count)

    def renumbered(self, new_number: NDArray[np.int32]) -> "Transactions":
        """Return the same transactions with item i called ``new_number[i]``."""
        items = np.empty_like(self.items)
        for begin, end in _blocks(self.offsets):
            place = slice(self.offsets[begin], self.offsets[end])
            rows = np.repeat(np.arange(end - begin) << 32, np.diff(self.offsets[begin : end + 1]))
            rows |= new_number[self.items[place]]
            rows.sort()
            items[place] = rows & 0xFFFFFFFF
        return Transactions(self.offsets, items, self.item_count)


def _blocks(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of runs of transactions of about a million items: what 64 bits per item are held for."""
    begin = 0
    while begin < len(offsets) - 1:
        end = int(np.searchsorted(offsets, offsets[begin] + _ITEMS_AT_ONCE, side="right")) - 1
        yield begin, (begin := max(begin + 1, end))
