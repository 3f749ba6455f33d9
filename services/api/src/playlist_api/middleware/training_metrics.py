"""What the trainer's note in the store says, as metrics: a Job is gone before anybody could scrape it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from playlist_api.live_model import LiveModel

# The note is a file that others may write; what it holds must not become series without number.
_NAME = re.compile(r"[a-z][a-z_ ]{0,30}")
_MOST_STAGES = 20
# Metric, key of the note's training, and what a person reads about it.
_FIGURES = (
    ("playlist_training_rows", "rows", "Rows that the last training read."),
    ("playlist_training_peak_memory_bytes", "peak_memory_bytes", "Most memory that the last training held at a time."),
)


class TrainingCollector(Collector):
    """Yields when the trainer last looked, what came of it, and what its last training took."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this moment; none for what the note does not say."""
        note = self._live.notes.training_status()
        yield from _outcome(
            "playlist_last_training", "How the trainer's last run that said anything new ended.", note.get("outcome")
        )
        look = _mapping(note.get("look"))
        yield from _outcome("playlist_last_look", "How the trainer's last run ended.", look.get("outcome"))
        yield from _moment("playlist_last_look_timestamp_seconds", "When the trainer last ran.", look.get("time"))
        yield from _of_training(_mapping(note.get("training")))


def _of_training(training: Mapping[str, Any]) -> Iterator[Metric]:
    yield from _moment(
        "playlist_training_timestamp_seconds", "When the last training ended that learned.", training.get("time")
    )
    stages = GaugeMetricFamily(
        "playlist_training_stage_duration_seconds", "How long each stage of the last training took.", labels=["stage"]
    )
    for stage, seconds in list(_mapping(training.get("seconds")).items())[:_MOST_STAGES]:
        if _NAME.fullmatch(stage) and _is_number(seconds):
            stages.add_metric([stage], seconds)
    if stages.samples:
        yield stages
    for name, key, text in _FIGURES:
        if _is_number(training.get(key)):
            yield GaugeMetricFamily(name, text, value=training[key])


def _outcome(name: str, text: str, outcome: object) -> Iterator[Metric]:
    if isinstance(outcome, str) and _NAME.fullmatch(outcome):
        family = GaugeMetricFamily(name, text, labels=["outcome"])
        family.add_metric([outcome], 1)
        yield family


def _moment(name: str, text: str, time: object) -> Iterator[Metric]:
    try:
        moment = datetime.fromisoformat(str(time)).timestamp()
    except (ValueError, OverflowError):
        return
    yield GaugeMetricFamily(name, text, value=moment)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
