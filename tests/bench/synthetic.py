"""Made-up playlists: songs of Zipf popularity, and listeners with a taste."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

_BLOCK = 5_000  # playlists drawn at once


@dataclass(frozen=True)
class Shape:
    """How many playlists are made up, and from what.

    Attributes:
        playlists: how many.
        songs_per_playlist: in each of them, distinct.
        songs: in the catalogue.
        clusters: tastes; each playlist has one, each song belongs to one.
        taste_share: share of a playlist's draws that come from its own cluster; the others follow popularity alone.
        exponent: of Zipf's law: the song of rank r is drawn in proportion to r to the power of minus this.
        seed: of every draw.
    """

    playlists: int
    songs_per_playlist: int
    songs: int
    clusters: int
    taste_share: float = 0.8
    exponent: float = 0.7
    seed: int = 0

    @property
    def name(self) -> str:
        """What a file of them is called: different shapes, different names."""
        parts = (self.playlists, self.songs_per_playlist, self.songs, self.clusters)
        return "_".join(map(str, ("made_up", *parts, self.taste_share, self.exponent, self.seed)))

    @property
    def rows(self) -> int:
        """How many rows a file of them has."""
        return self.playlists * self.songs_per_playlist

    @property
    def density(self) -> float:
        """Share of all pairs of a playlist and a song that are in the data, 0..1."""
        return self.songs_per_playlist / self.songs

    def __str__(self) -> str:
        return (
            f"{self.playlists:,} synthetic playlists of {self.songs_per_playlist} of {self.songs:,} songs "
            f"({self.rows:,} rows, density {self.density:.2%}, {self.clusters} taste clusters, Zipf exponent "
            f"{self.exponent:g}, seed {self.seed})"
        )


def drawn(shape: Shape) -> NDArray[np.int32]:
    """Return the songs of each playlist: int32, playlists × songs_per_playlist, distinct within a row."""
    random = np.random.default_rng(shape.seed)
    begins = range(0, shape.playlists, _BLOCK)
    return np.concatenate([_block(shape, random, min(_BLOCK, shape.playlists - begin)) for begin in begins])


def _block(shape: Shape, random: np.random.Generator, playlists: int) -> NDArray[np.int32]:
    clusters = random.integers(shape.clusters, size=(playlists, 1))
    kept = np.empty((playlists, 0), dtype=np.int32)
    lengths = np.zeros(playlists, dtype=np.int64)
    while lengths.min() < shape.songs_per_playlist:
        kept = np.concatenate([kept, _draws(shape, random, clusters)], axis=1)
        firsts = _is_first_in_row(kept)
        lengths = firsts.sum(axis=1)
    place = np.cumsum(firsts, axis=1)
    return kept[firsts & (place <= shape.songs_per_playlist)].reshape(playlists, shape.songs_per_playlist)


def _draws(shape: Shape, random: np.random.Generator, clusters: NDArray[np.int64]) -> NDArray[np.int32]:
    size = (len(clusters), 3 * shape.songs_per_playlist)
    by_popularity = np.searchsorted(_cumulated(shape.songs, shape.exponent), random.random(size))
    in_cluster = np.searchsorted(_cumulated(shape.songs // shape.clusters, shape.exponent), random.random(size))
    # Song s belongs to cluster s % clusters, so that each cluster has its share of the popular songs.
    by_taste = in_cluster * shape.clusters + clusters
    return np.where(random.random(size) < shape.taste_share, by_taste, by_popularity).astype(np.int32)


def _cumulated(count: int, exponent: float) -> NDArray[np.float64]:
    weights = np.arange(1, count + 1) ** -exponent
    cumulated: NDArray[np.float64] = np.cumsum(weights / weights.sum())
    cumulated[-1] = 1.0
    return cumulated


def _is_first_in_row(rows: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which entries have no equal one before them in their row."""
    order = np.argsort(rows, axis=1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=1)
    is_first = np.ones(rows.shape, dtype=np.bool_)
    is_first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    firsts = np.empty_like(is_first)
    np.put_along_axis(firsts, order, is_first, axis=1)
    return firsts


def table_of(shape: Shape) -> pl.DataFrame:
    """Return a file's columns: pid (Int64), track_name, artist_name, track_uri (String); one row per listing."""
    songs = drawn(shape).ravel()
    numbers = range(shape.songs)
    titles = pl.Series([f"Made-up Song No. {number}" for number in numbers])
    artists = pl.Series([f"Band {number % (shape.songs // 10)} of Nowhere" for number in numbers])
    uris = pl.Series([f"made-up:track:{number:022d}" for number in numbers])
    return pl.DataFrame(
        {
            "pid": np.repeat(np.arange(shape.playlists), shape.songs_per_playlist),
            "track_name": titles.gather(songs),
            "artist_name": artists.gather(songs),
            "track_uri": uris.gather(songs),
        }
    )
