"""A quoted field with line ends in it: a text of several lines, or lines that a stray quote has swallowed?"""

import re

from playlist_trainer.dataset.csv_dialect import Dialect

_LINE_END = re.compile(r"\r\n|\r|\n")


def swallowed_lines(fields: list[str], dialect: Dialect) -> int:
    """Return how many lines look like rows that the quote of the line before them has swallowed.

    What the texts say is no help: playlists may be called by numbers and by names, and blanks may stand behind
    separators. So a text is refused too if it looks like rows by its separators alone.

    Args:
        fields: one record as the file has it, quotes included.
        dialect: how the file is written.

    Returns:
        How many lines the record goes on for; 0 where they are a text.
    """
    # The separators of a quoted text within one line are no matter; those in a text of several lines may be.
    shapes = [field if _LINE_END.search(field) else "" for field in fields]
    first, *others = _LINE_END.split(dialect.separator.join(shapes))
    if not others:
        return 0
    breaks = len(dialect.names) - 1
    # The first line may have more separators: in a quoted text whose closing quote is missing.
    all_rows = first.count(dialect.separator) >= breaks and all(
        line.count(dialect.separator) == breaks for line in others if line.strip()
    )
    return len(others) if all_rows or any(_is_row(line, dialect) for line in others[:-1]) else 0


def _is_row(line: str, dialect: Dialect) -> bool:
    """Tell whether a line is a row by itself among others that need not be; in prose a comma has a blank behind it."""
    separator = dialect.separator
    return line.count(separator) == len(dialect.names) - 1 and (dialect.spaced or f"{separator} " not in line)
