"""What a training learns from one split of the playlists, and how good its answers to the others are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model import Rules, rank
from playlist_trainer.evaluation.choice import choose_damping
from playlist_trainer.evaluation.split import LIMIT, MIN_SONGS, Split
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.rules import mine_rules, pair_limits
from playlist_trainer.settings import Settings


@dataclass(frozen=True)
class Answered:
    """Answers to all requests with one number of songs.

    Attributes:
        recall: mean of hits / min(10, songs wanted), 0..1.
        coverage: share of the requests that a rule answered, 0..1.
    """

    recall: float
    coverage: float


@dataclass(frozen=True)
class Learned:
    """Rules of the training part of a split.

    Attributes:
        damping: how they are scored.
        rules: of the training part.
    """

    damping: Damping
    rules: Rules

    @classmethod
    def of(cls, parts: Split, settings: Settings, damping: Damping | None = None) -> "Learned":
        """Learn from the training part; the damping, where none is given, is chosen on it alone, as a training does."""
        if damping is None:
            limits = pair_limits(settings, len(parts.training))
            damping = choose_damping(parts.training, limits, settings.seed).damping
        return cls(damping, mine_rules(parts.training, settings, damping).rules)


def asked(parts: Split, seed_count: int) -> Sequence[NDArray[np.int32]]:
    """Return the held-out playlists that are long enough to ask with so many of their songs."""
    return [songs for songs in parts.held_out if len(songs) >= max(MIN_SONGS, seed_count + 1)]


def answered(rules: Rules, playlists: Sequence[NDArray[np.int32]], seed_count: int) -> Answered:
    """Ask with the first songs of each playlist; the others are wanted."""
    recall, by_rule = 0.0, 0
    for songs in playlists:
        seeds, wanted = np.sort(songs[:seed_count]), songs[seed_count:]
        ranking = rank(rules, seeds, seeds, LIMIT)
        recall += np.isin(ranking.song_ids, wanted).sum() / min(LIMIT, len(wanted))
        by_rule += len(ranking.values) > 0
    requests = max(len(playlists), 1)
    return Answered(recall / requests, by_rule / requests)


def no_rules(parts: Split) -> Rules:
    """Return a model without rules, which answers with popular songs."""
    return Rules.build(parts.training.item_count, [])
