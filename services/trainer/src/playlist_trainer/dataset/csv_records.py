"""CSV that needs a closer look than one for speed: every record by Python's csv module, every doubt with its line."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from playlist_trainer.dataset.csv_dialect import Dialect
from playlist_trainer.dataset.csv_headers import HeaderLines
from playlist_trainer.dataset.csv_lines import bad_line, problem_of, wrong_count
from playlist_trainer.dataset.csv_swallowed import swallowed_lines

NextBlock = Callable[[], bytes | None]

_ESCAPED = re.compile(r"\\.", re.DOTALL)


class RecordReader:
    """Reads records that may go over the border of blocks."""

    def __init__(self, dialect: Dialect, headers: HeaderLines, shown: str) -> None:
        self._dialect, self._headers, self._shown = dialect, headers, shown
        self._head = ""
        separator = re.escape(dialect.separator)
        text = r'(?:[^"\\]|""|\\.)*' if dialect.escapes else r'(?:[^"]|"")*'
        plain = rf"(?:\\.|[^{separator}\\])*" if dialect.escapes else rf"[^{separator}]*"
        self._field = re.compile(rf'(?:\A|{separator})( *"{text}" *|{plain})(?={separator}|\Z)', re.DOTALL)

    def records(self, block: bytes, first_line: int, next_block: NextBlock) -> Iterator[list[str]]:
        """Yield the records that begin in a block, blank lines left out.

        Args:
            block: whole lines of UTF-8.
            first_line: the number of the first of them, from 1.
            next_block: fetches more, for a record that is not at its end with the block.

        Raises:
            DatasetError: names the first line that can't be read, or that can be read in more than one way.
        """
        lines = _Lines(block, next_block)
        records = self._dialect.records(lines)
        while not lines.exhausted:
            start = lines.taken
            try:
                record = next(records)
            except StopIteration:
                return
            except csv.Error as error:
                raise bad_line(self._shown, first_line + start, _problem(error, lines.taken - start)) from error
            raw = lines.since(start)
            line = first_line + start
            if problem := self._problem(record, raw, line, blank := not raw.strip()):
                raise bad_line(self._shown, line, problem)
            if record:
                self._head = record[0].strip()
            if not blank or len(record) == len(self._dialect.names) > 1:
                yield record

    def _problem(self, record: list[str], raw: str, line: int, blank: bool) -> str:
        names, separator = self._dialect.names, self._dialect.separator
        if '"' in raw:
            fields = [found[1] for found in self._field.finditer(raw.rstrip("\r\n"))]
            if self._dialect.escapes:
                fields = [_ESCAPED.sub("", field) for field in fields]
            heads = frozenset(filter(None, (self._head, record[0].strip())))
            if swallowed := swallowed_lines(fields, self._dialect, heads):
                return (
                    f"a quote opens a field here and swallows the lines up to {line + swallowed}, which look like rows "
                    'of their own: close the quote, or double it ("") if it belongs to the text'
                )
            if _unclear(fields):
                return "quotes stand inside fields that are not quoted, so that it can be read in more than one way"
        if len(record) != len(names) and not (blank and len(record) < 2):
            return wrong_count(len(record), record, names, separator)
        if record and self._headers.reordered_in(record):
            return "the header again, in another order: files put one behind another need the same columns"
        return ""


def _unclear(fields: list[str]) -> bool:
    """Tell whether a text in quotes may go over fields: one has a quote too many, and so has another."""
    return sum(field.count('"') % 2 for field in fields if not field.lstrip(" ").startswith('"')) > 1


def _problem(error: csv.Error, lines: int) -> str:
    problem = problem_of(error)
    return (
        problem
        if lines < 2 or "here" in problem
        else f"a quote opens a field that ends {lines - 1} lines on, where {problem}"
    )


class _Lines(Iterator[str]):
    """Lines of a block, and of the next ones for as long as a record is not at its end."""

    def __init__(self, block: bytes, next_block: NextBlock) -> None:
        self._lines = _split(block)
        self._next_block = next_block
        self.taken = 0

    @property
    def exhausted(self) -> bool:
        return self.taken == len(self._lines)

    def __next__(self) -> str:
        if self.exhausted:
            block = self._next_block()
            if block is None:
                raise StopIteration
            self._lines += _split(block)
        self.taken += 1
        return self._lines[self.taken - 1]

    def since(self, start: int) -> str:
        if self.taken == start + 1:
            return self._lines[start]
        return "".join(self._lines[start : self.taken])


def _split(block: bytes) -> list[str]:
    # LF, CRLF and a lone CR end lines; splitlines() would take form feeds and more for line ends too.
    return list(io.StringIO(block.decode(), newline=""))
