"""Byte-order marks in the middle of CSV, where files were put one behind another."""

import codecs
import csv
import re

from playlist_trainer.dataset.columns import trimmed
from playlist_trainer.dataset.csv_dialect import Dialect
from playlist_trainer.dataset.csv_lines import bad_line, line_count

_MARKS = re.compile(rb"(?:\A|(?<=[\r\n]))(?:%b)+" % codecs.BOM_UTF8)
_LINE = re.compile(rb"[^\r\n]*")


def without_marks(block: bytes, first_line: int, dialect: Dialect, shown: str) -> bytes:
    """Return a block without the marks that its lines begin with.

    Args:
        block: whole lines of UTF-8.
        first_line: the number of the first of them.
        dialect: how the file is written.
        shown: how messages name the dataset.

    Raises:
        DatasetError: a mark is followed by the header once more.
    """
    if codecs.BOM_UTF8 not in block:
        return block
    for marks in _MARKS.finditer(block):
        line = _LINE.match(block, marks.end())
        if line and _is_header(line[0].decode(), dialect):
            at = first_line + line_count(block[: marks.start()])
            raise bad_line(shown, at, "repeats the header, as where files are put one behind another: remove the line")
    return _MARKS.sub(b"", block)


def _is_header(line: str, dialect: Dialect) -> bool:
    try:
        names = next(dialect.records(iter([line])), [])
    except csv.Error:
        return False
    return [trimmed(name) for name in names] == [trimmed(name) for name in dialect.names]
