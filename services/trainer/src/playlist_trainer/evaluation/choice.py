"""Which exponents a training scores its rules by: the best of a few, tried on playlists held back for that."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_model.ranking import best_rows, popular_songs
from playlist_trainer.evaluation.split import LIMIT, MIN_SONGS, Split, part_of
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.pair_counts import PairCounter, within_limits
from playlist_trainer.mining.pair_scoring import PairLimits
from playlist_trainer.mining.transactions import Transactions

_log = logging.getLogger(__name__)
_LENGTH_EXPONENTS = (0.0, 0.5, 1.0)
_POPULARITY_EXPONENTS = (0.0, 0.2, 0.4)
# From the weakest damping to the strongest.
GRID = tuple(
    Damping(length, popularity)
    for popularity, lengths in ((0.0, (0.0, 0.5, 1.0)), (0.2, (0.5, 1.0)), (0.4, (0.5, 1.0)))
    for length in lengths
)
SEED_COUNT = 5
_PARTS = 5
_ENOUGH_REQUESTS = 400
_MOST_REQUESTS = 800
# Playlist items that pairs are counted in: of more data, a sample of playlists does.
_MOST_WORK = 2e8
_BLOCK_KEYS = 1 << 17
_MOST_KEYS = 1 << 22


@dataclass(frozen=True)
class Choice:
    """What was chosen, and what it was chosen by.

    Attributes:
        damping: the choice.
        recalls: float64, one per request: of the choice.
        popular_recalls: float64, one per request: of always answering with the most popular songs.
        answered: bool, one per request: whether a rule led to a song.
        grid: mean recall@10 of all that was tried.
    """

    damping: Damping
    recalls: NDArray[np.float64]
    popular_recalls: NDArray[np.float64]
    answered: NDArray[np.bool_]
    grid: Mapping[Damping, float]

    def log(self) -> None:
        """Say what was chosen."""
        _log.info(
            "chose length_exponent %g, popularity_exponent %g by %d requests",
            self.damping.length_exponent,
            self.damping.popularity_exponent,
            len(self.recalls),
        )

    def short(self) -> dict[str, float | int]:
        """Return the figures that a manifest keeps of an evaluation."""
        return {
            "seed_count": SEED_COUNT,
            "requests": len(self.recalls),
            "recall_at_10": _mean(self.recalls),
            "recall_at_10_by_popularity": _mean(self.popular_recalls),
            "coverage": _mean(self.answered),
        }


def choose_damping(transactions: Transactions, limits: PairLimits, seed: int) -> Choice:
    """Try the grid on held-back parts of the playlists, until there are enough requests to tell.

    Of those that do as well as the best within one standard error of the difference, the one that damps popular songs
    most is chosen: it names more of the catalogue, and loses least when taste moves on.

    Args:
        transactions: what the model will learn from.
        limits: as for mining the model; but no song's rules are cut to the best: what comes behind a few hundred
            changes little.
        seed: draws the parts.
    """
    random = np.random.default_rng(seed)
    lengths = np.diff(transactions.offsets).astype(np.float64)
    chosen = sample_of(len(transactions), float(np.dot(lengths, lengths)), random)
    return choose_by(transactions if chosen is None else transactions.subset(chosen), limits, random)


def choose_by(sample: Transactions, limits: PairLimits, random: np.random.Generator) -> Choice:
    """Do as ``choose_damping`` with what ``sample_of`` chose, and the same generator."""
    tried = [np.empty((0, len(GRID) + 1))]
    answered = [np.empty((0, len(GRID)), dtype=np.bool_)]
    for part in np.array_split(random.permutation(len(sample)), _PARTS):
        recalls, by_rule = _tried(part_of(sample, part, random), limits)
        tried.append(recalls)
        answered.append(by_rule)
        if sum(map(len, tried)) >= _ENOUGH_REQUESTS:
            break
    table = np.concatenate(tried)
    chosen = best_within_noise(table[:, :-1])
    means = table.mean(axis=0) if len(table) else np.zeros(len(GRID) + 1)
    grid = {damping: round(float(mean), 4) for damping, mean in zip(GRID, means[:-1], strict=True)}
    return Choice(GRID[chosen], table[:, chosen], table[:, -1], np.concatenate(answered)[:, chosen], grid)


def best_within_noise(recalls: NDArray[np.float64]) -> int:
    """Return the last column that does as well as the best one, within one standard error of their difference.

    Args:
        recalls: requests on rows, what was tried on columns, from the weakest damping to the strongest.

    >>> best_within_noise(np.array([[0.5, 0.5, 0.1], [0.3, 0.2, 0.1], [0.1, 0.2, 0.1]]))
    1
    """
    if not len(recalls):
        return GRID.index(Damping())
    best = int(np.argmax(recalls.mean(axis=0)))
    losses = recalls[:, [best]] - recalls
    errors = losses.std(axis=0, ddof=1) / len(recalls) ** 0.5 if len(recalls) > 1 else np.zeros(recalls.shape[1])
    return int(np.flatnonzero(losses.mean(axis=0) <= errors)[-1])


def sample_of(count: int, work: float, random: np.random.Generator) -> NDArray[np.int64] | None:
    """Choose of which transactions the parts are made; None for all of them.

    Args:
        count: of the transactions.
        work: the squares of their lengths, summed.
        random: draws them.

    Returns:
        Their numbers, ascending.
    """
    if work <= _MOST_WORK:
        return None
    return np.sort(random.permutation(count)[: int(count * _MOST_WORK / work)])


def _tried(parts: Split, limits: PairLimits) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return recall@10 and whether a rule answered: requests on rows, the grid on columns, popularity at last."""
    requests = [songs for songs in parts.held_out if len(songs) >= MIN_SONGS][:_MOST_REQUESTS]
    recalls = np.zeros((len(requests), len(GRID) + 1))
    answered = np.zeros((len(requests), len(GRID)), dtype=np.bool_)
    if not requests:
        return recalls, answered
    pairs = _AskedPairs.of(
        parts.training, np.unique(np.concatenate([songs[:SEED_COUNT] for songs in requests])), limits
    )
    for row, songs in enumerate(requests):
        seeds, wanted = np.sort(songs[:SEED_COUNT]), songs[SEED_COUNT:]
        for column, (answer, by_rule) in enumerate(pairs.answers(seeds)):
            recalls[row, column] = _recall(answer, wanted)
            answered[row, column] = by_rule
        recalls[row, -1] = _recall(
            popular_songs(parts.training.item_count, seeds, np.empty(0, np.int64), LIMIT), wanted
        )
    return recalls, answered


def _recall(answer: NDArray[np.int64], wanted: NDArray[np.int32]) -> float:
    hits = len(set(answer.tolist()).intersection(wanted.tolist()))
    return hits / min(LIMIT, len(wanted))


@dataclass(frozen=True)
class _AskedPairs:
    """All pairs of the songs that requests ask with, scored by every length exponent; not cut to the best per song.

    Attributes:
        offsets: int64, songs + 1; the pairs of each song.
        consequents: int64, one per pair.
        scores: float64, length exponents × pairs; without the damping of popular consequents.
        popularity: float64, popularity exponents × songs; what a consequent's score is multiplied by.
    """

    offsets: NDArray[np.int64]
    consequents: NDArray[np.int64]
    scores: NDArray[np.float64]
    popularity: NDArray[np.float64]

    @classmethod
    def of(cls, training: Transactions, asked: NDArray[np.int32], limits: PairLimits) -> "_AskedPairs":
        by_length = [Damping(length, 0.0).scoring(training) for length in _LENGTH_EXPONENTS]
        counter = PairCounter.of(training, np.stack([one.weights for one in by_length]), limits.least_count, _MOST_KEYS)
        sizes = np.zeros(training.item_count, dtype=np.int64)
        consequents, scores = [np.empty(0, np.int64)], [np.empty((len(by_length), 0))]
        factors = np.stack([one.antecedent_factors for one in by_length])
        for antecedents in _blocks(counter, asked):
            antecedent_counts = counter.index.support_counts[antecedents]
            pairs, _ = within_limits(counter.count(antecedents), antecedent_counts, limits)
            sizes[antecedents] = np.bincount(pairs.owners, minlength=len(antecedents))
            consequents.append(pairs.consequents)
            scores.append(pairs.weights * factors[:, antecedents[pairs.owners]])
        popularity = [Damping(0.0, exponent).scoring(training).consequent_factors for exponent in _POPULARITY_EXPONENTS]
        return cls(offsets_of(sizes), np.concatenate(consequents), np.concatenate(scores, axis=1), np.stack(popularity))

    def answers(self, seeds: NDArray[np.int32]) -> Iterator[tuple[NDArray[np.int64], bool]]:
        """Yield for each point of the grid the songs it answers with, and whether a rule led to one."""
        starts = self.offsets[seeds]
        rows = rows_of(starts, self.offsets[seeds + 1] - starts)
        consequents = self.consequents[rows]
        # One counter for every song: sorting what was found takes longer, a catalogue of half a million included.
        is_new = np.zeros(self.popularity.shape[1], dtype=np.bool_)
        is_new[consequents] = True
        is_new[seeds] = False
        found = np.flatnonzero(is_new)
        sums = [np.bincount(consequents, scores[rows], minlength=len(is_new))[found] for scores in self.scores]
        for damping in GRID:
            values = sums[_LENGTH_EXPONENTS.index(damping.length_exponent)]
            values = values * self.popularity[_POPULARITY_EXPONENTS.index(damping.popularity_exponent), found]
            answer = found[best_rows(values, LIMIT)]
            if len(answer) < LIMIT:
                popular = popular_songs(self.popularity.shape[1], seeds, answer, LIMIT - len(answer))
                answer = np.concatenate((answer, popular))
            yield answer, len(found) > 0


def _blocks(counter: PairCounter, asked: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
    is_asked = np.isin(counter.index.antecedents, asked, assume_unique=True)
    antecedents = counter.index.antecedents[is_asked]
    offsets = offsets_of(counter.index.work[is_asked])
    begin = 0
    while begin < len(antecedents):
        end = block_end(offsets, begin, _BLOCK_KEYS)
        yield antecedents[begin:end]
        begin = end


def _mean(figures: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return round(float(figures.mean()), 4) if len(figures) else 0.0
