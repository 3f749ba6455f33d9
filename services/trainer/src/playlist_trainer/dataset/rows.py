"""The rows of a dataset as one lazy frame, whatever the format of its files."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.errors import DatasetError, DatasetUnavailableError
from playlist_trainer.settings import names_of

ARTIST_COLUMN = "artist_name"
TITLE_COLUMN = "track_name"


def playlist_rows(dataset: Dataset, item_column: str, playlist_column: str) -> pl.LazyFrame:
    """Read a dataset.

    Returns:
        columns playlist, song, title, artist (all Categorical: millions of rows hold few distinct texts); one row
        per row of the dataset, duplicates allowed; texts are trimmed and in Unicode's NFC; what is empty is null.

    Raises:
        DatasetError: a column is missing.
    """
    frame = _scan_slices(dataset.paths) if dataset.kind == "json" else _scan(dataset)
    found = frame.collect_schema().names()
    for column, setting in ((playlist_column, "playlist_column"), (item_column, "item_column")):
        if column not in found:
            raise DatasetError(
                f"{dataset.source.url}: no column {column!r}, found {', '.join(found[:20])}: "
                f"name the right one with {names_of(setting)}"
            )
    return frame.select(
        playlist=_text(playlist_column),
        song=_text(item_column),
        title=_text(TITLE_COLUMN if TITLE_COLUMN in found else item_column),
        artist=_text(ARTIST_COLUMN) if ARTIST_COLUMN in found else pl.lit(None, pl.Categorical),
    )


def reading_error(error: Exception, dataset: Dataset) -> Exception:
    """Say in one sentence why Polars could not read a dataset."""
    reason = str(error).strip().split("\n")[0][:200]
    url = dataset.source.url
    if "utf-8" in reason.lower() or "utf8" in reason.lower():
        return DatasetError(f"{url}: not UTF-8: convert it (iconv -t UTF-8)")
    if any(word in reason.lower() for word in ("unexpected end", "corrupt deflate", "truncated", "unexpected eof")):
        return DatasetUnavailableError(f"{url}: ends too early ({reason}): fetch it again")
    return DatasetError(f"{url}: can't be read as {dataset.kind} ({reason}): expected playlists, one row a song")


def _text(column: str) -> pl.Expr:
    trimmed = pl.col(column).cast(pl.String).str.normalize("NFC").str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).cast(pl.Categorical)


def _scan(dataset: Dataset) -> pl.LazyFrame:
    if dataset.kind == "parquet":
        return pl.scan_parquet(dataset.paths[0])
    # Without inference every column is text: a song called 1979 stays one, and 007 keeps its zeros.
    return pl.scan_csv(dataset.paths[0], infer_schema=False)


def _scan_slices(paths: Sequence[Path]) -> pl.LazyFrame:
    """Read slices of the Million Playlist Dataset: one JSON object each, playlists inside, tracks inside those."""
    return pl.concat([_slice(path) for path in paths]).lazy()


def _slice(path: Path) -> pl.DataFrame:
    columns = (TITLE_COLUMN, ARTIST_COLUMN, "track_uri", "album_name", "album_uri", "artist_uri")
    track = pl.Struct(dict.fromkeys(columns, pl.String))
    schema = {"playlists": pl.List(pl.Struct({"pid": pl.Int64, "name": pl.String, "tracks": pl.List(track)}))}
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    frame = pl.read_json(content, schema=schema)
    return frame.explode("playlists").unnest("playlists").explode("tracks").unnest("tracks")
