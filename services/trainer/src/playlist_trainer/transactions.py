"""Transactions as arrays: what every engine mines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
