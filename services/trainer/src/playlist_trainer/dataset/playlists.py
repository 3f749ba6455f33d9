"""From rows of text to numbered playlists and songs."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_model import Songs
from playlist_trainer.errors import DatasetError
from playlist_trainer.mining.transactions import Transactions

_UNUSABLE_SHARE = 0.1


@dataclass(frozen=True)
class Playlists:
    """A dataset in numbers.

    Attributes:
        transactions: one a playlist, by playlist id; song ids by descending support_count, then by name.
        songs: the catalogue, row = song id: columns song, title, artist (String, nullable), artist_count (UInt32).
        support_counts: int64, one a song.
        playlist_hashes: uint64, one a transaction; of the playlist's id.
        row_count: rows of the dataset, those included that could not be used.
        unusable_row_count: rows without a playlist or without a song.
    """

    transactions: Transactions
    songs: pl.DataFrame
    support_counts: NDArray[np.int64]
    playlist_hashes: NDArray[np.uint64]
    row_count: int
    unusable_row_count: int

    def catalogue(self) -> Songs:
        """Give the song table of a model."""
        names, titles = self.songs["song"], self.songs["title"]
        return Songs.build(
            names=names.to_list(),
            support_counts=self.support_counts,
            artists=self.songs["artist"].fill_null("").to_list(),
            artist_counts=self.songs["artist_count"].to_numpy(),
            titles=None if (names == titles).all() else titles.to_list(),
        )


def numbered(rows: pl.DataFrame, max_playlists: int = 0, seed: int = 0) -> Playlists:
    """Number playlists and songs.

    Args:
        rows: columns playlist, song, title, artist (Categorical, nullable); one row per listing, duplicates allowed.
        max_playlists: keep a random sample of this many playlists; 0 for all.
        seed: what the sample is drawn by.

    Raises:
        DatasetError: no row can be used, or over a tenth can't.
    """
    usable = rows.filter(pl.col("playlist").is_not_null() & pl.col("song").is_not_null())
    unusable = len(rows) - len(usable)
    if len(usable) == 0 or unusable > _UNUSABLE_SHARE * len(rows):
        raise DatasetError(
            f"{unusable} of {len(rows)} rows have no playlist or no song: expected at most a tenth; "
            "check the columns and the file"
        )
    if max_playlists:
        usable = _sampled(usable, max_playlists, seed)
    playlist_codes, playlist_ids = _codes(usable["playlist"])
    song_codes, names = _codes(usable["song"])
    transactions, order, counts = _transactions(playlist_codes, song_codes, len(names))
    songs = _catalogue(usable, names.gather(order))
    return Playlists(transactions, songs, counts, _hashes(playlist_ids), len(rows), unusable)


def _hashes(texts: pl.Series) -> NDArray[np.uint64]:
    """Return a hash of 64 bits for each text, the same on every machine."""
    digests = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _sampled(rows: pl.DataFrame, max_playlists: int, seed: int) -> pl.DataFrame:
    playlists = rows["playlist"].unique().cast(pl.String).sort()
    if len(playlists) <= max_playlists:
        return rows
    chosen = np.random.default_rng(seed).choice(len(playlists), max_playlists, replace=False)
    return rows.filter(pl.col("playlist").is_in(playlists.gather(chosen).cast(pl.Categorical).implode()))


def _codes(texts: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """Give each text's number in the sorted list of distinct texts, and that list."""
    found = pl.DataFrame({"category": texts.to_physical(), "text": texts}).unique("category")
    # Categories are numbered in the order in which threads met them; sorted texts are the same in each training.
    found = found.with_columns(pl.col("text").cast(pl.String)).sort("text")
    number_of = np.zeros(int(found["category"].max()) + 1, dtype=np.int64)  # type: ignore[arg-type]
    number_of[found["category"].to_numpy()] = np.arange(len(found))
    return number_of[texts.to_physical().to_numpy()], found["text"]


def _transactions(
    playlists: NDArray[np.int64], songs: NDArray[np.int64], song_count: int
) -> tuple[Transactions, NDArray[np.int64], NDArray[np.int64]]:
    """Give the transactions, the old number of each song in its new order, and the songs' counts in that order."""
    pairs = np.sort(playlists * song_count + songs)  # np.unique takes 20 times as long for millions of pairs
    # A song named twice in one playlist counts once.
    playlists, songs = np.divmod(pairs[np.append(True, pairs[1:] != pairs[:-1])], song_count)
    counts = np.bincount(songs, minlength=song_count)
    order = np.argsort(-counts, kind="stable")
    new_number = np.empty_like(order)
    new_number[order] = np.arange(song_count)
    items = np.sort(playlists * song_count + new_number[songs]) - playlists * song_count
    offsets = np.concatenate(([0], np.cumsum(np.bincount(playlists))))
    return Transactions(offsets, items.astype(np.int32), song_count), order, counts[order]


def _catalogue(rows: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Describe each song by its most frequent title and artist, and say how many artists share its name."""
    described = pl.DataFrame({"song": names})
    for column in ("title", "artist"):
        listings = rows.filter(pl.col(column).is_not_null()).group_by("song", column).len()
        listings = listings.cast({"song": pl.String, column: pl.String})
        # Equal frequencies go to the first in the alphabet, so that two trainings agree.
        chosen = listings.sort("len", column, descending=[True, False]).group_by("song", maintain_order=True)
        summary = chosen.agg(pl.col(column).first(), pl.len().alias(f"{column}_count"))
        described = described.join(summary, on="song", how="left", maintain_order="left")
    return described.select(
        "song", pl.col("title").fill_null(pl.col("song")), "artist", pl.col("artist_count").fill_null(0)
    )
