"""EASE^R and item-kNN: what rules are compared with. Neither ever holds a matrix of songs × songs.

EASE^R (Steck, 2019) learns weights between songs from X, playlists × songs: with P = (XᵀX + λI)⁻¹ the weight from song
i to song j is -P[i, j] / P[j, j], and 0 from a song to itself. By Woodbury's identity P = (I - XᵀMX) / λ, where
M = (XXᵀ + λI)⁻¹ is playlists × playlists. So a request that asks with the songs q has the scores

    q XᵀMX / (1 - diag(XᵀMX))       EASE^R
    q/√n XᵀX / √n                   item-kNN by cosine, all neighbours; n are the songs' counts

for all songs that it does not ask with: both are playlist weights, summed over the playlists of each song.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of, rows_of
from playlist_model.ranking import best_rows
from playlist_trainer.evaluation.split import LIMIT
from playlist_trainer.mining.transactions import Transactions

_REQUESTS_AT_ONCE = 32


@dataclass(frozen=True)
class Incidence:
    """Which playlists hold which song.

    Attributes:
        playlists: what is learned from, songs numbered by falling popularity.
        counts: int64, one per song that some playlist holds; these are the songs that are answered with.
        offsets: int64, one more than ``counts``.
        holders: int64; song s stands in the playlists ``holders[offsets[s]:offsets[s + 1]]``.
    """

    playlists: Transactions
    counts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    holders: NDArray[np.int64]

    @classmethod
    def of(cls, playlists: Transactions) -> "Incidence":
        """Turn playlists of songs into songs with playlists."""
        counts = playlists.support_counts()
        known = int(np.count_nonzero(counts))
        if np.any(np.diff(counts) > 0):
            raise ValueError("songs in another order than by falling popularity: renumber them first")
        holders = np.repeat(np.arange(len(playlists)), np.diff(playlists.offsets))
        by_song = np.argsort(playlists.items, kind="stable")
        return cls(playlists, counts[:known], offsets_of(counts[:known]), holders[by_song])

    def gram(self) -> NDArray[np.float64]:
        """Return XXᵀ: how many songs two playlists share."""
        size = len(self.playlists)
        gram = np.empty((size, size))
        for playlist, (_, _, holders) in enumerate(self._neighbours()):
            gram[playlist] = np.bincount(holders, minlength=size)
        return gram

    def diagonal(self, between: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return diag(XᵀMX), one number per song, of a matrix of playlists × playlists."""
        sums = np.zeros(len(self.counts))
        for playlist, (songs, starts, holders) in enumerate(self._neighbours()):
            if len(songs):
                sums[songs] += np.add.reduceat(between[playlist, holders], starts)
        return sums

    def weights(self, asked: Sequence[NDArray[np.int32]], per_song: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return qXᵀ, requests × playlists: the numbers of the songs that a request and a playlist share, summed."""
        weights = np.zeros((len(asked), len(self.playlists)))
        for request, songs in enumerate(asked):
            for song in songs[songs < len(self.counts)].tolist():
                weights[request, self.holders[self.offsets[song] : self.offsets[song + 1]]] += per_song[song]
        return weights

    def scores(self, weights: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """Yield for each request, which weighs playlists, the sum of the weights of each song's playlists."""
        for begin in range(0, len(weights), _REQUESTS_AT_ONCE):
            gathered = weights[begin : begin + _REQUESTS_AT_ONCE].take(self.holders, axis=1)
            yield from np.add.reduceat(gathered, self.offsets[:-1], axis=1)

    def _neighbours(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]]:
        """Yield for each playlist its songs, and all playlists that hold them, song by song, with where each begins."""
        for playlist in range(len(self.playlists)):
            songs = self.playlists[playlist]
            counts = self.counts[songs]
            yield songs, offsets_of(counts)[:-1], self.holders[rows_of(self.offsets[songs], counts)]


@dataclass(frozen=True)
class Rival:
    """One way to answer: the songs with the highest score.

    Attributes:
        name: in the tables.
        weights: float64, requests × playlists.
        song_factors: float64, what the sum over a song's playlists is multiplied by.
    """

    name: str
    weights: NDArray[np.float64]
    song_factors: NDArray[np.float64]

    def scores(self, incidence: Incidence) -> Iterator[NDArray[np.float64]]:
        """Yield the scores of one request after another."""
        for sums in incidence.scores(self.weights):
            yield sums * self.song_factors


def rivals(incidence: Incidence, asked: Sequence[NDArray[np.int32]], lambdas: Sequence[float]) -> Iterator[Rival]:
    """Yield item-kNN, then EASE^R with each λ; one at a time, as each is as large as requests × playlists."""
    roots: NDArray[np.float64] = 1 / np.sqrt(incidence.counts)
    yield Rival("item-kNN", incidence.weights(asked, roots), roots)
    weights, gram = incidence.weights(asked, np.ones(len(incidence.counts))), incidence.gram()
    for regularization in lambdas:
        between = np.linalg.inv(gram + regularization * np.eye(len(gram))).astype(np.float64, copy=False)
        yield Rival(f"EASE^R, λ {regularization:g}", weights @ between, 1 / (1 - incidence.diagonal(between)))


def recall(rival: Rival, incidence: Incidence, playlists: Sequence[NDArray[np.int32]], seed_count: int) -> float:
    """Return recall@10, 0..1, as the trainer's evaluation counts it.

    Args:
        rival: made for the first ``seed_count`` songs of these playlists.
        incidence: that it was made from.
        playlists: song ids in random order; those that are not known can't be answered with.
        seed_count: songs that are asked with.
    """
    total = 0.0
    for songs, scores in zip(playlists, rival.scores(incidence), strict=True):
        seeds, wanted = songs[:seed_count], songs[seed_count:]
        scores[seeds[seeds < len(scores)]] = -np.inf
        total += np.isin(best_rows(scores, LIMIT), wanted).sum() / min(LIMIT, len(wanted))
    return total / max(len(playlists), 1)
