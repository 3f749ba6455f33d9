"""From rows of text to numbered playlists and songs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_model import Songs
from playlist_trainer.dataset.catalogue import catalogue
from playlist_trainer.dataset.listings import Listings, id_hashes
from playlist_trainer.dataset.pairs import has_rows, row_counts, transactions_from
from playlist_trainer.dataset.printable import counted
from playlist_trainer.dataset.text_column import text_column
from playlist_trainer.errors import DatasetError
from playlist_trainer.mining.transactions import Transactions

_UNUSABLE_SHARE = 0.1


@dataclass(frozen=True)
class Playlists:
    """A dataset in numbers.

    Attributes:
        transactions: one per playlist, by playlist id; song ids by descending support_count, then by name.
        playlist_hashes: uint64, one per transaction: a hash of the playlist's id and of nothing else, so that all
            trainings hold out the same playlists.
        songs: the catalogue, row = song id: columns song, title, artist (String, nullable), artist_count (UInt32), uri
            (String, nullable).
        support_counts: int64, one per song.
        row_count: rows of the dataset, those included that could not be used.
        unusable: rows that could not be used, by reason; lines that repeat a header among them.
    """

    transactions: Transactions
    playlist_hashes: NDArray[np.uint64]
    songs: pl.DataFrame
    support_counts: NDArray[np.int64]
    row_count: int
    unusable: Mapping[str, int]

    @property
    def unusable_row_count(self) -> int:
        """How many rows could not be used, for whatever reason."""
        return sum(self.unusable.values())

    def catalogue(self) -> Songs:
        """Return the song table of a model."""
        return Songs.build(**self.song_columns())

    def song_columns(self) -> dict[str, Any]:
        """Return what ``Songs.build`` makes a table from: by then, the frame of songs need not be there any more."""
        return song_columns(self.songs, self.support_counts)


def song_columns(songs: pl.DataFrame, support_counts: NDArray[np.integer[Any]]) -> dict[str, Any]:
    """Return what ``Songs.build`` makes a table from, for a catalogue and the counts of its songs."""
    names, titles, uris = songs["song"], songs["title"], songs["uri"]
    return {
        "names": text_column(names),
        "support_counts": support_counts,
        "artists": text_column(songs["artist"]),
        "artist_counts": songs["artist_count"].to_numpy(),
        "titles": None if (names == titles).all() else text_column(titles),
        "uris": None if uris.null_count() == len(uris) else text_column(uris),
    }


def numbered(batches: Iterable[pl.DataFrame], max_playlists: int = 0, seed: int = 0) -> Playlists:
    """Number playlists and songs; the result depends neither on the order of the rows nor on the batches.

    Args:
        batches: columns playlist, song and maybe title, artist, uri (String, null where empty); one row per listing,
            duplicates allowed.
        max_playlists: keep a sample of this many playlists, those whose ids have the smallest seeded hashes; 0 for all.
        seed: of these hashes.

    Raises:
        DatasetError: there are no rows, or over a tenth can't be used.
    """
    return encoded(gathered(batches, max_playlists, seed))


def gathered(
    batches: Iterable[pl.DataFrame], max_playlists: int = 0, seed: int = 0, shown: str = "the dataset"
) -> Listings:
    """Do the first part of ``numbered``: read all rows.

    Args:
        batches: as of ``numbered``.
        max_playlists: as of ``numbered``.
        seed: as of ``numbered``.
        shown: how messages name the dataset.

    Raises:
        DatasetError: there are no rows, or over a tenth can't be used.
    """
    listings = Listings(max_playlists, seed)
    for batch in batches:
        listings.add(batch)
    rows = listings.row_count - listings.left_out.total()
    check_usable(rows, listings.unusable, shown, listings.first_unusable)
    return listings


def encoded(listings: Listings) -> Playlists:
    """Do the second part of ``numbered``, which uses the listings up: sort and count."""
    listings.sample()
    listings.forget_keys()
    playlist_numbers, ids = alphabetical_numbers(listings.ids(), has_rows(listings.rows, listings.playlist_count))
    descriptions = listings.drained_descriptions()
    counts = row_counts(listings.rows, len(descriptions))
    song_numbers, names = alphabetical_numbers(descriptions["song"], counts > 0)
    by_name = transactions_from(listings.rows, playlist_numbers, song_numbers)
    support_counts = by_name.support_counts()
    order = np.argsort(-support_counts, kind="stable")
    song_ids = np.empty(len(order), dtype=np.int32)
    song_ids[order] = np.arange(len(order), dtype=np.int32)
    transactions = by_name.renumbered(song_ids)
    del by_name  # as large as all that follows
    used = np.flatnonzero(counts)
    described = descriptions[used] if len(used) < len(counts) else descriptions
    described = described.select("title", "artist", "uri", row_count=counts[used], song_id=song_ids[song_numbers[used]])
    return Playlists(
        transactions=transactions,
        playlist_hashes=id_hashes(ids),
        songs=catalogue(names.gather(order), described),
        support_counts=support_counts[order],
        row_count=listings.row_count,
        unusable={**listings.unusable, **listings.left_out},
    )


def check_usable(rows: int, unusable_by_reason: Mapping[str, int], shown: str, first: int | None = None) -> None:
    """Refuse a dataset of which too little can be used.

    Args:
        rows: of the dataset, those included that can't be used.
        unusable_by_reason: how many can't, by reason.
        shown: how messages name the dataset.
        first: the number of the first row that can't be used, from 1; None where nobody knows it.

    Raises:
        DatasetError: there are no rows, or over a tenth can't be used.
    """
    if rows == 0:
        raise DatasetError(f"{shown}: no rows: expected one row per song of a playlist; check the file")
    unusable = sum(unusable_by_reason.values())
    if unusable == rows or unusable > _UNUSABLE_SHARE * rows:
        reasons = ", ".join(f"{count} with {reason}" for reason, count in unusable_by_reason.items() if count)
        where = f"; the first is row {first}, not counting a header" if first else ""
        have = "has" if unusable == 1 else "have"
        raise DatasetError(
            f"{shown}: {unusable} of {counted(rows, 'row')} {have} no playlist or no song ({reasons}{where}): "
            "expected at most a tenth; check the columns and the file"
        )


def alphabetical_numbers(
    texts: pl.Series, used: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int32], pl.Series]:
    """Return the place of each used text among the distinct used ones in alphabetical order, and those.

    Args:
        texts: String, without nulls.
        used: which of them count; all by default.
    """
    rows = np.arange(len(texts)) if used is None else np.flatnonzero(used)
    order = rows[texts.gather(rows).arg_sort().to_numpy()]
    ordered = texts.gather(order)
    is_first = (ordered != ordered.shift()).fill_null(True)
    numbers = np.full(len(texts), -1, dtype=np.int32)
    numbers[order] = is_first.cum_sum().to_numpy() - 1
    return numbers, ordered.filter(is_first)
