"""How good the recommendations are: measured on playlists that were kept from training."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model import Rules, rank
from playlist_trainer.evaluation.choice import choose_damping
from playlist_trainer.evaluation.split import LIMIT, MIN_SONGS, split
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.rules import is_by_pairs, mine_rules, pair_limits
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.settings import Settings

SEED_COUNTS = (1, 5, 20)
# The short form, with each training: enough to see a bad model, in a fraction of the time that mining takes.
SHORT_SEED_COUNTS = (5,)
SHORT_REQUESTS = 1000


@dataclass(frozen=True)
class Quality:
    """One way to answer, measured over all requests of one kind; every figure is 0..1.

    Attributes:
        recall: mean of hits / min(10, songs held out).
        precision: mean of hits / 10.
        hit_rate: share of requests with at least one hit.
        coverage: share of requests that a rule answered; 0 for popularity.
        catalogue_coverage: share of the training songs that some answer named.
    """

    recall: float
    precision: float
    hit_rate: float
    coverage: float
    catalogue_coverage: float


@dataclass(frozen=True)
class Evaluation:
    """Requests with one number of songs.

    Attributes:
        seed_count: songs that each request asked with.
        request_count: held-out playlists that had enough songs.
        rule_count: rules of the training part.
        rules: what users get: rules, filled up with popular songs.
        popularity: always the most popular songs.
    """

    seed_count: int
    request_count: int
    rule_count: int
    rules: Quality
    popularity: Quality

    def short(self) -> dict[str, float | int]:
        """Return the figures that a manifest keeps."""
        return {
            "seed_count": self.seed_count,
            "requests": self.request_count,
            "recall_at_10": round(self.rules.recall, 4),
            "recall_at_10_by_popularity": round(self.popularity.recall, 4),
            "coverage": round(self.rules.coverage, 4),
        }


def evaluate(
    transactions: Transactions,
    settings: Settings,
    damping: Damping | None = None,
    seed_counts: Iterable[int] = SEED_COUNTS,
    max_requests: int | None = None,
) -> list[Evaluation]:
    """Train on four fifths of the playlists and ask with songs of the others.

    Args:
        transactions: all playlists.
        settings: how to train; ``seed`` draws the split.
        damping: how pair rules are scored; chosen on the training part by default, as a training would.
        seed_counts: how many songs to ask with; one evaluation each.
        max_requests: at most so many held-out playlists are asked with.

    Raises:
        LimitError: mining the training part went over the itemset cap.
    """
    parts = split(transactions, settings.seed)
    if damping is None:
        limits = pair_limits(settings, len(parts.training))
        is_tried = is_by_pairs(settings) and settings.evaluation
        damping = choose_damping(parts.training, limits, settings.seed).damping if is_tried else Damping()
    rules = mine_rules(parts.training, settings, damping).rules
    known_songs = len(np.unique(parts.training.items))
    evaluations = []
    for seed_count in seed_counts:
        asked = [songs for songs in parts.held_out if len(songs) >= max(MIN_SONGS, seed_count + 1)][:max_requests]
        evaluations.append(_measured(rules, asked, seed_count, known_songs))
    return evaluations


def _measured(rules: Rules, playlists: list[NDArray[np.int32]], seed_count: int, known_songs: int) -> Evaluation:
    no_rules = Rules.build(len(rules.song_antecedents) - 1, [])
    by_rules, by_popularity = _Tally(), _Tally()
    for songs in playlists:
        seeds, wanted = np.sort(songs[:seed_count]), songs[seed_count:]
        for tally, source in ((by_rules, rules), (by_popularity, no_rules)):
            ranking = rank(source, seeds, seeds, LIMIT)
            tally.count(ranking.song_ids, wanted, answered=len(ranking.values) > 0)
    return Evaluation(
        seed_count, len(playlists), len(rules), by_rules.quality(known_songs), by_popularity.quality(known_songs)
    )


class _Tally:
    """Adds up the answers of one way to answer."""

    def __init__(self) -> None:
        self.requests = self.hit_requests = self.answered = 0
        self.recall = self.precision = 0.0
        self.named: set[int] = set()

    def count(self, answer: NDArray[np.int64], wanted: NDArray[np.int32], *, answered: bool) -> None:
        hits = int(np.isin(answer, wanted).sum())
        self.requests += 1
        self.hit_requests += hits > 0
        self.answered += answered
        self.recall += hits / min(LIMIT, len(wanted))
        self.precision += hits / LIMIT
        self.named.update(answer.tolist())

    def quality(self, known_songs: int) -> Quality:
        requests = max(self.requests, 1)
        return Quality(
            recall=self.recall / requests,
            precision=self.precision / requests,
            hit_rate=self.hit_requests / requests,
            coverage=self.answered / requests,
            catalogue_coverage=len(self.named) / max(known_songs, 1),
        )
