"""Work cut into blocks of a bounded size, so that memory does not grow with the data."""

import numpy as np
from numpy.typing import NDArray


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each of many things begins when they stand one after the other, and where the last one ends.

    >>> offsets_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])


def block_end(offsets: NDArray[np.int64], begin: int, size: int) -> int:
    """Return the end of the things from ``begin`` on that fit into ``size``; of the first alone if not even that fits.

    >>> block_end(np.array([0, 2, 2, 5, 9]), 0, 5), block_end(np.array([0, 2, 2, 5, 9]), 2, 1)
    (3, 3)
    """
    return max(begin + 1, int(np.searchsorted(offsets, offsets[begin] + size, side="right")) - 1)
