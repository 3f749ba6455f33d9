"""Frequent pairs: counted for many roots at once, so that a root costs no call of its own."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end
from playlist_trainer.mining.engines.cap import ItemsetCap
from playlist_trainer.mining.engines.projections import Projections

_BLOCK_ITEMS = 1 << 17  # 1 MiB of counters: they stay in the processor's cache
_SPARSE = 64  # counters for each counted item from which sorting the items is faster than counters


def pair_blocks(
    projections: Projections, min_support_count: int, cap: ItemsetCap
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
    """Yield the frequent pairs in blocks; all pairs of one root are in one block.

    Yields:
        Pairs (int32, pairs × 2, in numbers, lexicographic, the root first and larger) and their support counts;
        no empty block.

    Raises:
        LimitError: There are more itemsets than the cap allows.
    """
    before = projections.before_offsets[projections.root_offsets]
    first = 1
    while first < len(projections):
        end = block_end(before, first, _BLOCK_ITEMS)
        if (end - first) * end > _SPARSE * (before[end] - before[first]):
            keys, counts = _counted_by_sorting(projections, first, end)
        else:
            end = min(end, first + max(1, _BLOCK_ITEMS // end))
            keys, counts = _counted_by_counters(projections, first, end)
        frequent = np.flatnonzero(counts >= min_support_count)
        cap.add(len(frequent))
        if len(frequent):
            roots, items = np.divmod(keys[frequent], end)
            yield np.column_stack([roots + first, items]).astype(np.int32), counts[frequent]
        first = end


def _counted_by_sorting(projections: Projections, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys = _pair_keys(projections, first, end, *projections.root_offsets[[first, end]])
    return np.unique(keys, return_counts=True)


def _counted_by_counters(projections: Projections, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counts = np.zeros((end - first) * end, dtype=np.int64)
    begin, last = projections.root_offsets[[first, end]]
    while begin < last:  # one turn, but for a root with more items than a block
        stop = min(block_end(projections.before_offsets, begin, _BLOCK_ITEMS), last)
        counts += np.bincount(_pair_keys(projections, first, end, begin, stop), minlength=len(counts))
        begin = stop
    return np.arange(len(counts)), counts


def _pair_keys(projections: Projections, first: int, end: int, begin: int, stop: int) -> NDArray[np.int64]:
    """Return one number for each pair in the occurrences from ``begin`` to ``stop``: the place of its counter.

    Counters stand roots on rows, ``first`` to ``end``, and items on columns; none is as large as ``end``.
    """
    row_starts = (projections.items[projections.occurrences[begin:stop]] - first) * end
    keys = projections.items_before(begin, stop)
    keys += np.repeat(row_starts, projections.lengths_before(begin, stop))
    return keys
