"""The keys that songs are looked up by, sorted: which songs have a key, and which have one that begins so."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from playlist_model.text import TextColumn

# Ends every key in a block of keys; fold() leaves no line break, so no search runs from one key into the next.
END = "\n"
# Up to this many keys of a range are sorted by popularity. A longer range is so common that a walk from the most
# popular song down soon meets enough of it; that walk ends after _WALKED keys.
_SORTED = 8_192
_WALKED = 262_144
_FIRST_STEP = 1_024
# Most keys are those of one song or two; a second search for where they end costs as much as the first one.
_FEW = 4

_Row = TypeVar("_Row", np.int32, np.int64)


@dataclass(frozen=True)
class Keys:
    """Folded names and titles.

    Attributes:
        texts: each ended by a line break, in the order of ``songs``.
        songs: int32, the song of each key, ascending: the most popular one first.
        order: int32, the rows of ``texts`` sorted by their bytes, then by row.
    """

    texts: TextColumn
    songs: NDArray[np.int32]
    order: NDArray[np.int32]

    def same(self, key: str) -> NDArray[np.int32]:
        """Return the songs that have just this key, ascending; a song may come twice."""
        wanted = bytes_of(key + END)
        first = end = self._not_below(wanted)
        while end < len(self.order) and self.texts.bytes_at(self._order[end]) == wanted:
            end += 1
            if end - first == _FEW:
                end = self._not_below(wanted + b"\0")
                break
        return self.songs[self.order[first:end]]

    def beginning(self, text: str, count: int, titles_only: bool) -> list[int]:
        """Return up to ``count`` songs whose key begins with a folded text, the most popular ones first.

        Args:
            text: not empty.
            count: how many at most.
            titles_only: pass over the keys of names that are not titles.
        """
        needle = bytes_of(text)
        first, end = self._not_below(needle), self._not_below(needle + b"\xff")
        if end - first > _SORTED:
            return first_distinct(self._walk(np.frombuffer(needle, np.uint8), titles_only), count)
        rows = self.order[first:end]
        songs = np.sort(self.songs[self._titles(rows) if titles_only else rows])
        return first_distinct(iter([songs[: 2 * count]]), count)  # a song has two keys at most

    def _walk(self, needle: NDArray[np.uint8], titles_only: bool) -> Iterator[NDArray[np.int32]]:
        """Yield the songs whose key begins with a needle, in steps down from the most popular one."""
        for start, end in steps(min(_WALKED, len(self.texts)), _FIRST_STEP):
            rows = np.arange(start, end)
            for position, byte in enumerate(needle):
                # Behind the end of its key a row meets a line break, which no needle holds.
                places = np.minimum(self.texts.offsets[rows] + position, len(self.texts.data) - 1)
                rows = rows[self.texts.data[places] == byte]
            yield self.songs[self._titles(rows) if titles_only else rows]

    def _titles(self, rows: NDArray[_Row]) -> NDArray[_Row]:
        """Return the rows that are a song's last: its title, where that has a key of its own."""
        if len(rows) == 0 or len(self.songs) == self.songs[-1] + 1:
            return rows  # each song has one key
        following = np.minimum(rows + 1, len(self.songs) - 1)
        kept: NDArray[_Row] = rows[(self.songs[following] != self.songs[rows]) | (following == rows)]
        return kept

    def _not_below(self, key: bytes) -> int:
        return bisect_left(self._order, key, key=self.texts.bytes_at)

    @cached_property
    def _order(self) -> memoryview:
        return self.order.data


def bytes_of(text: str) -> bytes:
    """Return UTF-8 to compare with; an unpaired surrogate (JSON may hold one) becomes bytes that no title has."""
    return text.encode(errors="surrogatepass")


def steps(end: int, first: int) -> Iterator[tuple[int, int]]:
    """Yield ranges from 0 to ``end``, each twice as long as the one before.

    >>> list(steps(10, 2))
    [(0, 2), (2, 6), (6, 10)]
    """
    start = 0
    while start < end:
        yield start, min(end, start + first)
        start, first = start + first, first * 2


def first_distinct(parts: Iterator[NDArray[np.int32]], count: int) -> list[int]:
    """Return the first ``count`` distinct numbers; no part is asked for once they are there."""
    found: dict[int, None] = {}
    for part in parts:
        found.update(dict.fromkeys(part.tolist()))
        if len(found) >= count:
            break
    return list(found)[:count]
