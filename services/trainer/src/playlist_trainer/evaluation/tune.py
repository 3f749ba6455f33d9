"""What each setting gains and costs on a dataset, measured on playlists held out of training."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from playlist_trainer.evaluation.choice import choose_damping
from playlist_trainer.evaluation.metrics import evaluate
from playlist_trainer.evaluation.requests import SEED_COUNT
from playlist_trainer.mining.rules import pair_limits
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.setting_types import AUTO
from playlist_trainer.settings import Settings

MIN_SUPPORTS = (AUTO, 1.0, 2.0, 3.0, 5.0, 10.0)
RULES_PER_SONG = (20, 100, 500, 1000)
_REQUESTS = 1000
# A rule's consequent, support count and score.
_BYTES_PER_RULE = 12


@dataclass(frozen=True)
class Trial:
    """One combination of settings.

    Attributes:
        min_support: as the setting, "auto" for that.
        rules_per_song: as the setting.
        recall: recall@10 when asked with five songs, 0..1; None where no playlist was long enough to ask with.
        coverage: share of the requests that a rule answered, 0..1; None as well.
        rules: of a model of four fifths of the playlists.
        megabytes: of these rules.
        seconds: of mining them and of asking.
    """

    min_support: str
    rules_per_song: int
    recall: float | None
    coverage: float | None
    rules: int
    megabytes: float
    seconds: float


def trials(transactions: Transactions, settings: Settings) -> Iterator[Trial]:
    """Yield one trial after another: each support with the default rules per song, then each number of rules."""
    limits = pair_limits(settings, len(transactions))
    damping = choose_damping(transactions, limits, settings.seed).damping
    combinations = [(min_support, settings.rules_per_song) for min_support in MIN_SUPPORTS]
    combinations += [(settings.min_support, rules_per_song) for rules_per_song in RULES_PER_SONG]
    for min_support, rules_per_song in dict.fromkeys([(settings.min_support, settings.rules_per_song), *combinations]):
        started = time.perf_counter()
        tried = replace(settings, min_support=min_support, rules_per_song=rules_per_song)
        (found,) = evaluate(transactions, tried, damping, (SEED_COUNT,), _REQUESTS)
        yield Trial(
            min_support="auto" if min_support == AUTO else f"{min_support:g}",
            rules_per_song=rules_per_song,
            recall=round(found.rules.recall, 4) if found.request_count else None,
            coverage=round(found.rules.coverage, 4) if found.request_count else None,
            rules=found.rule_count,
            megabytes=round(found.rule_count * _BYTES_PER_RULE / 1e6, 6),
            seconds=round(time.perf_counter() - started, 4),
        )
