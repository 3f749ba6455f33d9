"""How pair rules are scored, and what they are limited to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.mining.transactions import Transactions

NO_LIMIT = 0


@dataclass(frozen=True)
class PairLimits:
    """Which pair rules are kept.

    Attributes:
        min_support_count: transactions that hold both songs, at least; 1 or more.
        rules_per_song: the best rules of each antecedent that stay; ``NO_LIMIT`` for all of them.
        max_rules: rules altogether; ``NO_LIMIT`` for any number. Where there are more, every song keeps fewer.
        min_confidence: 0..1, inclusive.
        least_rules_per_song: a song with fewer rules than this gets rarer pairs as well, up to this number; 0: none.
    """

    min_support_count: int = 1
    rules_per_song: int = NO_LIMIT
    max_rules: int = NO_LIMIT
    min_confidence: float = 0.0
    least_rules_per_song: int = 0

    @property
    def least_count(self) -> int:
        """The lowest support count that a rule may have."""
        return 1 if self.least_rules_per_song else self.min_support_count


@dataclass(frozen=True)
class PairScoring:
    """What a rule a → b is worth: w(a, b) * antecedent_factors[a] * consequent_factors[b].

    w(a, b) is the sum of the weights of the transactions that hold both. All numbers are positive and finite.

    Attributes:
        weights: float32, one per transaction.
        antecedent_factors: float32 or float64, one per song.
        consequent_factors: float32 or float64, one per song.
    """

    weights: NDArray[np.float32]
    antecedent_factors: NDArray[np.floating]
    consequent_factors: NDArray[np.floating]

    @classmethod
    def by_count(cls, transactions: Transactions) -> "PairScoring":
        """Return the scoring whose score is the support count."""
        one_per_song = np.ones(transactions.item_count, dtype=np.float32)
        return cls(np.ones(len(transactions), dtype=np.float32), one_per_song, one_per_song)

    def check(self, transactions: Transactions) -> None:
        """Refuse numbers that do not fit the transactions, or would make a score that can't be ranked.

        Raises:
            ValueError: the wrong number of them, or one that is not positive and finite.
        """
        expected = {
            "weights": len(transactions),
            "antecedent_factors": transactions.item_count,
            "consequent_factors": transactions.item_count,
        }
        for name, count in expected.items():
            column = getattr(self, name)
            if len(column) != count:
                raise ValueError(f"{name}: {len(column)} numbers, expected {count}")
            # A NaN comes out of both, and no comparison with it is true.
            if count and not 0 < column.min() <= column.max() < np.inf:
                raise ValueError(f"{name}: from {column.min()} to {column.max()}, expected positive, finite numbers")
