"""Slices of the Million Playlist Dataset: one JSON object each, playlists inside, tracks inside those."""

import re
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.columns import Columns, Roles
from playlist_trainer.dataset.formats import BYTE_ORDER_MARK
from playlist_trainer.dataset.unpacking import content_of, head_of
from playlist_trainer.errors import DatasetError

_PLAYLIST = ("pid", "name")
_TRACK = ("track_name", "artist_name", "track_uri", "album_name", "album_uri", "artist_uri")


def is_slice(path: Path, shown: str) -> bool:
    """Tell by how it begins whether a JSON file has the form of a slice."""
    head, _ = head_of(path, shown, 256)
    return bool(re.match(rb'\s*\{\s*"(info|playlists)"\s*:', head.removeprefix(BYTE_ORDER_MARK)))


def slice_rows(path: Path, shown: str, columns: Columns) -> tuple[pl.DataFrame, Roles] | None:
    """Return the rows of a slice, one per track, and what their columns are.

    None where it is not quite a slice, so that what reads any JSON must look at it and say what is wrong.
    """
    try:
        roles = Roles.among((*_PLAYLIST, *_TRACK), columns, shown)
        frame = pl.read_json(content_of(path, shown).removeprefix(BYTE_ORDER_MARK), schema=_schema(roles))
    except (DatasetError, pl.exceptions.PolarsError):
        return None
    playlists = frame.explode("playlists").unnest("playlists")
    if len(frame) != 1 or playlists["tracks"].null_count() == len(playlists):
        return None
    rows = playlists.explode("tracks").unnest("tracks")
    needed = {*roles.playlist, *roles.item}
    return None if any(rows[name].null_count() == len(rows) for name in needed) else (rows.select(roles.wanted), roles)


def _schema(roles: Roles) -> dict[str, pl.DataType]:
    """Return the schema of no more than what is needed; text takes numbers too."""
    own = {name: pl.String for name in _PLAYLIST if name in roles.wanted}
    track = pl.Struct({name: pl.String for name in _TRACK if name in roles.wanted})
    return {"playlists": pl.List(pl.Struct(own | {"tracks": pl.List(track)}))}
