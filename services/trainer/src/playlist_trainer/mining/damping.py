"""How rules between single songs are scored: shared playlists, damped where they say little.

::

    score(a → b) = w(a, b) / (w(a) + shrinkage) / n(b) ** popularity_exponent
    w(a, b)      = sum over the playlists that hold a and b of (mean length / its length) ** length_exponent

A long playlist says less about any two of its songs; a song that is in every other playlist follows from everything;
and two of two playlists are less sure than ninety of a hundred.
"""

from dataclasses import dataclass

import numpy as np

from playlist_trainer.mining.pair_scoring import PairScoring
from playlist_trainer.mining.transactions import Transactions


@dataclass(frozen=True)
class Damping:
    """The constants of the score.

    Attributes:
        length_exponent: 0 lets every playlist count the same, 1 a playlist of twice the length half.
        popularity_exponent: 0 takes no notice of how popular a consequent is.
        shrinkage: added to the antecedent's weight, in playlists of mean length.
    """

    length_exponent: float = 0.5
    popularity_exponent: float = 0.2
    shrinkage: float = 10.0

    def scoring(self, transactions: Transactions) -> PairScoring:
        """Return the weights and factors for these transactions; none of them may be empty."""
        lengths = np.diff(transactions.offsets)
        mean = len(transactions.items) / max(len(transactions), 1)
        weights = ((mean / np.maximum(lengths, 1)) ** self.length_exponent).astype(np.float32)
        counts, weighted = _sums(transactions, lengths, weights)
        return PairScoring(
            weights=weights,
            antecedent_factors=1 / (weighted + self.shrinkage),
            consequent_factors=np.maximum(counts, 1.0) ** -self.popularity_exponent,
        )


_BLOCK_ITEMS = 1 << 22


def _sums(transactions: Transactions, lengths: "np.ndarray", weights: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
    """Return for each song its transactions and the sum of their weights; in blocks, as bincount copies its input."""
    counts, weighted = np.zeros(transactions.item_count), np.zeros(transactions.item_count)
    per_item = np.repeat(weights, lengths)
    for begin in range(0, len(transactions.items), _BLOCK_ITEMS):
        items = transactions.items[begin : begin + _BLOCK_ITEMS]
        counts += np.bincount(items, minlength=transactions.item_count)
        weighted += np.bincount(items, per_item[begin : begin + _BLOCK_ITEMS], minlength=transactions.item_count)
    return counts, weighted
