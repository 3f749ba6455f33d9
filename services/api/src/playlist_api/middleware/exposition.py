"""What is counted, in Prometheus' form; one registry per app, so that a process may hold many."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from playlist_api.live_model import LiveModel
from playlist_api.middleware.metrics import BUCKETS_S, Durations, Metrics
from playlist_api.middleware.model_metrics import ModelCollector
from playlist_api.middleware.training_metrics import TrainingCollector

_BOUNDS = [*map(str, BUCKETS_S), "+Inf"]


def registry_of(metrics: Metrics, live: LiveModel, version: str) -> CollectorRegistry:
    """Return what shows the counts, the model and the process whenever it is asked."""
    registry = CollectorRegistry()
    registry.register(_RequestCollector(metrics, version))
    registry.register(ModelCollector(live))
    registry.register(TrainingCollector(live))
    ProcessCollector(registry=registry)
    return registry


class _RequestCollector(Collector):
    """Yields the counts."""

    def __init__(self, metrics: Metrics, version: str) -> None:
        self._metrics = metrics
        self._version = version

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this moment."""
        build = GaugeMetricFamily("playlist_build_info", "The code that runs.", labels=["version"])
        build.add_metric([self._version], 1)
        yield build
        yield GaugeMetricFamily("playlist_connections", "Connections that are open.", value=self._metrics.connections)
        requests = CounterMetricFamily("playlist_requests", "Requests answered.", labels=["route", "method", "status"])
        durations = HistogramMetricFamily(
            "playlist_request_duration_seconds",
            "Time from a request's arrival at the app to its answer.",
            labels=["route"],
        )
        songs = CounterMetricFamily(
            "playlist_songs_asked", "Songs asked with, by whether the model knows them.", labels=["match"]
        )
        answers = CounterMetricFamily("playlist_answers", "Recommendations by what gave them.", labels=["source"])
        closed = CounterMetricFamily(
            "playlist_connections_closed", "Connections that the server closed, by reason.", labels=["reason"]
        )
        spans = CounterMetricFamily("playlist_spans", "Spans of traces, by what became of them.", labels=["outcome"])
        metrics = self._metrics
        with metrics.lock:
            for (route, method, status), count in metrics.requests.items():
                requests.add_metric([route, method, str(status)], count)
            for route, measured in metrics.durations.items():
                durations.add_metric([route], _buckets(measured), measured.sum_s)
            for source, count in metrics.answers.items():
                answers.add_metric([source], count)
            for match, count in metrics.songs.items():
                songs.add_metric([match], count)
            for reason, count in metrics.closed.items():
                closed.add_metric([reason], count)
            for outcome, count in metrics.spans.items():
                spans.add_metric([outcome], count)
        yield from (requests, durations, answers, songs, closed, spans)


def _buckets(measured: Durations) -> list[tuple[str, float] | tuple[str, float, Exemplar]]:
    """Return bounds and counts, and where the format has room for it, the last request of each bucket by its id."""
    counts = map(float, accumulate(measured.counts))
    return [
        (bound, count, Exemplar({"request_id": example[0]}, example[1])) if example else (bound, count)
        for bound, count, example in zip(_BOUNDS, counts, measured.examples, strict=True)
    ]
