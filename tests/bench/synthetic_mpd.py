"""Made-up playlists of the size and shape of the Million Playlist Dataset, a batch of rows at a time.

Lengths are log-normal. Popularity follows Zipf's law with a flattened head, as the real one does: the most popular song
is in one playlist of 25. Each playlist has a taste: most of its songs come from one cluster of the catalogue, so that
songs do meet more than once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BATCH = 10_000  # playlists drawn together


@dataclass(frozen=True)
class MpdShape:
    """How many playlists are made up, and from what.

    Attributes:
        playlists: how many.
        songs: in the catalogue; not all of them need to be drawn.
        mean_draws: songs drawn for a playlist, on average, before the cap and before equal ones become one.
        most_draws: the cap.
        sigma: of the logarithm of the number of draws.
        flat_head: how many songs share the top: song r is drawn in proportion to 1 / (r + flat_head).
        clusters: tastes.
        taste_share: share of draws that come from the playlist's own cluster.
        seed: of every draw.
    """

    playlists: int = 1_000_000
    songs: int = 2_262_292
    mean_draws: float = 75.0
    most_draws: int = 250
    sigma: float = 0.78
    flat_head: float = 60.0
    clusters: int = 400
    taste_share: float = 0.6
    seed: int = 0


def row_batches(shape: MpdShape) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield the rows of a batch of playlists: playlist number and song number, each int32, one per row.

    Playlist numbers ascend from 0 over all batches; songs ascend within a playlist, each once. A smaller song number
    is a more popular song, roughly.
    """
    for begin in range(0, shape.playlists, _BATCH):
        # A generator per batch: the same rows whatever part of them is wanted.
        random = np.random.default_rng((shape.seed, begin))
        count = min(_BATCH, shape.playlists - begin)
        draws = _draw_counts(shape, random, count)
        playlists = np.repeat(np.arange(begin, begin + count), draws)
        tastes = np.repeat(random.integers(shape.clusters, size=count), draws)
        rows = (playlists << 32) | _songs(shape, random, tastes)
        rows.sort()
        rows = rows[np.diff(rows, prepend=-1) != 0]
        yield (rows >> 32).astype(np.int32), rows.astype(np.int32)


def _draw_counts(shape: MpdShape, random: np.random.Generator, count: int) -> NDArray[np.int64]:
    lengths = random.lognormal(np.log(shape.mean_draws) - shape.sigma**2 / 2, shape.sigma, count)
    return np.clip(lengths, 1, shape.most_draws).astype(np.int64)


def _songs(shape: MpdShape, random: np.random.Generator, tastes: NDArray[np.int64]) -> NDArray[np.int64]:
    # The inverse of the cumulated 1 / (r + flat_head), so that no table of all songs is needed.
    drawn = random.random(len(tastes))
    drawn *= np.log1p(shape.songs / shape.flat_head)
    songs = (np.expm1(drawn) * shape.flat_head).astype(np.int64)
    # Song s belongs to cluster s % clusters, so that each cluster has its share of the popular songs.
    own = songs - songs % shape.clusters + tastes
    songs = np.where(random.random(len(tastes)) < shape.taste_share, own, songs)
    return np.minimum(songs, shape.songs - 1)
