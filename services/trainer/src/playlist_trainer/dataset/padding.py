"""Zeros behind compressed data, as tapes and some copying leave them."""

from typing import IO

_READ_BYTES = 256 << 10


def over_zeros(file: IO[bytes]) -> bool:
    """Go over zeros; return whether anything else follows, which is then read next."""
    while data := file.read(_READ_BYTES):
        if rest := data.lstrip(b"\0"):
            file.seek(-len(rest), 1)
            return True
    return False
