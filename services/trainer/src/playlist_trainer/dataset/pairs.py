"""From rows as numbers to transactions, in little more than twice the memory of the transactions."""

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.dataset.row_blocks import RowBlocks
from playlist_trainer.mining.transactions import Transactions

_AT_ONCE = 1 << 20
_LOWER = np.int64(0xFFFFFFFF)


def has_rows(rows: RowBlocks, count: int) -> NDArray[np.bool_]:
    """Tell which of the numbers below ``count`` stand in the upper half of a row."""
    found = np.zeros(count, dtype=np.bool_)
    for part in rows.parts():
        found[part >> 32] = True
    return found


def row_counts(rows: RowBlocks, count: int) -> NDArray[np.int64]:
    """Return how many rows have each of the numbers below ``count`` in their lower half."""
    counts = np.zeros(count, dtype=np.int64)
    for part in rows.parts():
        counts += np.bincount(part & _LOWER, minlength=count)
    return counts


def transactions_from(
    rows: RowBlocks, playlist_numbers: NDArray[np.int32], song_numbers: NDArray[np.int32]
) -> Transactions:
    """Return one transaction per playlist; a song that is named twice in a playlist counts once.

    Args:
        rows: used up.
        playlist_numbers: the transaction of each number in the upper half of a row; all below the largest are used.
        song_numbers: the item of each number in the lower half of a row; all below the largest are used.
    """
    pairs = np.empty(len(rows), dtype=np.int64)
    begin = 0
    for part in rows.drained():
        target = pairs[begin : begin + len(part)]
        target[:] = playlist_numbers[part >> 32]
        target <<= 32
        target |= song_numbers[part & _LOWER]
        begin += len(part)
    pairs.sort()
    pairs = pairs[: _distinct_first(pairs)]
    starts = np.arange(playlist_numbers.max() + 2, dtype=np.int64) << 32
    offsets = np.searchsorted(pairs, starts)
    return Transactions(offsets, pairs.astype(np.int32), int(song_numbers.max()) + 1)  # the lower half alone


def _distinct_first(ordered: NDArray[np.int64]) -> int:
    """Move the distinct values of a sorted array to its front, and return how many there are."""
    count = 0
    for begin in range(0, len(ordered), _AT_ONCE):
        part = ordered[begin : begin + _AT_ONCE]
        before = ordered[count - 1] if count else part[0] - 1
        distinct = part[np.diff(part, prepend=before) != 0]
        ordered[count : count + len(distinct)] = distinct
        count += len(distinct)
    return count
