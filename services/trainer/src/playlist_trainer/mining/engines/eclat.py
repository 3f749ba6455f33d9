"""Projected Eclat: pairs by counting, larger itemsets by bitsets over one item's transactions at a time."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.mining.engines.cap import ItemsetCap
from playlist_trainer.mining.engines.pairs import pair_blocks
from playlist_trainer.mining.engines.prefix_classes import PrefixClasses
from playlist_trainer.mining.engines.projections import Projections
from playlist_trainer.mining.itemsets import Itemsets, Level
from playlist_trainer.mining.transactions import Transactions

_Found = tuple[NDArray[np.int32], NDArray[np.int64]]  # itemsets of one size in numbers, their support counts


def eclat(transactions: Transactions, *, min_support_count: int, max_length: int, max_itemsets: int) -> Itemsets:
    """Return the itemsets that at least ``min_support_count`` transactions hold; see ``Engine``."""
    cap = ItemsetCap(max_itemsets, min_support_count, len(transactions))
    projections = Projections.of(transactions, min_support_count)
    by_length: dict[int, list[_Found]] = defaultdict(list)
    for rows, counts in _itemsets(projections, min_support_count, max_length, cap):
        by_length[rows.shape[1]].append((rows, counts))
    # pop: a length's blocks are let go before the next length is joined.
    levels = [_level(projections, by_length.pop(length)) for length in sorted(by_length)]
    return Itemsets(levels, len(transactions))


def _itemsets(projections: Projections, min_support_count: int, max_length: int, cap: ItemsetCap) -> Iterator[_Found]:
    """Yield every frequent itemset once, in blocks of one length each; no empty block."""
    cap.add(len(projections))
    if len(projections):
        yield np.arange(len(projections), dtype=np.int32)[:, np.newaxis], projections.support_counts
    if max_length == 1:
        return
    for pairs, counts in pair_blocks(projections, min_support_count, cap):
        yield pairs, counts
        if max_length == 2:
            continue
        for of_one_root in np.split(pairs, np.flatnonzero(np.diff(pairs[:, 0])) + 1):
            if len(of_one_root) > 1:
                yield from _larger(projections, of_one_root, min_support_count, max_length, cap)


def _larger(
    projections: Projections, pairs: NDArray[np.int32], min_support_count: int, max_length: int, cap: ItemsetCap
) -> Iterator[_Found]:
    """Yield the itemsets of three items and more that have the root of ``pairs``, all of that root.

    Depth first: what waits on the stack is one block an itemset length, not all itemsets of a length.
    """
    stack = [(PrefixClasses.of_root(projections, pairs), 0)]
    while stack:
        classes, begin = stack.pop()
        end = classes.block_end(begin)
        if end < len(classes):
            stack.append((classes, end))
        longer, counts = classes.extended(begin, end, min_support_count, cap)
        if len(longer):
            yield longer.itemsets, counts
        if longer.candidate_count and longer.itemsets.shape[1] != max_length:
            stack.append((longer, 0))


def _level(projections: Projections, blocks: list[_Found]) -> Level:
    numbers = np.concatenate([rows for rows, _ in blocks])
    counts = np.concatenate([block_counts for _, block_counts in blocks])
    return Level.canonical(projections.item_ids[numbers], counts)
