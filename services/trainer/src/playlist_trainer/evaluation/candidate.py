"""A model that is not published yet: how good it is, and whether it may take the current one's place."""

import logging
from dataclasses import dataclass
from typing import Any

from playlist_model import HeldOut, Model, Rules, Songs, Training
from playlist_trainer.evaluation.choice import Choice
from playlist_trainer.evaluation.gate import Contender, compared
from playlist_trainer.evaluation.metrics import SHORT_REQUESTS, SHORT_SEED_COUNTS, evaluate
from playlist_trainer.evaluation.requests import SEED_COUNT, answers, popular_answers, requests_of
from playlist_trainer.evaluation.verdict import NOT_JUDGED, verdict
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """A model that is not published yet."""

    songs: Songs
    rules: Rules
    training: Training
    held_out: HeldOut


def evaluated(
    candidate: Candidate,
    transactions: Transactions | None,
    choice: Choice | None,
    settings: Settings,
    timer: StageTimer,
) -> dict[str, Any]:
    """Measure the candidate on what it never saw; where it saw everything, its settings on a part held back."""
    if not settings.evaluation:
        return {}
    with timer.timed("evaluate"):
        if len(candidate.held_out):
            requests = list(requests_of(candidate.held_out, candidate.songs).values())
            by_rules = answers(candidate.songs, candidate.rules, requests)
            short: dict[str, Any] = {
                "seed_count": SEED_COUNT,
                "requests": len(requests),
                "recall_at_10": round(by_rules.recall, 4),
                "recall_at_10_by_popularity": round(popular_answers(candidate.songs, requests).recall, 4),
                "coverage": round(by_rules.coverage, 4),
            }
        elif choice is not None:
            short = choice.short()
        elif transactions is not None:
            (evaluation,) = evaluate(transactions, settings, Damping(), SHORT_SEED_COUNTS, SHORT_REQUESTS)
            short = evaluation.short()
        else:
            return {}
    _log.info("evaluated: %s", ", ".join(f"{name} {figure}" for name, figure in short.items()))
    return short


def judged(candidate: Candidate, current: Model, settings: Settings, timer: StageTimer) -> dict[str, Any]:
    """Compare the candidate with the current model, if the two can be compared."""
    if reason := _no_yardstick(candidate, current):
        return {"outcome": NOT_JUDGED, "reason": reason}
    with timer.timed("gate"):
        figures = compared(
            Contender(
                candidate.songs,
                candidate.rules,
                candidate.held_out,
                candidate.training.dataset,
                candidate.training.parameters,
            ),
            Contender(
                current.songs,
                current.rules,
                current.held_out,
                current.manifest.dataset,
                current.manifest.parameters,
            ),
        )
    found = verdict(figures, settings.gate_max_recall_drop)
    _log.info("gate: %s: %s", found["outcome"], found["reason"])
    return {**found, "compared_with": current.manifest.model_id, **figures}


def _no_yardstick(candidate: Candidate, current: Model) -> str:
    """Return why the current model says nothing about the candidate; "" where it does."""
    # Everybody starts from the built-in sample.
    if str(current.manifest.dataset.get("url")).startswith("builtin:"):
        return "the current model is of the built-in sample, which is no yardstick"
    # Requests and answers are compared by name: "Home" and "Home – Edward Sharpe" would never hit each other.
    new = candidate.training.parameters.get("item_column")
    old = current.manifest.parameters.get("item_column")
    if old is not None and new != old:
        return f"this model names songs by {new}, the current one by {old}: their answers can't be compared"
    return ""
