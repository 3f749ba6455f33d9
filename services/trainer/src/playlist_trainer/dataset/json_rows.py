"""JSON in batches: a document of playlists or rows, or JSON Lines."""

import json
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from playlist_trainer.dataset.columns import Columns, Roles
from playlist_trainer.dataset.csv_lines import bad_line, not_utf8
from playlist_trainer.dataset.formats import BYTE_ORDER_MARK
from playlist_trainer.dataset.printable import printable
from playlist_trainer.dataset.unpacking import content_of, unpacked
from playlist_trainer.errors import DatasetError

Record = dict[str, Any]
_ROWS_TOGETHER = 100_000


def json_batches(path: Path, shown: str, columns: Columns) -> Iterator[tuple[pl.DataFrame, Roles]]:
    """Yield a file's rows, one per song of a playlist, and what their columns are.

    Raises:
        DatasetError: it is no JSON (the line is named), or not playlists.
    """
    records = _line_records(path, shown) if _is_lines(path, shown) else _document_records(path, shown)
    roles = None
    rows = (row for number, record in records for row in _rows(number, record))
    while batch := list(islice(rows, _ROWS_TOGETHER)):
        if roles is None:
            names = list(dict.fromkeys(name for _, row in batch for name in row))
            roles = Roles.among(names, columns, shown)
        yield (
            pl.DataFrame(
                {name: [_text(number, row, name, shown) for number, row in batch] for name in roles.wanted},
                dict.fromkeys(roles.wanted, pl.String),
            ),
            roles,
        )


def _is_lines(path: Path, shown: str) -> bool:
    """Tell JSON Lines, where the first line is a whole value and more follow, from one document."""
    lines = (line for _, line in _lines(path, shown) if line)
    first, second = next(lines, b""), next(lines, b"")
    lines.close()
    if not second.startswith((b"{", b"[")):
        return False
    try:
        json.loads(first)
    except ValueError:
        return False
    return True


def _lines(path: Path, shown: str) -> Generator[tuple[int, bytes], None, None]:
    """Yield the lines, trimmed, with their numbers from 1."""
    rest, number = b"", 0
    for piece in unpacked(path, shown):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield number, (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).strip()
    yield number + 1, (rest.removeprefix(BYTE_ORDER_MARK) if number == 0 else rest).strip()


def _line_records(path: Path, shown: str) -> Iterator[tuple[int, Record]]:
    for number, line in _lines(path, shown):
        if line:
            yield from ((number, record) for record in _records(_parsed(line, number, shown), shown, number))


def _document_records(path: Path, shown: str) -> Iterator[tuple[int, Record]]:
    content = content_of(path, shown).removeprefix(BYTE_ORDER_MARK)
    return ((0, record) for record in _records(_parsed(content, 1, shown), shown, 1))


def _parsed(content: bytes, first_line: int, shown: str) -> Any:
    try:
        # Numbers stay the text they were: 007 can't be one, and 1.0 is not 1.
        return json.loads(content.decode(), parse_int=str, parse_float=str)
    except UnicodeDecodeError as error:
        raise not_utf8(content, error.start, first_line, shown) from error
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise bad_line(shown, line, f"not JSON: {printable(error.msg, 100)} at character {error.colno}") from error
    except RecursionError as error:
        raise DatasetError(f"{shown}: JSON nested too deeply: expected playlists with their tracks") from error


def _records(value: Any, shown: str, line: int) -> list[Record]:
    """Return the objects that are playlists or rows: of a list, of {"playlists": list}, or the object itself."""
    if isinstance(value, dict) and isinstance(value.get("playlists"), list):
        value = value["playlists"]
    records = value if isinstance(value, list) else [value]
    for position, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise bad_line(
                shown, line, f"element {position} is {_sort_of(record)}: expected objects, one per row or per playlist"
            )
    return records


def _rows(number: int, record: Record) -> Iterator[tuple[int, Record]]:
    """Yield the rows of a playlist with its tracks, or the row that the record is."""
    lists = {name: value for name, value in record.items() if isinstance(value, list)}
    own = {name: value for name, value in record.items() if name not in lists}
    if not lists:
        yield number, own
        return
    tracks = "tracks" if "tracks" in lists else next(iter(lists))
    if not lists[tracks]:
        yield number, own  # a playlist without songs: a row that can't be used, and is counted
    for position, track in enumerate(lists[tracks]):
        if isinstance(track, dict):
            yield number, own | {(f"{tracks}.{name}" if name in own else name): track[name] for name in track}
        else:
            alike = (name for name in lists if len(lists[name]) == len(lists[tracks]))
            yield number, own | {name: lists[name][position] for name in alike}


def _text(number: int, row: Record, name: str, shown: str) -> str | None:
    value = row.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return None
    if isinstance(value, str):
        # Half of a surrogate pair is left where a program has cut a text; it is no text of its own.
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    where = f"{shown}: line {number}" if number else shown
    raise DatasetError(f"{where}: {printable(name)!r} is {_sort_of(value)}: expected a text or a number")


def _sort_of(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f"the value {printable(str(value))!r}"
