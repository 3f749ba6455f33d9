"""Songs counted and described over all: what each piece and each range of playlists says of them, put together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_trainer.dataset.catalogue import catalogue
from playlist_trainer.dataset.playlists import alphabetical_numbers
from playlist_trainer.spark.gathering import GatheredPlaylists, song_keys
from playlist_trainer.spark.listing import Piece

# Of one record, some 12 MB: Java holds a record whole, more than once, in a fraction of an executor's memory.
_RECORD_SONGS = 1 << 15
_DESCRIPTION = ("song", "title", "artist", "uri")


@dataclass(frozen=True)
class Described:
    """Descriptions of some songs from one piece: as in ``Piece``, with row_count (Int64, above 0)."""

    frame: pl.DataFrame


@dataclass(frozen=True)
class Counted:
    """How many playlists of a range hold each of some songs: keys (uint64, distinct) and support_counts (int64)."""

    keys: NDArray[np.uint64]
    support_counts: NDArray[np.int64]


@dataclass(frozen=True)
class SongRows:
    """Some songs of the catalogue.

    Attributes:
        frame: columns song, title, artist, artist_count, uri as ``catalogue`` returns them, key (UInt64) and
            support_count (Int64, above 0); those that are learned from, or some of them.
        song_count: how many of a task there are with those that only held-out playlists have; 0 but in one part.
        has_clash: two names have the same key, so that nothing that was counted can be used.
    """

    frame: pl.DataFrame
    song_count: int
    has_clash: bool

    def parts(self) -> Iterator["SongRows"]:
        """Yield a task's songs, not too many at a time; at least one part."""
        for begin in range(0, max(1, len(self.frame)), _RECORD_SONGS):
            part = self.frame[begin : begin + _RECORD_SONGS]
            yield SongRows(part, 0 if begin else self.song_count, self.has_clash)


def described_songs(pieces: Iterable[Piece], targets: int, key_seed: int) -> Iterator[tuple[int, Described]]:
    """Yield each piece's descriptions, for the task that has their songs."""
    for piece in pieces:
        counts = np.bincount(piece.rows & np.int64(0xFFFFFFFF), minlength=len(piece.descriptions))
        used = np.flatnonzero(counts)
        frame = piece.descriptions[used].with_columns(row_count=counts[used])
        for target, rows in _by_target(song_keys(frame["song"], key_seed), targets):
            yield target, Described(frame[rows])


def counted_songs(
    gathered: GatheredPlaylists, learned: NDArray[np.bool_], targets: int
) -> Iterator[tuple[int, Counted]]:
    """Yield in how many playlists each song is, for the task that has it.

    Args:
        gathered: the playlists.
        learned: which of them count.
        targets: how many tasks there are.
    """
    codes = gathered.codes[np.repeat(learned, gathered.lengths)]
    counts = np.bincount(codes, minlength=len(gathered.keys))
    found = np.flatnonzero(counts)
    for target, rows in _by_target(gathered.keys[found], targets):
        yield target, Counted(gathered.keys[found[rows]], counts[found[rows]])


def song_rows(parts: Iterable[Described | Counted], key_seed: int) -> SongRows | None:
    """Describe and count the songs of one task; None where it has none."""
    found = list(parts)
    frames = [part.frame for part in found if isinstance(part, Described)]
    if not frames:
        return None
    descriptions = pl.concat(frames).group_by(_DESCRIPTION).agg(pl.col("row_count").sum())
    numbers, names = alphabetical_numbers(descriptions["song"])
    described = descriptions.select("title", "artist", "uri", "row_count", song_id=numbers)
    keys = song_keys(names, key_seed)
    counts = _support_counts(keys, [part for part in found if isinstance(part, Counted)])
    frame = catalogue(names, described).with_columns(key=keys, support_count=counts)
    has_clash = len(np.unique(keys)) < len(keys)
    return SongRows(frame.filter(pl.col("support_count") > 0), len(frame), has_clash)


def _support_counts(keys: NDArray[np.uint64], counted: list[Counted]) -> NDArray[np.int64]:
    counts = np.zeros(len(keys), dtype=np.int64)
    order = np.argsort(keys)
    for part in counted:
        # Each key of a part is there once, so that none is added to twice here.
        counts[order[np.searchsorted(keys, part.keys, sorter=order)]] += part.support_counts
    return counts


def _by_target(keys: NDArray[np.uint64], targets: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the rows that go to each task which gets any, not too many at a time."""
    target = (keys % np.uint64(targets)).astype(np.int64)
    order = np.argsort(target, kind="stable")
    edges = np.searchsorted(target[order], np.arange(targets + 1))
    for number in range(targets):
        for begin in range(edges[number], edges[number + 1], _RECORD_SONGS):
            yield number, order[begin : min(begin + _RECORD_SONGS, edges[number + 1])]
