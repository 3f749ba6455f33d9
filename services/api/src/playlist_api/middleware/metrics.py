"""What is measured, in Prometheus' form; one registry per app, so that a process may hold many."""

import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from playlist_api.live_model import LiveModel

# Most requests take a millisecond or less; a thousand songs may take 50.
_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


class Metrics:
    """Counts requests, and reads the model's numbers whenever they are asked for."""

    def __init__(self, live: LiveModel, version: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "playlist_requests", "Requests answered.", ["route", "method", "status"], registry=self._registry
        )
        self._durations = Histogram(
            "playlist_request_duration_seconds",
            "Time from a request's arrival at the app to its answer.",
            ["route"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        answers = Counter("playlist_answers", "Recommendations by what gave them.", ["source"], registry=self._registry)
        # There from the start, so that a rate over them is.
        self._answers = {source: answers.labels(source) for source in ("rule", "mixed", "popular")}
        # Looking a child up by its labels costs more than counting on it.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        build = Gauge("playlist_build_info", "The code that runs.", ["version"], registry=self._registry)
        build.labels(version).set(1)
        self._registry.register(_ModelCollector(live))
        ProcessCollector(registry=self._registry)

    def count_request(self, route: str, method: str, status: int, duration_s: float, source: str | None) -> None:
        """Count one answered request.

        Args:
            route: the URL rule, never the path that was asked for: each label value is a time series.
            method: as the client sent it; unusual ones are counted together.
            status: of the answer.
            duration_s: how long the app took.
            source: what gave the recommendation, None where there is none.
        """
        key = (route, method if method in _METHODS else "other", status)
        requests, durations = self._children.get(key) or self._add_child(*key)
        requests.inc()
        durations.observe(duration_s)
        if source:
            self._answers[source].inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Give all metrics in the format that the Accept header asks for, with its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def _add_child(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        children = self._requests.labels(route, method, str(status)), self._durations.labels(route)
        self._children[route, method, status] = children
        return children


class _ModelCollector(Collector):
    """Reads the model's numbers when they are scraped: they can't lag behind the model."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """Give the metrics of this moment."""
        state = self._live.state
        yield CounterMetricFamily(
            "playlist_model_reloads", "Models put into use since the start.", value=state.load_count
        )
        yield CounterMetricFamily(
            "playlist_model_reload_failures", "Attempts to load a model that failed.", value=state.failure_count
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
        yield from (info, rules, songs, age)
