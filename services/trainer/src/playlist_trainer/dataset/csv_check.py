"""A proof, by where quotes, separators and line ends stand, that a block of CSV means just one thing."""

import numpy as np
from numpy.typing import NDArray

_QUOTE, _NEWLINE, _RETURN = ord('"'), ord("\n"), ord("\r")


def plain_record_count(block: bytes, separator: str, field_count: int) -> int | None:
    """Return how many records a block holds, if it is plain.

    Plain is: every line is one record of as many fields as the header; a quote stands only at the border of a field
    or is doubled within a quoted one; lines end with LF or CRLF. What is not plain may still be right, but needs
    a closer look.

    Args:
        block: whole lines, each with its line end.
        separator: what stands between fields, one ASCII character.
        field_count: how many fields a record has, at least 2.

    Returns:
        The number of records; None where the block is not plain.
    """
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    octets = np.frombuffer(block, dtype=np.uint8)
    marks = octets == ord(separator)
    marks |= octets == _NEWLINE
    quoted = b'"' in block
    if quoted:
        marks |= octets == _QUOTE
    places = np.flatnonzero(marks)
    kinds = octets[places]
    if quoted:
        borders = _outside_quotes(octets, places, kinds, ord(separator))
        if borders is None:
            return None
        kinds = borders
    return _record_count(kinds, field_count)


def _record_count(kinds: NDArray[np.uint8], field_count: int) -> int | None:
    """Return how many records these borders of fields make; None unless each has just as many fields."""
    records, rest = divmod(len(kinds), field_count)
    if rest or records == 0:
        return None
    ends = kinds.reshape(records, field_count) == _NEWLINE
    only_last = ends[:, -1].all() and np.count_nonzero(ends) == records
    return records if only_last else None


def _outside_quotes(
    octets: NDArray[np.uint8], places: NDArray[np.intp], kinds: NDArray[np.uint8], separator: int
) -> NDArray[np.uint8] | None:
    """Return the separators and line ends that are no text; None if a quote or a line end stands where it is unclear.

    Args:
        octets: the block.
        places: ascending, of every quote, separator and line end.
        kinds: the byte at each place.
        separator: the byte between fields.
    """
    is_quote = kinds == _QUOTE
    inside = (np.cumsum(is_quote, dtype=np.int32) & 1).astype(bool)
    if inside[-1] or (inside & (kinds == _NEWLINE)).any():
        return None
    opening, closing = places[is_quote & inside], places[is_quote & ~inside]
    # A doubled quote is a closing one with an opening one right behind it.
    before = np.where(opening > 0, octets[opening - 1], _NEWLINE)
    behind = octets[closing + 1]  # there is one: the block ends with a line end
    if not np.isin(before, (separator, _NEWLINE, _QUOTE)).all():
        return None
    if not np.isin(behind, (separator, _NEWLINE, _RETURN, _QUOTE)).all():
        return None
    outside: NDArray[np.uint8] = kinds[~is_quote & ~inside]
    return outside
