"""Trainings with other settings than the default ones, and how good their answers are."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from tests.bench.playlists import read_playlists
from tests.bench.processes import say

from playlist_model import SHRINKAGE
from playlist_trainer.errors import LimitError
from playlist_trainer.evaluation.metrics import Evaluation, evaluate
from playlist_trainer.mining.association_rules import rule_tables
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import min_support_count
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.settings import Settings

# The defaults are among them, whatever they become.
SUPPORTS = (*sorted({0.001, 0.002, 0.005, 0.01, 0.02, 0.05, Settings().min_support}), 1.0, 2.0, 3.0, 5.0)
SHRINKAGES = tuple(sorted({0.0, 2.0, 5.0, 10.0, 20.0, 50.0, SHRINKAGE}))
SEED_COUNT = 5


@dataclass(frozen=True)
class Quality:
    """How good answers are to requests with five songs, 0..1.

    Attributes:
        recalls: recall@10, one a split.
        popularity: popularity's recall@10, mean over the splits.
        coverage: share of requests that a rule answered, mean over the splits.
    """

    recalls: tuple[float, ...]
    popularity: float
    coverage: float

    @classmethod
    def over_splits(cls, evaluations: Sequence[Evaluation]) -> "Quality":
        """Gather the evaluations of all splits."""
        return cls(
            recalls=tuple(one.rules.recall for one in evaluations),
            popularity=fmean(one.popularity.recall for one in evaluations),
            coverage=fmean(one.rules.coverage for one in evaluations),
        )

    @property
    def recall(self) -> float:
        """Mean over the splits."""
        return fmean(self.recalls)


@dataclass(frozen=True)
class Tried:
    """One support and length on one data set.

    Attributes:
        min_support: as it was set.
        max_length: of an itemset.
        min_support_count: what it comes to on the whole data set.
        rule_count: of a model of the whole data set.
        mining_s: of mining the whole data set.
        quality: None where the cap on itemsets ended the training.
    """

    min_support: float
    max_length: int
    min_support_count: int
    rule_count: int
    mining_s: float
    quality: Quality | None


@dataclass(frozen=True)
class DataSet:
    """A data set, and all that was tried on it; shrinkages stand beside the quality that they give."""

    name: str
    transactions: Transactions
    tried: Sequence[Tried]
    by_shrinkage: Mapping[float, Quality]

    def at(self, min_support: float, max_length: int) -> Tried:
        """Give what one support and length led to."""
        return next(one for one in self.tried if (one.min_support, one.max_length) == (min_support, max_length))


def tried_on(url: str, splits: Sequence[int]) -> DataSet:
    """Try every support, length and shrinkage on one data set; ``splits`` are the seeds that draw what is held out."""
    name = url.rpartition("/")[2].removesuffix(".csv.gz")
    transactions = read_playlists(url).transactions
    tried = []
    for max_length in (2, 3):
        for min_support in SUPPORTS:
            say(f"{name}: min_support {min_support:g}, max_length {max_length}")
            settings = Settings(min_support=min_support, max_length=max_length)
            tried.append(_tried(transactions, settings, splits))
    by_shrinkage = {}
    for shrinkage in SHRINKAGES:
        say(f"{name}: shrinkage {shrinkage:g}")
        by_shrinkage[shrinkage] = _quality(transactions, Settings(), splits, shrinkage)
    return DataSet(name, transactions, tried, by_shrinkage)


def _tried(transactions: Transactions, settings: Settings, splits: Sequence[int]) -> Tried:
    count = min_support_count(settings.min_support, len(transactions))
    started = time.perf_counter()
    try:
        itemsets = ENGINES[settings.engine](
            transactions,
            min_support_count=count,
            max_length=settings.max_length,
            max_itemsets=settings.max_itemsets,
        )
        mining_s = time.perf_counter() - started
        rules = sum(len(one.consequents) for one in rule_tables(itemsets, settings.min_confidence))
        del itemsets
        quality = _quality(transactions, settings, splits, SHRINKAGE)
    except LimitError:
        return Tried(settings.min_support, settings.max_length, count, 0, 0.0, None)
    return Tried(settings.min_support, settings.max_length, count, rules, mining_s, quality)


def _quality(transactions: Transactions, settings: Settings, splits: Sequence[int], shrinkage: float) -> Quality:
    return Quality.over_splits(
        [evaluate(transactions, replace(settings, seed=seed), (SEED_COUNT,), shrinkage=shrinkage)[0] for seed in splits]
    )
