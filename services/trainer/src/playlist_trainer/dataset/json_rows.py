"""JSON in batches: a document of playlists or rows, or JSON Lines."""

import json
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from playlist_trainer.dataset.columns import BETWEEN_ELEMENTS, Columns, Roles
from playlist_trainer.dataset.csv_lines import bad_line, not_utf8
from playlist_trainer.dataset.formats import BYTE_ORDER_MARK
from playlist_trainer.dataset.json_records import Record, RecordRows, keyed, refuse_doubled
from playlist_trainer.dataset.printable import printable
from playlist_trainer.dataset.unpacking import content_of, unpacked
from playlist_trainer.errors import DatasetError

_ROWS_TOGETHER = 100_000


def json_batches(path: Path, shown: str, columns: Columns) -> Iterator[tuple[pl.DataFrame, Roles]]:
    """Yield a file's rows, one per song of a playlist, and what their columns are.

    Raises:
        DatasetError: it is no JSON (the line is named), or not playlists.
    """
    rows = _rows(path, shown, columns)
    names: dict[str, None] = {}
    while batch := list(islice(rows, _ROWS_TOGETHER)):
        # A column may turn up late.
        names |= dict.fromkeys(name for _, row in batch for name in row)
        try:
            roles = Roles.among(tuple(names), columns, shown)
        except DatasetError:
            names |= dict.fromkeys(name for _, row in _rows(path, shown, columns) for name in row)
            roles = Roles.among(tuple(names), columns, shown)
        yield _frame(batch, roles), roles


def _frame(batch: list[tuple[str, Record]], roles: Roles) -> pl.DataFrame:
    joined = {roles.artist, roles.title, roles.uri} - {*roles.playlist, roles.item[0]}
    return pl.DataFrame(
        {name: [_text(where, row.get(name), name, name in joined) for where, row in batch] for name in roles.wanted},
        dict.fromkeys(roles.wanted, pl.String),
    )


def _rows(path: Path, shown: str, columns: Columns) -> Iterator[tuple[str, Record]]:
    """Yield the rows, and where in the file each stands."""
    records = _line_records(path, shown) if _is_lines(path, shown) else _document_records(path, shown)
    rows_of = RecordRows(columns).of
    return ((where, row) for where, record in records for row in rows_of(record, where))


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
    """Yield the lines, trimmed, without marks, with their numbers from 1."""
    rest, number = b"", 0
    for piece in unpacked(path, shown):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield number, line.removeprefix(BYTE_ORDER_MARK).strip()
    yield number + 1, rest.removeprefix(BYTE_ORDER_MARK).strip()


def _line_records(path: Path, shown: str) -> Iterator[tuple[str, Record]]:
    for number, line in _lines(path, shown):
        if line:
            where = f"{shown}: line {number}"
            yield from ((where, record) for record in _records(_parsed(line, number, shown), shown, number))


def _document_records(path: Path, shown: str) -> Iterator[tuple[str, Record]]:
    content = content_of(path, shown).removeprefix(BYTE_ORDER_MARK)
    records = _records(_parsed(content, 1, shown), shown, 1)
    return ((f"{shown}: element {position}", record) for position, record in enumerate(records, 1))


def _parsed(content: bytes, first_line: int, shown: str) -> Any:
    try:
        # Numbers stay the text they were: 007 can't be one, and 1.0 is not 1.
        return json.loads(content.decode(), parse_int=str, parse_float=str, object_pairs_hook=keyed)
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
        refuse_doubled(value, f"{shown}: line {line}")
        value = value["playlists"]
    records = value if isinstance(value, list) else [value]
    for position, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise bad_line(
                shown, line, f"element {position} is {_sort_of(record)}: expected objects, one per row or per playlist"
            )
    return records


def _text(where: str, value: Any, name: str, joined: bool) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return None
    if isinstance(value, str):
        # Half of a surrogate pair is left where a program has cut a text; it is no text of its own.
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if joined and isinstance(value, list):
        parts = (part.get("name") if isinstance(part, dict) else part for part in value)
        return BETWEEN_ELEMENTS.join(text for part in parts if (text := _text(where, part, name, False)))
    raise DatasetError(f"{where}: {printable(name)!r} is {_sort_of(value)}: expected a text or a number")


def _sort_of(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f"the value {printable(str(value))!r}"
