"""Which columns of a dataset are the playlist, the song and what describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from playlist_trainer.dataset.printable import listed, printable
from playlist_trainer.errors import DatasetError
from playlist_trainer.settings import Settings, names_of

BETWEEN_PLAYLIST_COLUMNS = "\x1f"
BETWEEN_ITEM_COLUMNS = " – "
BETWEEN_ELEMENTS = ", "  # where a song has a list of artists
# Compared without case, blanks, underscores and the like: "Track Name", trackname and track_name are one spelling.
TITLE_SPELLINGS = ("trackname", "tracktitle", "songname", "songtitle", "title", "song", "track")
ARTIST_SPELLINGS = ("artistname", "artistnames", "trackartist", "artist", "artists")
URI_SPELLINGS = ("trackuri", "spotifyuri", "spotifytrackuri", "uri")
_TRIMMED = " \t\r\n\"'\u00a0\ufeff"


class NoPlaylistColumnError(DatasetError):
    """No column is called as the playlist's should be."""


@dataclass(frozen=True)
class Columns:
    """The columns as the settings name them.

    Attributes:
        item: what names a song: one column, or title and artist.
        playlist: what names a playlist: one column or several.
        separator: what stands between the fields of a CSV line; "" to find it.
    """

    item: tuple[str, ...]
    playlist: tuple[str, ...]
    separator: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the names apart at their commas."""
        item, playlist = settings.item_column.split(","), settings.playlist_column.split(",")
        return cls(tuple(item), tuple(playlist), settings.separator)


@dataclass(frozen=True)
class Roles:
    """The columns as the dataset names them; "" where it has none."""

    item: tuple[str, ...]
    playlist: tuple[str, ...]
    title: str
    artist: str
    uri: str

    @classmethod
    def among(cls, found: Sequence[str], columns: Columns, shown: str) -> Self:
        """Find the columns.

        Args:
            found: the names of all columns, as the dataset spells them.
            columns: what is looked for.
            shown: how messages name the dataset.

        Raises:
            DatasetError: one is missing, or there are two of that name.
        """
        playlist = _named(columns.playlist, found, "playlist_column", shown)
        item = _named(columns.item, found, "item_column", shown)
        title, artist = spelt(TITLE_SPELLINGS, found), spelt(ARTIST_SPELLINGS, found)
        if len(item) > 1:
            title, artist = title or item[0], artist or item[1]
        return cls(item, playlist, title, artist, spelt(URI_SPELLINGS, found))

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return every column that is needed, each once."""
        names = (*self.playlist, *self.item, self.title, self.artist, self.uri)
        return tuple(dict.fromkeys(filter(None, names)))


def trimmed(name: str) -> str:
    """Return a column's name without blanks and quotes around it; around inner commas neither."""
    return ",".join(part.strip(_TRIMMED) for part in name.split(","))


def rows_left_out(reason: str, count: int) -> pl.DataFrame:
    """Return lines that are no rows in the form that numbering takes.

    Returns:
        columns playlist, song (String, null) and reason (String): the same one in each row.
    """
    nothing = pl.lit(None, pl.String)
    return pl.select(playlist=nothing, song=nothing, reason=pl.lit(reason).repeat_by(count).explode())


def tidied(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return rows in the form that numbering takes.

    Args:
        frame: the wanted columns; one row per song of a playlist, duplicates allowed.
        roles: what they are.

    Returns:
        columns playlist, song and, where the dataset has them, title, artist, uri (String; trimmed, NFC, null where
        empty); the same rows in the same order.
    """
    # Polars takes "*" and "^t.*$" for patterns; numbers as names are none.
    number = {name: str(position) for position, name in enumerate(roles.wanted)}
    texts = _texts(pl.DataFrame([frame[name].alias(short) for name, short in number.items()]))
    playlist = pl.concat_str([number[name] for name in roles.playlist], separator=BETWEEN_PLAYLIST_COLUMNS)
    song = pl.concat_str([number[name] for name in roles.item], separator=BETWEEN_ITEM_COLUMNS, ignore_nulls=True)
    described = {"title": roles.title, "artist": roles.artist, "uri": roles.uri}
    return texts.select(
        playlist.alias("playlist"),
        # A song may lack its artist, but not its title.
        pl.when(pl.col(number[roles.item[0]]).is_not_null()).then(song).alias("song"),
        **{role: pl.col(number[name]) for role, name in described.items() if name},
    )


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    stripped = pl.all().cast(pl.String).str.strip_chars()
    texts = frame.select(stripped)
    foreign = texts.select(pl.all().str.len_bytes() != pl.all().str.len_chars())
    for name in texts.columns:
        # ASCII is composed already; normalising every text would take longer than all the rest of reading.
        if (places := foreign[name].arg_true()).len():
            composed = texts[name].gather(places).str.normalize("NFC")
            texts = texts.with_columns(texts[name].scatter(places, composed))
    return texts.select(pl.when(pl.all() != "").then(pl.all()))


def _named(names: tuple[str, ...], found: Sequence[str], setting: str, shown: str) -> tuple[str, ...]:
    """Return the columns of these names; a name that holds commas itself goes before its parts."""
    columns: list[str] = []
    start = 0
    while start < len(names):
        for end in range(len(names), start, -1):
            if matches := _matching(",".join(names[start:end]), found):
                break
        else:
            raise _no_column(names[start], found, setting, shown)
        if len(matches) > 1:
            raise DatasetError(
                f"{shown}: {len(matches)} columns called {printable(matches[0])!r}: "
                f"give them different names, or name another with {names_of(setting)}"
            )
        columns += matches
        start = end
    return tuple(dict.fromkeys(columns))


def _matching(name: str, found: Sequence[str]) -> list[str]:
    return [c for c in found if c == name] or [c for c in found if trimmed(c) == trimmed(name)]


def _no_column(name: str, found: Sequence[str], setting: str, shown: str) -> DatasetError:
    kind = NoPlaylistColumnError if setting == "playlist_column" else DatasetError
    return kind(
        f"{shown}: no column {printable(trimmed(name))!r}, found {listed([trimmed(c) for c in found])}: "
        f"name the right one with {names_of(setting)}"
    )


def spelt(spellings: Sequence[str], found: Sequence[str]) -> str:
    """Return the column that has the first of the spellings; "" if none has one."""
    by_spelling = {"".join(filter(str.isalnum, c.casefold())): c for c in reversed(found)}
    return next((by_spelling[spelling] for spelling in spellings if spelling in by_spelling), "")
