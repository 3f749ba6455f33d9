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

_LONGEST_LABEL = 200
# Figures of a model's evaluation that get a metric, and what a person reads about each.
_EVALUATION = {
    "recall_at_10": "Share of held-out songs that the model in use recommends among its first ten.",
    "recall_at_10_by_popularity": "The same share, had the most popular songs been recommended to everybody.",
    "coverage": "Share of held-out requests that a rule of the model in use answers.",
}


class ModelCollector(Collector):
    """Yields what the model in use is, how it got there, and how its store is."""

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
        yield GaugeMetricFamily(
            "playlist_model_loaded", "1 while there is a model to answer from.", value=int(state.model is not None)
        )
        yield from self._of_store()
        info = GaugeMetricFamily(
            "playlist_model_info",
            "The model in use.",
            labels=["model_id", "model_date", "fingerprint", "engine", "dataset", "trainer_version"],
        )
        rules = GaugeMetricFamily("playlist_model_rules", "Rules of the model in use.")
        songs = GaugeMetricFamily("playlist_model_songs", "Songs of the model in use.")
        age = GaugeMetricFamily("playlist_model_age_seconds", "Time since the model in use was trained.")
        if state.model is not None:
            manifest = state.model.manifest
            info.add_metric(_described(manifest), 1)
            rules.add_metric([], len(state.model.rules))
            songs.add_metric([], len(state.model.songs))
            age.add_metric([], time.time() - datetime.fromisoformat(manifest.model_date).timestamp())
            yield GaugeMetricFamily(
                "playlist_model_reload_duration_seconds",
                "Time the model in use took to load.",
                value=state.reload_s,
            )
            yield from _of_evaluation(manifest)
        yield from (info, rules, songs, age)

    def _of_store(self) -> Iterator[Metric]:
        live = self._live
        yield CounterMetricFamily(
            "playlist_store_errors", "Questions that the store of the models did not answer.", value=live.store_errors
        )
        if live.is_store_up is not None:
            yield GaugeMetricFamily(
                "playlist_store_up", "1 while the store of the models can be read.", value=int(live.is_store_up)
            )
        space = live.store_space_bytes()
        if space is not None:
            size, free = space
            yield GaugeMetricFamily("playlist_store_size_bytes", "Size of the volume with the models.", value=size)
            yield GaugeMetricFamily(
                "playlist_store_available_bytes", "Free space of the volume with the models.", value=free
            )


def _described(manifest: Manifest) -> list[str]:
    url = str(manifest.dataset.get("url", ""))
    return [
        *(manifest.model_id, manifest.model_date, manifest.fingerprint, manifest.engine),
        *(url[:_LONGEST_LABEL], manifest.trainer_version),
    ]


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
