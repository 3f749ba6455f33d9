"""A quoted field with line ends in it: a text of several lines, or lines that a stray quote has swallowed?"""

import re

from playlist_trainer.dataset.csv_dialect import Dialect

_LINE_END = re.compile(r"\r\n|\r|\n")


def swallowed_lines(fields: list[str], dialect: Dialect, heads: frozenset[str]) -> int:
    """Return how many lines look like rows that the quote of the line before them has swallowed.

    What the texts say is little help: playlists may be called by numbers and by names. So a text is refused too if it
    looks like rows by its separators alone. In prose a comma has a blank behind it; where all separators have, they
    tell less.

    Args:
        fields: one record as the file has it, quotes included.
        dialect: how the file is written.
        heads: what the first field of this record and of the one before it is: lines that begin so are rows.

    Returns:
        How many lines the record goes on for; 0 where they are a text.
    """
    # The separators of a quoted text within one line are no matter; those in a text of several lines may be.
    shapes = [field if _LINE_END.search(field) else "" for field in fields]
    first, *others = _LINE_END.split(dialect.separator.join(shapes))
    if not others:
        return 0
    found = (
        _all_are_rows(first, others, dialect)
        or _both_ends_are_rows(first, others[-1], dialect)
        or any(_is_row_inside(line, dialect) for line in others[:-1])
        or any(_head(line, dialect) in heads for line in others)
    )
    return len(others) if found else 0


def _all_are_rows(first: str, others: list[str], dialect: Dialect) -> bool:
    breaks = len(dialect.names) - 1
    # The first line may have more separators: in a quoted text whose closing quote is missing.
    return first.count(dialect.separator) >= breaks and all(
        line.count(dialect.separator) == breaks for line in others if line.strip()
    )


def _both_ends_are_rows(first: str, last: str, dialect: Dialect) -> bool:
    """Tell whether the lines of both quotes are rows without them, whatever stands between."""
    breaks = len(dialect.names) - 1
    if dialect.spaced:
        return first.count(dialect.separator) >= breaks and last.count(dialect.separator) == breaks
    return _tight(first, dialect) >= breaks and _tight(last, dialect) >= breaks


def _is_row_inside(line: str, dialect: Dialect) -> bool:
    """Tell whether a line is a row by itself, or one with too many fields, among others that need not be."""
    breaks = len(dialect.names) - 1
    return line.count(dialect.separator) == breaks if dialect.spaced else _tight(line, dialect) >= breaks > 0


def _tight(line: str, dialect: Dialect) -> int:
    """Return how many separators have no blank behind them."""
    return line.count(dialect.separator) - line.count(f"{dialect.separator} ")


def _head(line: str, dialect: Dialect) -> str | None:
    """Return the first field of what may be a row; None where nothing follows it."""
    head, separator, _ = line.partition(dialect.separator)
    return head.strip() if separator else None
