"""How rules between single songs are scored: shared playlists, damped where they say little.

::

    score(a → b) = w(a, b) / (w(a) + 10) / n(b) ** popularity_exponent
    w(a, b)      = sum of the weights of the playlists that hold both; w(a) of those that hold a
    weight       = length ** -length_exponent, scaled so that the mean over all rows of the dataset is 1

A long playlist says less about any two of its songs, a song that is in every other playlist follows from everything,
and two of two playlists are less sure than ninety of a hundred. What is best depends on how dense a dataset is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.mining.pair_scoring import PairScoring
from playlist_trainer.mining.transactions import Transactions

SHRINKAGE = 10.0
_BLOCK_ITEMS = 1 << 22


@dataclass(frozen=True)
class Damping:
    """The exponents of the score.

    Attributes:
        length_exponent: 0 lets every playlist count the same, 1 a playlist of twice the length half.
        popularity_exponent: 0 takes no notice of how popular a consequent is.
    """

    length_exponent: float = 0.5
    popularity_exponent: float = 0.2

    def weights(self, transactions: Transactions) -> NDArray[np.float32]:
        """Return the weight of each transaction; an empty one has that of a single song."""
        lengths = np.maximum(np.diff(transactions.offsets), 1)
        return self.weights_by_length(np.bincount(lengths))[lengths]

    def weights_by_length(self, playlist_counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the weight of a transaction by its length; of a length that there is none of, it says nothing.

        Args:
            playlist_counts: transactions of each length, from 0 on; none of length 0.
        """
        lengths = np.maximum(np.arange(len(playlist_counts)), 1).astype(np.float64)
        weights = lengths**-self.length_exponent
        row_counts = playlist_counts * lengths
        # In the order of the lengths, not of the transactions: the sum is the same wherever the transactions are.
        scale = np.dot(weights, row_counts) / row_counts.sum() if row_counts.any() else 1.0
        weights32: NDArray[np.float32] = (weights / scale).astype(np.float32)
        return weights32

    def scoring(self, transactions: Transactions) -> PairScoring:
        """Return the weights and factors for these transactions."""
        weights = self.weights(transactions)
        counts, weighted = _sums(transactions, weights)
        return PairScoring(
            weights=weights,
            antecedent_factors=1 / (weighted + SHRINKAGE),
            consequent_factors=np.maximum(counts, 1.0) ** -self.popularity_exponent,
        )


def _sums(transactions: Transactions, weights: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each song its transactions and their summed weights; in blocks, as bincount copies its input."""
    counts, weighted = np.zeros(transactions.item_count), np.zeros(transactions.item_count)
    per_item = np.repeat(weights, np.diff(transactions.offsets))
    for begin in range(0, len(transactions.items), _BLOCK_ITEMS):
        items = transactions.items[begin : begin + _BLOCK_ITEMS]
        counts += np.bincount(items, minlength=transactions.item_count)
        weighted += np.bincount(items, per_item[begin : begin + _BLOCK_ITEMS], minlength=transactions.item_count)
    return counts, weighted
