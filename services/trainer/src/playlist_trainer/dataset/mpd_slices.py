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

_FRACTION = re.compile(rb"\s*:\s*(-0|-?\d+[.eE])")


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
        content = content_of(path, shown).removeprefix(BYTE_ORDER_MARK)
        frame = pl.read_json(content, schema=_schema(roles))
    except (DatasetError, pl.exceptions.PolarsError):
        return None
    playlists = frame.explode("playlists").unnest("playlists")
    if len(frame) != 1 or playlists["tracks"].null_count() == len(playlists):
        return None
    rows = playlists.explode("tracks").unnest("tracks")
    needed = {*roles.playlist, *roles.item}
    if any(rows[name].null_count() == len(rows) for name in needed):
        return None
    if _has_doubled(content, playlists, rows, roles) or _has_other_texts(content, rows, roles):
        return None
    return rows.select(roles.wanted), roles


def _has_doubled(content: bytes, playlists: pl.DataFrame, rows: pl.DataFrame, roles: Roles) -> bool:
    """Tell whether a key may stand twice in one object, of which Polars keeps one: it is there more often than values.

    A null, or a text that is the key's name, looks the same.
    """
    values = {"playlists": 1, "tracks": len(playlists) - playlists["tracks"].null_count()}
    for name in {*roles.playlist, *roles.item}:
        column = playlists[name] if name in _PLAYLIST else rows[name]
        values[name] = len(column) - column.null_count()
    return any(content.count(f'"{name}"'.encode()) != count for name, count in values.items())


def _has_other_texts(content: bytes, rows: pl.DataFrame, roles: Roles) -> bool:
    """Tell whether Polars may have made other texts of what stands there.

    It makes 1.50 a 1.5, which is another playlist, and half of a surrogate pair a NUL.
    """
    if any(name in _PLAYLIST and _has_fraction(content, name) for name in roles.playlist):
        return True
    escaped = b"\\ud" in content or b"\\uD" in content
    return escaped and any(rows[name].str.contains("\0", literal=True).any() for name in roles.wanted)


def _has_fraction(content: bytes, name: str) -> bool:
    key = f'"{name}"'.encode()
    place = content.find(key)
    while place >= 0:
        place += len(key)
        if _FRACTION.match(content, place):
            return True
        place = content.find(key, place)
    return False


def _schema(roles: Roles) -> dict[str, pl.DataType]:
    """Return the schema of no more than what is needed; text takes numbers too."""
    own = {name: pl.String for name in _PLAYLIST if name in roles.wanted}
    track = pl.Struct({name: pl.String for name in _TRACK if name in roles.wanted})
    return {"playlists": pl.List(pl.Struct(own | {"tracks": pl.List(track)}))}
