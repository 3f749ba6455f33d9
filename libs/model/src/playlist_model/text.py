"""Columns of text as two arrays, so that a million titles load without a Python object each."""

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 1 << 12  # strings, on a walk over a column


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
        """Pack strings, one at a time; an unpaired surrogate raises UnicodeEncodeError."""
        if isinstance(strings, TextColumn):
            return strings
        data, lengths = bytearray(), array("q")
        for text in strings:
            encoded = text.encode()
            data += encoded
            lengths.append(len(encoded))
        return cls.from_lengths(data, lengths)

    @classmethod
    def from_lengths(cls, data: bytearray, lengths: "array[int]") -> "TextColumn":
        """Take over a block of UTF-8, and the length of each string in bytes (array of type q)."""
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(np.frombuffer(lengths, dtype=np.int64), out=offsets[1:])
        return cls(np.frombuffer(data, dtype=np.uint8), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return self.bytes_at(row).decode()

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _AT_ONCE):
            offsets = (self.offsets[first : first + _AT_ONCE + 1] - self.offsets[first]).tolist()
            block = self.data[self.offsets[first] :][: offsets[-1]].tobytes()
            for start, end in pairwise(offsets):
                yield block[start:end].decode()

    def bytes_at(self, row: int) -> bytes:
        """Return the UTF-8 bytes of one string."""
        offsets = self._offsets
        return bytes(self._data[offsets[row] : offsets[row + 1]])

    def rows_containing(self, needle: bytes) -> Iterator[int]:
        """Return the rows that hold ``needle``, in row order, lazily; a row may come more than once.

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


def grams(data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return each run of three bytes as one number."""
    wide = data.astype(np.uint32)
    return (wide[:-2] << 16 | wide[1:-1] << 8 | wide[2:]).astype(np.uint32, copy=False)
