"""Searching models that were published without an index of words: a bounded look at the most popular songs' keys."""

from collections.abc import Iterator

import numpy as np

from playlist_model.text import TextColumn, grams

# Keys stand by popularity, so the beginning of the block is that of the popular songs.
_SEARCHED_BYTES = 1 << 20
_COMPARED_BYTES = 1 << 18


def rows_containing(keys: TextColumn, needle: bytes) -> Iterator[int]:
    """Return the rows that hold ``needle``, in row order, lazily; a row may come more than once."""
    return _head(keys, _SEARCHED_BYTES).rows_containing(needle)


def rows_sharing_grams(keys: TextColumn, key: bytes, at_most: int) -> list[int]:
    """Return the rows that share most runs of three bytes with ``key``."""
    head = _head(keys, _COMPARED_BYTES)
    wanted = np.unique(grams(np.frombuffer(key, dtype=np.uint8)))
    shared = np.isin(grams(head.data), wanted)
    starts = np.concatenate(([0], np.cumsum(shared)))
    bounds = np.minimum(head.offsets, len(shared))
    counts = np.diff(starts[bounds])
    best = np.argsort(-counts, kind="stable")[:at_most]
    return [int(row) for row in best if counts[row] > 0]


def _head(column: TextColumn, size: int) -> TextColumn:
    """Return the first rows of a column, of about so many bytes together."""
    rows = int(np.searchsorted(column.offsets, size, side="right"))
    offsets = column.offsets[: max(rows, min(2, len(column.offsets)))]
    return TextColumn(column.data[: offsets[-1]], offsets)
