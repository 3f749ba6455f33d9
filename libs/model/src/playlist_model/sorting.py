"""Sorting millions of texts by their bytes, in arrays alone."""

import numpy as np
from numpy.typing import NDArray

from playlist_model.text import TextColumn

_STEP = 8  # bytes that are compared at a time, as one number
_AT_ONCE = 1 << 18  # rows: their addresses take several times the room of the numbers


def byte_order(column: TextColumn) -> NDArray[np.int32]:
    """Return the rows of a column sorted by their bytes; equal ones by row.

    Args:
        column: texts that each end in a byte that they hold nowhere else, so that none is the beginning of another.
    """
    order = np.arange(len(column), dtype=np.int32)
    tied = order.copy()  # places in order whose texts are equal so far
    group = np.zeros(len(order), dtype=np.int32)  # of each place in tied
    lengths = np.diff(column.offsets).astype(np.int32)
    skipped = 0
    while len(tied):
        rows = order[tied]
        numbers = np.empty(len(rows), dtype=np.uint64)
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            numbers[part] = _numbers(column, rows[part], skipped)
        by = np.lexsort((numbers, group)) if skipped else np.argsort(numbers, kind="stable")
        order[tied] = rows = rows[by]
        numbers = numbers[by]
        skipped += _STEP
        begins = np.ones(len(tied) + 1, dtype=bool)
        begins[1:-1] = (numbers[1:] != numbers[:-1]) | (group[1:] != group[:-1])
        group = np.cumsum(begins[:-1], dtype=np.int32)
        open_ = ~(begins[:-1] & begins[1:]) & (lengths[rows] > skipped)
        tied, group = tied[open_], group[open_]
    return order


def _numbers(column: TextColumn, rows: NDArray[np.int32], skipped: int) -> NDArray[np.uint64]:
    """Return the next eight bytes of each row, which has some left, as one number; zeros follow its end."""
    data = column.data
    if len(data) < _STEP:
        data = np.concatenate((data, np.zeros(_STEP, np.uint8)))
    starts = column.offsets[rows] + skipped
    left = np.minimum(column.offsets[rows + 1] - starts, _STEP)
    # Eight bytes at any address; at the very end of the block, the last eight, shifted.
    windows: NDArray[np.uint64] = np.ndarray((len(data) - _STEP + 1,), dtype=">u8", buffer=data, strides=(1,))
    reachable = np.minimum(starts, len(windows) - 1)
    numbers = windows[reachable].astype(np.uint64) << (8 * (starts - reachable)).astype(np.uint64)
    unused = (8 * (_STEP - left)).astype(np.uint64)
    found: NDArray[np.uint64] = numbers >> unused << unused
    return found
