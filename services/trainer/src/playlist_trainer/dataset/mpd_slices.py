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
    return (rows.select(roles.wanted), roles) if _is_proven(content, playlists, rows, roles) else None


def _is_proven(content: bytes, playlists: pl.DataFrame, rows: pl.DataFrame, roles: Roles) -> bool:
    """Tell whether Polars found just what stands in a slice.

    Of a key that stands twice in one object it keeps the first; so no key may be there more often than it has values. A
    text that is a key's name counts too, and so does a letter that is escaped: it may be a key's. It makes 1.50 a 1.5,
    which is another playlist or song, and half of a surrogate pair a NUL.

    Args:
        content: the slice.
        playlists: one row each.
        rows: one row per track.
        roles: which columns are wanted.
    """
    columns = {name: (playlists if name in _PLAYLIST else rows)[name] for name in roles.wanted}
    if any(column.str.contains("\0", literal=True).any() for column in columns.values()):
        return False
    names = "|".join(("playlists", "tracks", *columns))
    numbers = "|".join(name for name, column in columns.items() if column.str.contains(r"^-?[0-9.]+$").any())
    text = pl.col("text").cast(pl.String).str
    # All keys at once, and all in one select: what Polars does around each one takes as long as the search.
    slice_frame = pl.DataFrame({"text": [content]}, {"text": pl.Binary})
    key_count, has_fraction = slice_frame.select(
        key_count=text.count_matches(rf'"(?:{names})"|\\u00[4-7]'),
        has_fraction=text.contains(rf'"(?:{numbers})"\s*:\s*(?:-0|-?\d+[.eE])') if numbers else pl.lit(False),
    ).row(0)
    if has_fraction:
        return False
    values = 1 + sum(len(column) - column.null_count() for column in (playlists["tracks"], *columns.values()))
    if key_count == values:
        return True
    # With as many nulls more, what may be lost is a null behind a value.
    nulls = slice_frame.select(text.count_matches(rf'"(?:{names})"\s*:\s*null')).item()
    return bool(key_count - values == nulls)


def _schema(roles: Roles) -> dict[str, pl.DataType]:
    """Return the schema of no more than what is needed; text takes numbers too."""
    own = {name: pl.String for name in _PLAYLIST if name in roles.wanted}
    track = pl.Struct({name: pl.String for name in _TRACK if name in roles.wanted})
    return {"playlists": pl.List(pl.Struct(own | {"tracks": pl.List(track)}))}
