"""Millions of rows in blocks, so that they grow without being copied and are let go while they are used up."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# 64 MiB of rows: above what malloc keeps for itself, so that a block let go is the system's again at once. Pages that
# no row has touched yet cost nothing.
_BLOCK = 1 << 23
_AT_ONCE = 1 << 20


class RowBlocks:
    """Rows as int64, appended batch by batch."""

    def __init__(self) -> None:
        self._blocks: list[NDArray[np.int64]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, rows: NDArray[np.int64]) -> None:
        """Add rows (int64) at the end."""
        while len(rows):
            filled = self._count % _BLOCK
            if self._count == _BLOCK * len(self._blocks):
                self._blocks.append(np.empty(_BLOCK, dtype=np.int64))
            part = rows[: _BLOCK - filled]
            self._blocks[-1][filled : filled + len(part)] = part
            self._count += len(part)
            rows = rows[len(part) :]

    def parts(self) -> Iterator[NDArray[np.int64]]:
        """Yield all rows in their order, a million or fewer at a time; they are not copied."""
        for begin in range(0, self._count, _AT_ONCE):
            yield self._blocks[begin // _BLOCK][begin % _BLOCK :][: min(_AT_ONCE, self._count - begin)]

    def drained(self) -> Iterator[NDArray[np.int64]]:
        """Yield all rows as ``parts`` does, and let go of each block after its last row."""
        blocks, count = self._blocks, self._count
        self._blocks, self._count = [], 0
        while blocks:
            block = blocks.pop(0)[:count]
            count -= len(block)
            for begin in range(0, len(block), _AT_ONCE):
                yield block[begin : begin + _AT_ONCE]
