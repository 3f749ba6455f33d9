"""Playlists that are split over files, brought together: rows go to the task that has their range of playlist ids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of
from playlist_trainer.dataset.listings import id_hashes
from playlist_trainer.dataset.playlists import alphabetical_numbers
from playlist_trainer.spark.listing import FileNote, Piece, seeded_hashes

_ROWS_PER_RANGE = 1 << 21
_LOWER = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class Sample:
    """Which playlists are learned from: those whose seeded hash is at most ``largest``; None for all of them."""

    seed: int
    largest: int | None

    @classmethod
    def of(cls, notes: Sequence[FileNote], max_playlists: int, seed: int) -> "Sample":
        """Find where the sample ends, from the smallest hashes of each file."""
        if not max_playlists:
            return cls(seed, None)
        smallest = np.unique(np.concatenate([note.smallest for note in notes]))[:max_playlists]
        return cls(seed, int(smallest[-1]) if len(smallest) else 0)

    def of_piece(self, piece: Piece) -> Piece:
        """Return the piece without the rows of other playlists; numbers stay."""
        if self.largest is None:
            return piece
        chosen = seeded_hashes(piece.ids, self.seed) <= np.uint64(self.largest)
        return Piece(piece.ids, piece.rows[chosen[piece.rows >> 32]], piece.descriptions)


@dataclass(frozen=True)
class SomeRows:
    """Rows of a range of playlists, from one piece.

    Attributes:
        ids: String, ascending, distinct.
        lengths: int32, one per id.
        songs: uint64, keys of songs, playlist after playlist; duplicates allowed.
    """

    ids: pl.Series
    lengths: NDArray[np.int32]
    songs: NDArray[np.uint64]


@dataclass(frozen=True)
class GatheredPlaylists:
    """All playlists of a range of ids, by id.

    Attributes:
        hashes: uint64, one per playlist; of its id.
        offsets: int64, playlists + 1; of ``codes``.
        codes: int32; places in ``keys``, distinct and ascending within a playlist.
        keys: uint64, ascending; of the songs.
    """

    hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    codes: NDArray[np.int32]
    keys: NDArray[np.uint64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Songs of each playlist."""
        return np.diff(self.offsets)


def song_keys(songs: pl.Series, key_seed: int) -> NDArray[np.uint64]:
    """Return a hash of each song's name, which stands for it until songs are numbered."""
    return songs.hash(seed=key_seed).to_numpy()


def range_bounds(notes: Sequence[FileNote], at_least: int) -> pl.Series:
    """Return the ids at which ranges of about as many rows each begin, but for the first: String, ascending."""
    ranges = max(at_least, -(-sum(note.row_count for note in notes) // _ROWS_PER_RANGE))
    sample = (
        pl.DataFrame(
            {
                "id": pl.concat([note.id_sample for note in notes]),
                "rows": np.concatenate([note.id_rows for note in notes]),
            }
        )
        .group_by("id")
        .agg(pl.col("rows").sum())
        .sort("id")
    )
    if not len(sample):
        return sample["id"]
    upto = np.cumsum(sample["rows"].to_numpy())
    places = np.searchsorted(upto, upto[-1] * np.arange(1, ranges) / ranges, side="right")
    return sample["id"].gather(np.unique(places[places < len(sample)]))


def rows_by_range(pieces: Iterable[Piece], bounds: pl.Series, key_seed: int) -> Iterator[tuple[int, SomeRows]]:
    """Yield the rows of each range of playlist ids, a piece at a time."""
    for piece in pieces:
        if not len(piece.rows):
            continue
        keys = song_keys(piece.descriptions["song"], key_seed)
        order = piece.ids.arg_sort().to_numpy()
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        ids = piece.ids.gather(order)
        rows = place[piece.rows >> 32] << 32 | piece.rows & _LOWER
        rows.sort()
        lengths = np.bincount(rows >> 32, minlength=len(ids)).astype(np.int32)
        songs = keys[rows & _LOWER]
        row_offsets = offsets_of(lengths)
        cuts = ids.search_sorted(bounds, side="left").to_numpy() if len(bounds) else np.empty(0, np.int64)
        edges = [0, *cuts.tolist(), len(ids)]
        for target, (begin, end) in enumerate(pairwise(edges)):
            if row_offsets[end] > row_offsets[begin]:
                used = np.flatnonzero(lengths[begin:end])
                part = songs[row_offsets[begin] : row_offsets[end]]
                yield target, SomeRows(ids.gather(begin + used), lengths[begin:end][used], part)


def gathered_playlists(parts: Iterable[SomeRows]) -> GatheredPlaylists | None:
    """Bring together what all pieces have of one range; None where there is nothing."""
    found = list(parts)
    if not found:
        return None
    numbers, ids = alphabetical_numbers(pl.concat([part.ids for part in found]))
    keys, codes = np.unique(np.concatenate([part.songs for part in found]), return_inverse=True)
    pairs = np.repeat(numbers.astype(np.int64), np.concatenate([part.lengths for part in found])) << 32
    del found
    pairs |= codes
    pairs.sort()
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    offsets = np.searchsorted(pairs, np.arange(len(ids) + 1, dtype=np.int64) << 32)
    return GatheredPlaylists(id_hashes(ids), offsets, (pairs & _LOWER).astype(np.int32), keys)
