"""The model's numbers, read when they are scraped: they can't lag behind the model."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from playlist_api.live_model import LiveModel
    from playlist_model import Manifest

# Figures of a model's evaluation that get a metric, and what a person reads about each.
_EVALUATION = {
    "recall_at_10": "Share of held-out songs that the model in use recommends among its first ten.",
    "coverage": "Share of held-out requests that a rule of the model in use answers.",
}


class ModelCollector(Collector):
    """Yields what the model in use is, and what became of the last training."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this moment."""
        state = self._live.state
        yield CounterMetricFamily(
            "playlist_model_reloads", "Models put into use since the start.", value=state.load_count
        )
        yield CounterMetricFamily(
            "playlist_model_reload_failures", "Attempts to load a model that failed.", value=state.failure_count
        )
        yield GaugeMetricFamily(
            "playlist_model_fault",
            "1 while the model that is wanted, or the store that says which one it is, can't be read.",
            value=int(state.fault is not None),
        )
        info = GaugeMetricFamily(
            "playlist_model_info", "The model in use.", labels=["model_id", "model_date", "fingerprint", "engine"]
        )
        rules = GaugeMetricFamily("playlist_model_rules", "Rules of the model in use.")
        songs = GaugeMetricFamily("playlist_model_songs", "Songs of the model in use.")
        age = GaugeMetricFamily("playlist_model_age_seconds", "Time since the model in use was trained.")
        if state.model is not None:
            manifest = state.model.manifest
            info.add_metric([manifest.model_id, manifest.model_date, manifest.fingerprint, manifest.engine], 1)
            rules.add_metric([], len(state.model.rules))
            songs.add_metric([], len(state.model.songs))
            age.add_metric([], time.time() - datetime.fromisoformat(manifest.model_date).timestamp())
            yield from _of_evaluation(manifest)
        yield from (info, rules, songs, age)
        yield from self._of_last_training()

    def _of_last_training(self) -> Iterator[Metric]:
        outcome = self._live.training_status().get("outcome")
        if isinstance(outcome, str):
            last = GaugeMetricFamily("playlist_last_training", "How the last training ended.", labels=["outcome"])
            last.add_metric([outcome], 1)
            yield last


def _of_evaluation(manifest: Manifest) -> Iterator[Metric]:
    for name, text in _EVALUATION.items():
        value = manifest.evaluation.get(name)
        if isinstance(value, (int, float)):
            yield GaugeMetricFamily(f"playlist_model_{name}", text, value=value)
    outcome = manifest.gate.get("outcome")
    if isinstance(outcome, str):
        gate = GaugeMetricFamily("playlist_model_gate", "The gate's verdict on the model in use.", labels=["outcome"])
        gate.add_metric([outcome], 1)
        yield gate
