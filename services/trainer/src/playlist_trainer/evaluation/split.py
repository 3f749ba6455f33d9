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
    """Hold out a fifth of the playlists, drawn by the seed."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(transactions))
    held_out_count = round(len(transactions) * HELD_OUT_SHARE)
    held_out, kept = order[:held_out_count], np.sort(order[held_out_count:])
    training = transactions.subset(kept)
    counts = np.bincount(training.items, minlength=training.item_count)
    # Renumbered, so that "popular" means popular among what was learned from, and nothing held out leaks in.
    by_popularity = np.argsort(-counts, kind="stable")
    new_number = np.empty(len(counts), dtype=np.int32)
    new_number[by_popularity] = np.arange(len(counts), dtype=np.int32)
    asked_with = tuple(random.permutation(new_number[transactions[playlist]]) for playlist in held_out)
    return Split(training.renumbered(new_number), asked_with)
