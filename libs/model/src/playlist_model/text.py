"""Columns of text as two arrays, so that a million titles load without a Python object each."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


def fold(text: str) -> str:
    """Give the key under which a title is looked up: without case, accents and extra white space.

    For look-up only; items are mined by their exact title.

    >>> fold("  Für  ELISE ")
    'fur elise'
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.split())


@dataclass(frozen=True)
class TextColumn:
    """Strings in one block of UTF-8.

    Attributes:
        data: uint8, all strings one after the other.
        offsets: int64, one more than strings; string i is ``data[offsets[i]:offsets[i + 1]]``.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def from_strings(cls, strings: Iterable[str]) -> "TextColumn":
        """Pack strings; an unpaired surrogate raises UnicodeEncodeError."""
        encoded = [text.encode() for text in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return self.bytes_at(row).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def bytes_at(self, row: int) -> bytes:
        """Give the UTF-8 bytes of one string."""
        offsets = self._offsets
        return bytes(self._data[offsets[row] : offsets[row + 1]])

    def rows_containing(self, needle: bytes) -> Iterator[int]:
        """Give the rows that hold ``needle``, in row order, lazily; a row may come more than once.

        Rows stand end to end, so each must end in something that the needle does not hold.
        """
        if not needle:
            yield from range(len(self))  # the expression would also match behind the last row
            return
        for match in re.finditer(re.escape(needle), self._data):
            yield int(np.searchsorted(self.offsets, match.start(), side="right")) - 1

    # One element of a memoryview costs a third of one of an array, and a look-up touches dozens.
    @cached_property
    def _data(self) -> memoryview:
        return self.data.data

    @cached_property
    def _offsets(self) -> memoryview:
        return self.offsets.data
