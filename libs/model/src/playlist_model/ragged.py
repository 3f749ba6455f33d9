"""Ragged arrays: rows of different lengths, one after the other in one array, and the offsets where they begin."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def offsets_of(lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each row begins, and at last where the last one ends.

    Args:
        lengths: of any integer type, one per row.

    >>> offsets_of(np.array([3, 0, 2])).tolist()
    [0, 3, 3, 5]
    """
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def rows_of(starts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return the positions that many slices cover, one slice after the other.

    Args:
        starts: of any integer type, one per slice.
        lengths: of any integer type, one per slice.

    >>> rows_of(np.array([5, 0]), np.array([3, 2])).tolist()
    [5, 6, 7, 0, 1]
    """
    offsets = offsets_of(lengths)
    positions = np.arange(offsets[-1])
    positions += np.repeat(starts - offsets[:-1], lengths)
    return positions


def block_end(offsets: NDArray[np.int64], begin: int, most_values: int) -> int:
    """Return the row that ends a block: the most rows from ``begin`` on that hold ``most_values`` values, at least one.

    Args:
        offsets: of the rows.
        begin: the block's first row; there is one.
        most_values: inclusive; a row that is longer makes a block of its own.

    >>> block_end(np.array([0, 3, 5, 20, 21]), 0, 5), block_end(np.array([0, 3, 5, 20, 21]), 2, 5)
    (2, 3)
    """
    end = int(np.searchsorted(offsets, offsets[begin] + most_values, side="right")) - 1
    # Rows of no values at the end stay in: searchsorted leads behind all of them.
    return max(begin + 1, end)


def blocks_of(offsets: NDArray[np.int64], most_values: int) -> Iterator[slice]:
    """Yield the rows in blocks, as ``block_end`` ends them.

    >>> list(blocks_of(np.array([0, 3, 5, 20, 21]), 5))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    begin = 0
    while begin < len(offsets) - 1:
        end = block_end(offsets, begin, most_values)
        yield slice(begin, end)
        begin = end
