"""Parquet in batches: one row per song of a playlist, or one per playlist with a list of songs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from playlist_trainer.dataset.columns import BETWEEN_ELEMENTS, Columns, Roles, trimmed
from playlist_trainer.dataset.printable import printable
from playlist_trainer.errors import DatasetError

_ROWS_TOGETHER = 500_000
_LISTS_TOGETHER = 10_000  # each with all songs of a playlist


def parquet_batches(path: Path, shown: str, columns: Columns) -> Iterator[tuple[pl.DataFrame, Roles]]:
    """Yield a file's rows, one per song of a playlist, and what their columns are.

    Raises:
        DatasetError: it can't be read whole, or lacks a column.
    """
    _refuse_cut(path, shown)
    try:
        # A path is no pattern, even if it holds a bracket.
        scan = pl.scan_parquet(path, glob=False)
        names = _Names(scan.collect_schema(), columns)
        roles = Roles.among(names.all, columns, shown)
        together = _LISTS_TOGETHER if names.songs_in(roles) else _ROWS_TOGETHER
        row_count = scan.select(pl.len()).collect().item()
        # Part by part: collect_batches reads ahead as fast as it can, gigabytes of a large file.
        for begin in range(0, row_count, together):
            frame = _one_per_song(scan.slice(begin, together), names, roles).collect()
            frame.columns = list(roles.wanted)
            # A damaged file may hold fewer rows than it says; a list of songs has at least one row each.
            if len(frame) < min(together, row_count - begin):
                raise DatasetError(f"{shown}: fewer rows than it says, {row_count}: fetch or write it again")
            yield _with_texts(frame, roles, shown), roles
    except pl.exceptions.ShapeError as error:
        raise DatasetError(f"{shown}: lists of unequal length in one row: expected an element per song") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = printable(str(error).strip().split("\n")[0], 200)
        raise DatasetError(f"{shown}: can't be read as Parquet ({reason}): write it again") from error


class _Names:
    """Which names a schema has for columns, the fields of structs in lists included."""

    def __init__(self, schema: pl.Schema, columns: Columns) -> None:
        item = {trimmed(name) for name in (*columns.item, ",".join(columns.item))}

        def songs_first(name: str) -> tuple[int, bool]:
            """Order structs by how much of the item they hold, as JSON is read: of equal names the first counts."""
            fields = _fields(schema[name])
            return -sum(trimmed(field.name) in item for field in fields), name != "tracks"

        self.kinds = list(schema.values())
        # Where each column comes from: the place of the file's own column, and of the field in its struct.
        self.sources: dict[str, tuple[int, int | None]] = {}
        for name in sorted(schema, key=songs_first):
            place = schema.names().index(name)
            if not (fields := _fields(schema[name])):
                self.sources[name] = (place, None)
            for position, field in enumerate(fields):
                label = f"{name}.{field.name}" if field.name in schema else field.name
                self.sources.setdefault(label, (place, position))
        self.all = tuple(self.sources)

    def songs_in(self, roles: Roles) -> list[int]:
        """Return the places of the lists with one element per song, beside which other lists describe one song."""
        items = [self.sources[name] for name in roles.item]
        if not self._is_list(items[0][0]):
            return []
        # Structs hold all that belongs to a song; lists of texts stand side by side.
        named = items if items[0][1] is not None else [self.sources[name] for name in roles.wanted]
        return list(dict.fromkeys(place for place, _ in named if self._is_list(place)))

    def _is_list(self, place: int) -> bool:
        return isinstance(self.kinds[place], pl.List | pl.Array)


def _fields(kind: Any) -> list[pl.Field]:
    """Return the fields of a struct, or of the structs in a list; none of anything else."""
    inner = kind.inner if isinstance(kind, pl.List | pl.Array) else kind
    return list(inner.fields) if isinstance(inner, pl.Struct) else []


def _one_per_song(scan: pl.LazyFrame, names: _Names, roles: Roles) -> pl.LazyFrame:
    """Return the wanted columns in their order, called by numbers: a name may look like a pattern to Polars."""
    sources = [names.sources[name] for name in roles.wanted]
    places = list(dict.fromkeys(place for place, _ in sources))
    own = scan.select(pl.nth(place).alias(str(place)) for place in places)
    if lists := [str(place) for place in names.songs_in(roles)]:
        own = own.explode(lists, empty_as_null=True, keep_nulls=True)
    columns = []
    for place, position in sources:
        column = pl.col(str(place))
        kind = names.kinds[place]
        if position is not None and isinstance(kind, pl.List | pl.Array) and str(place) not in lists:
            column = column.cast(pl.List(kind.inner)).list.eval(_field(pl.element(), kind.inner, position))
        elif position is not None:
            column = _field(column, kind.inner if isinstance(kind, pl.List | pl.Array) else kind, position)
        columns.append(column)
    return own.select(column.alias(str(number)) for number, column in enumerate(columns))


def _field(column: pl.Expr, kind: Any, position: int) -> pl.Expr:
    return column.struct.rename_fields([str(n) for n in range(len(kind.fields))]).struct.field(str(position))


def _with_texts(frame: pl.DataFrame, roles: Roles, shown: str) -> pl.DataFrame:
    return pl.DataFrame(
        [_texts_of(frame[name], name not in {*roles.playlist, roles.item[0]}, shown) for name in frame.columns]
    )


def _texts_of(column: pl.Series, joined: bool, shown: str) -> pl.Series:
    """Return a column that becomes text as it is; of a song's artists in a list, one text."""
    kind = column.dtype
    if isinstance(kind, pl.List | pl.Array) and joined and not isinstance(kind.inner, pl.List | pl.Array | pl.Struct):
        return column.cast(pl.List(pl.String)).list.drop_nulls().list.join(BETWEEN_ELEMENTS)
    if isinstance(kind, pl.List | pl.Array | pl.Struct):
        raise DatasetError(
            f"{shown}: {printable(column.name)!r} is nested ({kind}): expected a text, a number or a list of them"
        )
    if kind.is_float():
        return column.fill_nan(None)
    try:
        return column.cast(pl.String) if kind == pl.Binary or kind.is_temporal() else column
    except pl.exceptions.InvalidOperationError as error:
        raise DatasetError(f"{shown}: {printable(column.name)!r} is a {kind}: expected a text or a number") from error


def _refuse_cut(path: Path, shown: str) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        if size < 12 or file.read() != b"PAR1":
            raise DatasetError(f"{shown}: begins like Parquet, but its end is missing: fetch or write it again")
