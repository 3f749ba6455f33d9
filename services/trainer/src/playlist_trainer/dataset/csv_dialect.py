"""How a CSV file is written, told from its first lines."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playlist_trainer.dataset.columns import Columns, Roles, trimmed
from playlist_trainer.dataset.csv_lines import LONGEST_FIELD, bad_line, not_utf8, problem_of
from playlist_trainer.dataset.printable import listed
from playlist_trainer.dataset.unpacking import head_of
from playlist_trainer.errors import DatasetError
from playlist_trainer.setting_types import SEPARATORS
from playlist_trainer.settings import names_of

# Python's own bound, 131,072, is less than what CSV read at full speed may hold.
csv.field_size_limit(LONGEST_FIELD)

_HEAD_BYTES = 1 << 20
_LINES_COMPARED = 20
# Excel's own hint, which other programs take for the header.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n?')


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        separator: what stands between fields.
        names: the header, as it is spelt.
        header_bytes: length of everything before the first row.
        header_lines: how many lines that is.
        line_end: the last byte of each line.
        spaced: whether blanks stand behind the separators, so that one with a blank behind it may be no text.
        escapes: whether a backslash makes a quote, a separator, a line end or a backslash behind it plain text.
    """

    separator: str
    names: tuple[str, ...]
    header_bytes: int
    header_lines: int
    line_end: bytes
    spaced: bool
    escapes: bool = False

    def records(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Yield the fields of each record; raises csv.Error at what is no CSV."""
        return csv.reader(
            self._doubling(lines) if self.escapes else lines,
            delimiter=self.separator,
            escapechar="\\" if self.escapes else None,
            skipinitialspace=True,
            strict=True,
        )

    def _doubling(self, lines: Iterator[str]) -> Iterator[str]:
        """Double the backslashes that stand before other characters: csv.reader would drop them."""
        backslash = re.compile(rf'(\\["\\\r\n{re.escape(self.separator)}])|\\')
        for line in lines:
            yield backslash.sub(lambda found: found[1] or "\\\\", line) if "\\" in line else line


@dataclass(frozen=True)
class _Reading:
    """The head of a file as it looks with one separator."""

    dialect: Dialect
    finds_columns: bool
    regular_lines: int

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        fields = len(self.dialect.names)
        return self.finds_columns, fields > 1, self.regular_lines, fields


def dialect_of(path: Path, shown: str, columns: Columns) -> Dialect:
    """Find out how a file is written.

    Args:
        path: the file, which may be compressed.
        shown: how messages name it.
        columns: what it should hold, and the separator if that is known.

    Raises:
        DatasetError: no header can be read.
    """
    content, _ = head_of(path, shown, _HEAD_BYTES)
    line_end = b"\r" if b"\n" not in content and b"\r" in content else b"\n"
    mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    head = content if len(content) < _HEAD_BYTES else content[: content.rfind(line_end) + 1]
    if not head:
        raise bad_line(shown, 1, "longer than a mebibyte, without a line end: not CSV")
    lines = list(io.StringIO(_text(head[mark:], shown), newline=""))
    skipped = next((number for number, line in enumerate(lines) if line.strip()), 0)
    hint = _SEPARATOR_LINE.fullmatch(lines[skipped])
    skipped += bool(hint)
    separators = columns.separator or (hint[1] if hint else "") or SEPARATORS.values()
    problems: list[csv.Error] = []
    readings = [r for s in separators if (r := _reading(lines, skipped, s, problems, columns))]
    if not readings:
        raise bad_line(shown, skipped + 1, f"the header: {problem_of(problems[0])}" if problems else "no header")
    best = max(readings, key=lambda reading: reading.rank).dialect
    best = replace(best, header_bytes=best.header_bytes + mark, line_end=line_end)
    if len(best.names) == 1 and len({*columns.item, *columns.playlist}) > 1:
        raise DatasetError(
            f"{shown}: one column only, {listed([trimmed(best.names[0])])}: expected the columns of playlist and song "
            f"with , ; tab or | between; name another separator with {names_of('separator')}"
        )
    return best


def _text(head: bytes, shown: str) -> str:
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(head, error.start, 1, shown) from error


def _reading(
    lines: list[str], skipped: int, separator: str, problems: list[csv.Error], columns: Columns
) -> _Reading | None:
    records = csv.reader(iter(lines[skipped:]), delimiter=separator, strict=True, skipinitialspace=True)
    try:
        names = next(records)
    except csv.Error as error:
        problems.append(error)
        return None
    except StopIteration:
        return None
    header = lines[: skipped + records.line_num]
    spaced = f"{separator} " in "".join(header[skipped:]) or _are_spaced(lines[len(header) :], separator, len(names))
    size = sum(len(line.encode()) for line in header)
    dialect = Dialect(separator, tuple(names), size, len(header), b"\n", spaced)
    return _Reading(dialect, _finds(dialect.names, columns), _regular_lines(records, len(names)))


def _are_spaced(lines: list[str], separator: str, fields: int) -> bool:
    """Tell whether most of the first plain rows have a blank behind a separator."""
    plain = [line for line in lines[:_LINES_COMPARED] if '"' not in line and line.count(separator) == fields - 1]
    return 2 * sum(f"{separator} " in line for line in plain) > len(plain)


def _finds(names: tuple[str, ...], columns: Columns) -> bool:
    try:
        Roles.among(names, columns, "")
    except DatasetError:
        return False
    return True


def _regular_lines(records: Iterator[list[str]], fields: int) -> int:
    regular = 0
    try:
        for _, record in zip(range(_LINES_COMPARED), records, strict=False):
            regular += len(record) == fields
    except csv.Error:
        pass
    return regular
