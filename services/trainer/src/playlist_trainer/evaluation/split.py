"""Playlists divided into those to learn from and those to ask with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.mining.transactions import Transactions

HELD_OUT_SHARE = 0.2
# Songs in an answer, and songs that a held-out playlist needs: five to ask with, one to find.
LIMIT = 10
MIN_SONGS = 6


@dataclass(frozen=True)
class Split:
    """Playlists divided into those to learn from and those to ask with, songs numbered by the former's popularity.

    Attributes:
        training: song ids by descending support_count in the training part.
        held_out: one array of song ids each, in random order.
    """

    training: Transactions
    held_out: tuple[NDArray[np.int32], ...]


def split(transactions: Transactions, seed: int) -> Split:
    """Hold out a fifth of the playlists, drawn by the seed; so are the ranks of equally popular songs."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(transactions))
    return part_of(transactions, order[: round(len(transactions) * HELD_OUT_SHARE)], random)


def part_of(transactions: Transactions, held_out: NDArray[np.int64], random: np.random.Generator) -> Split:
    """Hold out the playlists with these numbers; the rest is the training part."""
    is_kept = np.ones(len(transactions), dtype=np.bool_)
    is_kept[held_out] = False
    training = transactions.subset(np.flatnonzero(is_kept))
    counts = training.support_counts()
    # Renumbered, so that "popular" means popular among what was learned from. Equal counts by chance: in the order of
    # the whole dataset's popularity, what is held out would leak into every tie.
    by_popularity = np.lexsort((random.permutation(len(counts)), -counts))
    new_number = np.empty(len(counts), dtype=np.int32)
    new_number[by_popularity] = np.arange(len(counts), dtype=np.int32)
    asked_with = tuple(random.permutation(new_number[transactions[playlist]]) for playlist in held_out)
    return Split(training.renumbered(new_number), asked_with)
