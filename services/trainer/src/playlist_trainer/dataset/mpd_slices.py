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
    text = pl.Series([content], dtype=pl.Binary).cast(pl.String)
    if _has_doubled(text, playlists, rows, roles) or _has_other_texts(text, rows, roles):
        return None
    return rows.select(roles.wanted), roles


def _has_doubled(text: pl.Series, playlists: pl.DataFrame, rows: pl.DataFrame, roles: Roles) -> bool:
    """Tell whether a key may stand twice in one object, of which Polars keeps the first: it is there more often.

    A text that is a key's name looks the same, and so does a key of which a letter is escaped.

    Args:
        text: the slice.
        playlists: one row each.
        rows: one row per track.
        roles: which columns are wanted.
    """
    found = [playlists["tracks"], *((playlists if name in _PLAYLIST else rows)[name] for name in roles.wanted)]
    values = 1 + sum(len(column) - column.null_count() for column in found)
    # All keys at once, so that the slice is gone through once: no key is there less often than it has values.
    names = "|".join(("playlists", "tracks", *roles.wanted))
    more = text.str.count_matches(rf'"(?:{names})"|\\u00[4-7]').item() - values
    # With as many nulls more, what may be lost is a null behind a value.
    return bool(more) and more != text.str.count_matches(rf'"(?:{names})"\s*:\s*null').item()


def _has_other_texts(text: pl.Series, rows: pl.DataFrame, roles: Roles) -> bool:
    """Tell whether Polars may have made other texts of what stands there.

    It makes 1.50 a 1.5, which is another playlist or song, and half of a surrogate pair a NUL.
    """
    if any(rows[name].str.contains("\0", literal=True).any() for name in roles.wanted):
        return True
    numbers = [name for name in roles.wanted if rows[name].str.contains(r"^-?[0-9.]+$").any()]
    return bool(numbers) and text.str.contains(rf'"(?:{"|".join(numbers)})"\s*:\s*(?:-0|-?\d+[.eE])').item()


def _schema(roles: Roles) -> dict[str, pl.DataType]:
    """Return the schema of no more than what is needed; text takes numbers too."""
    own = {name: pl.String for name in _PLAYLIST if name in roles.wanted}
    track = pl.Struct({name: pl.String for name in _TRACK if name in roles.wanted})
    return {"playlists": pl.List(pl.Struct(own | {"tracks": pl.List(track)}))}
