"""How answers reach a person at a terminal, or the next program in a pipe.

Answers go to standard output, notes about them to standard error. A terminal gets colour and columns that fold at its
width; a pipe gets one line per entry, whole, with a tab between its fields.
"""

import csv
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from playlist_client.errors import ClientError

Row = tuple[str, ...]


class Format(StrEnum):
    """What ``--output`` takes."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Listing:
    """A list to print; each of its entries is one row, in two forms.

    Attributes:
        header: names of the fields, the first line of CSV.
        records: fields for programs.
        cells: what a person reads, as many in each row as there are styles.
        styles: of the columns of cells; one that is right-aligned begins with ``>``.
    """

    header: Row
    records: Sequence[Row]
    cells: Sequence[Row]
    styles: Row


class _Errors(Console):
    """Standard error, whose reader may go: that changes nothing of what the command answers."""

    def on_broken_pipe(self) -> None:
        """Go on without it; rich would end the command with exit code 1."""
        _silence(sys.stderr)


def stdout() -> Console:
    """Return standard output; texts are taken as they are, brackets and all."""
    return Console(markup=False, emoji=False, highlight=False)


def console_for_lines(form: Format | None) -> Console:
    """Return where lines go that are no part of the answer in JSON or CSV."""
    return stderr() if form in {Format.JSON, Format.CSV} else stdout()


def stderr() -> Console:
    """Return standard error, likewise."""
    return _Errors(stderr=True, markup=False, emoji=False, highlight=False)


def note(text: str) -> None:
    """Say something about an answer that is not part of it."""
    tell(text, "dim")


def tell(text: str, style: str = "") -> None:
    """Print a line on standard error; nothing comes of it when nobody can read that any more."""
    try:
        stderr().print(Text(clean(text), style=style), soft_wrap=True)
    except OSError:
        _silence(sys.stderr)


def show(listing: Listing, values: Mapping[str, object], form: Format | None) -> None:
    """Print an answer.

    Args:
        listing: the answer as a list.
        values: the answer as it came, for JSON.
        form: None is a table on a terminal, and lines with tabs in a pipe.
    """
    console = stdout()
    if form is Format.JSON:
        # What another encoding lacks would be escaped as Python does, which is not JSON.
        write(json.dumps(values, indent=2, ensure_ascii=not _is_unicode(sys.stdout)))
    elif form is Format.CSV:
        write_csv([listing.header, *listing.records], console.is_terminal)
    elif console.is_terminal:
        console.print(_grid(listing, console.width))
    elif form is Format.TABLE:
        for line in _aligned(listing):
            write(line)
    else:
        for record in listing.records:
            write("\t".join(map(clean, record)))


def write(line: str) -> None:
    """Write a line to standard output; once its reader has gone, as ``head`` goes, nothing more is written."""
    with _written():
        print(line, flush=True)


def write_csv(rows: Iterable[Row], is_terminal: bool) -> None:
    """Write rows by RFC 4180, titles as they are; a terminal gets them without what would move its cursor."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [clean(field) if is_terminal else field for field in row] for row in rows
    )
    # Python has None for a standard output that is closed.
    if sys.stdout is None:
        return
    with _written():
        # Past the text layer, which would make another end of line of CR LF on some systems.
        sys.stdout.flush()
        sys.stdout.buffer.write(text.getvalue().encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
        sys.stdout.flush()


def output_lost(error: OSError) -> ClientError:
    """Return what to raise when standard output takes no more."""
    # Python would complain again when it flushes at the end.
    _silence(sys.stdout)
    return ClientError(f"standard output can't be written: {error.strerror}")


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _silence(sys.stdout)


def _silence(stream: TextIO) -> None:
    """Lead a stream nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_unicode(stream: TextIO | None) -> bool:
    return stream is None or (stream.encoding or "utf-8").casefold().startswith("utf")


def counted(count: object, noun: str) -> str:
    """Return a number with its noun: ``1 song``, ``2 songs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def facts_listing(facts: Iterable[tuple[str, str]]) -> Listing:
    """Return names with their values as a list."""
    rows = list(facts)
    return Listing(("name", "value"), rows, rows, ("dim", ""))


def clean(text: str) -> str:
    """Return a text in which nothing moves the cursor, ends the line or talks to the terminal.

    Titles come from other people's files: an escape sequence among them must not reach the terminal.
    """
    return "".join(
        character if unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def write_what_it_can() -> None:
    """Keep an output that is not in Unicode from ending the command: what it can't show is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _grid(listing: Listing, width: int) -> Table:
    """Return a table; where its columns do not fit side by side, all but the first share one that folds."""
    is_wide = sum(_widths(listing.cells)) + 2 * len(listing.styles) <= width
    grid = Table.grid(padding=(0, 2, 0, 0))
    for place, style in enumerate(listing.styles if is_wide else listing.styles[:2]):
        justify: Literal["left", "right"] = "right" if style.startswith(">") else "left"
        grid.add_column(justify=justify, overflow="fold", no_wrap=place == 0)
    for row in listing.cells:
        parts = [Text(clean(cell), style.removeprefix(">")) for cell, style in zip(row, listing.styles, strict=True)]
        grid.add_row(*(parts if is_wide else (parts[0], Text("  ").join(filter(None, parts[1:])))))
    return grid


def _widths(rows: Iterable[Row]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def _aligned(listing: Listing) -> Iterable[str]:
    """Yield the table for a pipe: without colour, each row on one line however long."""
    rows = [tuple(map(clean, row)) for row in listing.cells]
    widths = _widths(rows)
    for row in rows:
        fields = []
        for cell, width, style in zip(row, widths, listing.styles, strict=True):
            gap = " " * (width - cell_len(cell))
            fields.append(gap + cell if style.startswith(">") else cell + gap)
        yield "  ".join(fields).rstrip()
