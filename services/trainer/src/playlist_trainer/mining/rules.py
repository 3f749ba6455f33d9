"""Rules from transactions: pair rules, or all rules of exact itemsets where longer antecedents are asked for."""

import logging
import os
from dataclasses import asdict, dataclass
from typing import Any

from playlist_model import Rules
from playlist_trainer.dataset.printable import counted
from playlist_trainer.mining.association_rules import rule_tables
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.pair_scoring import PairLimits
from playlist_trainer.mining.pairs import Progress, ignore, mine_pairs
from playlist_trainer.mining.thresholds import itemset_threshold, least_rules_per_song, pair_threshold
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.setting_types import SPARK
from playlist_trainer.settings import Settings

_log = logging.getLogger(__name__)
_MOST_THREADS = 4


@dataclass(frozen=True)
class MinedRules:
    """Rules, and how they came about.

    Attributes:
        rules: of a model.
        damping: how they would be, or are, scored; rules of itemsets carry no score.
        min_support_count: playlists that hold antecedent and consequent, at least.
        rules_per_song: the most that one song has; 0 for no limit.
    """

    rules: Rules
    damping: Damping
    min_support_count: int
    rules_per_song: int

    def log(self) -> None:
        """Say what was found."""
        _log.info(
            "found %s seen in %d or more playlists, at most %s per song",
            counted(len(self.rules), "rule"),
            self.min_support_count,
            self.rules_per_song or "any number",
        )

    @property
    def described(self) -> dict[str, Any]:
        """What a manifest says of it."""
        chosen = {"min_support_count": self.min_support_count, "rules_per_song": self.rules_per_song}
        return chosen | (asdict(self.damping) if self.rules.scores is not None else {})


def is_by_pairs(settings: Settings) -> bool:
    """Tell whether the settings ask for pair rules rather than for rules of exact itemsets."""
    return settings.max_length == 2 and settings.engine in {"eclat", SPARK}


def mine_rules(
    transactions: Transactions, settings: Settings, damping: Damping, progress: Progress = ignore
) -> MinedRules:
    """Find a model's rules.

    Args:
        transactions: what is learned from.
        settings: bounds of what is found.
        damping: how pair rules are scored.
        progress: told how far the mining of pairs is.

    Raises:
        LimitError: there are more itemsets than the cap allows.
    """
    count = len(transactions)
    if not is_by_pairs(settings):
        threshold = itemset_threshold(settings.min_support, count)
        itemsets = ENGINES[settings.engine](
            transactions,
            min_support_count=threshold,
            max_length=settings.max_length,
            max_itemsets=settings.max_itemsets,
        )
        rules = Rules.build(transactions.item_count, rule_tables(itemsets, settings.min_confidence))
        return MinedRules(rules, damping, threshold, 0)
    limits = pair_limits(settings, count)
    mined = mine_pairs(transactions, damping.scoring(transactions), limits, threads=_threads(), progress=progress)
    return MinedRules(mined.rules, damping, limits.min_support_count, mined.rules_per_song)


def pair_limits(settings: Settings, playlist_count: int) -> PairLimits:
    """Return what bounds the pair rules of so many playlists."""
    return PairLimits(
        min_support_count=pair_threshold(settings.min_support, playlist_count),
        least_rules_per_song=least_rules_per_song(settings.min_support, playlist_count),
        rules_per_song=settings.rules_per_song,
        max_rules=settings.max_rules,
        min_confidence=settings.min_confidence,
    )


def _threads() -> int:
    return min(len(os.sched_getaffinity(0)), _MOST_THREADS)
