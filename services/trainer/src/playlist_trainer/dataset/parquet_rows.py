"""Parquet in batches: one row per song of a playlist, or one per playlist with a list of songs."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.columns import Columns, Roles
from playlist_trainer.dataset.printable import printable
from playlist_trainer.errors import DatasetError

_ROWS_TOGETHER = 500_000


def parquet_batches(path: Path, shown: str, columns: Columns) -> Iterator[tuple[pl.DataFrame, Roles]]:
    """Yield a file's rows, one per song of a playlist, and what their columns are.

    Raises:
        DatasetError: it can't be read whole, or lacks a column.
    """
    _refuse_cut(path, shown)
    try:
        # A path is no pattern, even if it holds a bracket.
        scan = pl.scan_parquet(path, glob=False)
        names = _Names(scan.collect_schema())
        roles = Roles.among(names.all, columns, shown)
        lists, structs = names.lists_of(roles.wanted), names.structs_of(roles.wanted)
        wanted = scan.select(names.selected(roles.wanted))
        if lists:
            wanted = wanted.explode(lists, empty_as_null=True, keep_nulls=True)
        for struct in structs:
            wanted = wanted.with_columns(
                pl.col(struct).struct.field(field).alias(name) for name, field in names.fields_of(struct, roles.wanted)
            )
        for frame in wanted.select(roles.wanted).collect_batches(chunk_size=_ROWS_TOGETHER, lazy=True):
            yield _with_texts(frame, shown), roles
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = printable(str(error).strip().split("\n")[0], 200)
        raise DatasetError(f"{shown}: can't be read as Parquet ({reason}): write it again") from error


class _Names:
    """Which names a schema has for columns, the fields of structs in lists included."""

    def __init__(self, schema: pl.Schema) -> None:
        self._lists = {name for name, kind in schema.items() if isinstance(kind, pl.List | pl.Array)}
        self._sources: dict[str, tuple[str, str]] = {}
        for name, kind in schema.items():
            inner = kind.inner if isinstance(kind, pl.List | pl.Array) else kind
            if isinstance(inner, pl.Struct):
                for field in inner.fields:
                    label = f"{name}.{field.name}" if field.name in schema else field.name
                    self._sources.setdefault(label, (name, field.name))
            else:
                self._sources[name] = (name, "")
        self.all = tuple(self._sources)

    def selected(self, wanted: tuple[str, ...]) -> list[str]:
        """Return the file's own columns that the wanted ones come from."""
        return list(dict.fromkeys(self._sources[name][0] for name in wanted))

    def lists_of(self, wanted: tuple[str, ...]) -> list[str]:
        """Return those that are lists."""
        return [name for name in self.selected(wanted) if name in self._lists]

    def structs_of(self, wanted: tuple[str, ...]) -> list[str]:
        """Return those that hold structs."""
        return list(dict.fromkeys(source for source, field in map(self._sources.__getitem__, wanted) if field))

    def fields_of(self, struct: str, wanted: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the wanted names that are fields of a struct, and what the struct calls them."""
        return [
            (name, self._sources[name][1])
            for name in wanted
            if self._sources[name] == (struct, self._sources[name][1]) and self._sources[name][1]
        ]


def _with_texts(frame: pl.DataFrame, shown: str) -> pl.DataFrame:
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.List | pl.Array | pl.Struct):
            raise DatasetError(
                f"{shown}: {printable(name)!r} is nested ({kind}): expected a text, a number or a list of them"
            )
        if kind == pl.Binary:
            frame = frame.with_columns(pl.col(name).cast(pl.String))
    return frame


def _refuse_cut(path: Path, shown: str) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        if size < 12 or file.read() != b"PAR1":
            raise DatasetError(f"{shown}: begins like Parquet, but its end is missing: fetch or write it again")
