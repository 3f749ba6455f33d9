"""Transactions and itemsets in the forms that a reader of a test can follow."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from playlist_trainer.mining.itemsets import Itemsets
from playlist_trainer.mining.transactions import Transactions

Counts = dict[tuple[int, ...], int]


def transactions_from(lists: Sequence[Iterable[int]], item_count: int | None = None) -> Transactions:
    """Return transactions of these ids, which may repeat within a list; by default no id above the largest one."""
    rows = [sorted(set(ids)) for ids in lists]
    items = np.array([item for row in rows for item in row], dtype=np.int32)
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return Transactions(offsets, items, max(items, default=-1) + 1 if item_count is None else item_count)


def counts_of(itemsets: Itemsets) -> Counts:
    """Return each itemset with its support count."""
    return {
        tuple(items): count
        for level in itemsets.levels
        for items, count in zip(level.items.tolist(), level.support_counts.tolist(), strict=True)
    }


def counts_by_brute_force(lists: Sequence[Iterable[int]], min_support_count: int, max_length: int) -> Counts:
    """Return the frequent itemsets by looking at every set of items there could be; ``max_length`` 0 is no limit."""
    sets = [set(ids) for ids in lists]
    items = sorted(set().union(*sets))
    candidates = [c for size in range(1, (max_length or len(items)) + 1) for c in combinations(items, size)]
    counts = {candidate: sum(s.issuperset(candidate) for s in sets) for candidate in candidates}
    return {candidate: count for candidate, count in counts.items() if count >= min_support_count}
