"""A quoted field with line ends in it: a text of several lines, or lines that a stray quote has swallowed?"""

import re

from playlist_trainer.dataset.csv_dialect import Dialect

_LINE_END = re.compile(r"\r\n|\r|\n")


class SwallowedLines:
    """Tells by what is known of the file whether a text of several lines looks like records."""

    def __init__(self, dialect: Dialect, playlist_at: int) -> None:
        self._separator = dialect.separator
        self._spaced = dialect.spaced
        self._breaks = len(dialect.names) - 1
        self._playlist_at = playlist_at
        self._only_numbers: bool | None = None  # not known before the first record

    def problem(self, fields: list[str], record: list[str]) -> str:
        """Say what is wrong with a record, "" if nothing is.

        Args:
            fields: as the file has them, quotes included.
            record: as they are read.
        """
        for index, field in enumerate(fields):
            if "\n" not in field and "\r" not in field:
                continue
            if index != self._playlist_at:
                self.learn(record)
            lines = _LINE_END.split(field)
            if self._are_records(lines, index, fields):
                return (
                    f"a quote opens a field that ends {len(lines) - 1} line{'s' if len(lines) > 2 else ''} on, and "
                    "what it holds looks like rows of its own: double the quote if it belongs to the text"
                )
        return ""

    def learn(self, record: list[str]) -> None:
        """Note whether playlists are called by numbers, all of them so far: then prose is told apart from rows."""
        if self._only_numbers is not False and len(record) == self._breaks + 1:
            self._only_numbers = record[self._playlist_at].strip().isdigit()

    def _are_records(self, lines: list[str], index: int, fields: list[str]) -> bool:
        """Tell whether each line would be a record by itself if the quotes around them were plain text."""
        first = self._separator.join([*fields[:index], lines[0]])
        last = self._separator.join([lines[-1], *fields[index + 1 :]])
        whole = lines[1:-1]
        alike = [self._is_record(line) for line in whole]
        if not any(alike) and not (self._is_record(first, is_first=True) and self._is_record(last)):
            return False
        return bool(alike) or not self._is_all_quoted(fields)

    def _is_record(self, line: str, *, is_first: bool = False) -> bool:
        parts = line.split(self._separator)
        if len(parts) != self._breaks + 1:
            return False
        # In prose a comma has a blank behind it.
        if not self._spaced and any(part.startswith(" ") for part in parts[1:]):
            return False
        return is_first or not self._only_numbers or parts[self._playlist_at].strip(' "').isdigit()

    @staticmethod
    def _is_all_quoted(fields: list[str]) -> bool:
        return all(field.lstrip(" ").startswith('"') for field in fields)
