"""Frequent itemsets as arrays, whichever engine found them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Level:
    """All frequent itemsets of one size.

    Attributes:
        items: int32, itemsets × size; ids ascend within a row, rows stand in lexicographic order, no duplicates.
        support_counts: int64, one an itemset; transactions that hold all its items.
    """

    items: NDArray[np.int32]
    support_counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.support_counts)


@dataclass(frozen=True)
class Itemsets:
    """Every frequent itemset up to some size.

    Attributes:
        levels: ``levels[k - 1]`` holds the itemsets of size k; the last one is not empty.
        transaction_count: how many transactions were mined.
    """

    levels: Sequence[Level]
    transaction_count: int

    def __len__(self) -> int:
        return sum(len(level) for level in self.levels)
