"""Frequent itemsets as arrays, whichever engine found them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Decimal fractions have no exact float: .07 of 100 transactions must stay 7, not become 8.
_ROUNDING = 1e-9
_KEY_BITS = 63


@dataclass(frozen=True)
class Level:
    """All frequent itemsets of one size.

    Attributes:
        items: int32, itemsets × size; ids ascend within a row, rows stand in lexicographic order, no duplicates.
        support_counts: int64, one an itemset; transactions that hold all its items.
    """

    items: NDArray[np.int32]
    support_counts: NDArray[np.int64]

    @classmethod
    def canonical(cls, items: NDArray[np.int32], support_counts: NDArray[np.int64]) -> "Level":
        """Put itemsets in order.

        Args:
            items: itemsets × size; rows and the items within a row in any order, at least one row, no duplicates.
            support_counts: one an itemset.
        """
        items = np.sort(items, axis=1)
        order = _lexicographic_order(items)
        return cls(items[order], support_counts[order])

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


def min_support_count(min_support: float, transaction_count: int) -> int:
    """Return how many transactions an itemset must be in, inclusive; at least 1.

    Args:
        min_support: below 1 a fraction of the transactions, from 1 on a whole number of transactions.
        transaction_count: what the fraction is of.

    Raises:
        ValueError: ``min_support`` is negative, or above 1 and not whole, or not a number.

    >>> min_support_count(0.005, 2262), min_support_count(0.07, 100), min_support_count(2, 100)
    (12, 7, 2)
    """
    if 0 <= min_support < 1:
        return max(1, math.ceil(min_support * transaction_count - _ROUNDING))
    if math.isfinite(min_support) and min_support >= 1 and min_support == int(min_support):
        return int(min_support)
    raise ValueError(
        f"min_support is {min_support}, expected a fraction of at least 0 and below 1,"
        " or a whole number of playlists from 1 on"
    )


def rows_without_each_item(itemsets: Itemsets) -> Iterator[list[NDArray[np.int64]]]:
    """Find, for the itemsets of size 2, 3 and so on, the itemsets inside them that are one item shorter.

    Those must be there too, which is so for all that an engine finds.

    Yields:
        One list of k columns for each size k; in column j, for each itemset, in which row of the level before it
        stands without its item j.
    """
    if not itemsets.levels:
        return
    # Without its item j an itemset is its prefix (all but the last item) without j, and then its last item. Where the
    # prefix without j stands is known from the level before: one look-up by two numbers does for any size.
    singles = itemsets.levels[0].items[:, 0].astype(np.int64)
    item_limit = int(singles[-1]) + 1
    keys_of_levels = [singles]
    without = [np.zeros(len(singles), dtype=np.int64)]  # a single item without itself: the one empty itemset
    for level in itemsets.levels[1:]:
        prefixes = _prefix_rows(level.items, keys_of_levels, item_limit)
        last_items = level.items[:, -1]
        without = [np.searchsorted(keys_of_levels[-1], rows[prefixes] * item_limit + last_items) for rows in without]
        without.append(prefixes)
        keys_of_levels.append(prefixes * item_limit + last_items)
        yield without


def _prefix_rows(
    items: NDArray[np.int32], keys_of_levels: Sequence[NDArray[np.int64]], item_limit: int
) -> NDArray[np.int64]:
    """Return which row of the level before holds all but the last item.

    Args:
        items: itemsets × size, lexicographic.
        keys_of_levels: for each shorter size the keys prefix row × ``item_limit`` + last item, which ascend.
        item_limit: above every id.
    """
    begins = np.ones(len(items), dtype=np.bool_)
    begins[1:] = (items[1:, :-1] != items[:-1, :-1]).any(axis=1)
    prefixes = items[begins, :-1]  # each once: equal ones stand together
    rows = np.zeros(len(prefixes), dtype=np.int64)
    for keys, column in zip(keys_of_levels, prefixes.T, strict=True):
        rows = np.searchsorted(keys, rows * item_limit + column)
    return np.repeat(rows, np.diff(np.append(np.flatnonzero(begins), len(items))))


def _lexicographic_order(rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the order of the rows; columns are joined into as few sort keys as hold them, as each costs a sort."""
    bits = max(1, int(rows.max()).bit_length())
    keys = []
    for columns in np.split(rows.T, range(_KEY_BITS // bits, rows.shape[1], _KEY_BITS // bits)):
        key = np.zeros(len(rows), dtype=np.int64)
        for column in columns:
            key = (key << bits) | column
        keys.append(key)
    return np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(keys[0])
