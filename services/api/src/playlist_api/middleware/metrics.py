"""What is measured, in Prometheus' form; one registry per app, so that a process may hold many."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from playlist_api.middleware.model_metrics import ModelCollector

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from playlist_api.live_model import LiveModel

# Most requests take a millisecond or less; a thousand songs may take 50.
_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_BOUNDS = [*map(str, _BUCKETS_S), "+Inf"]
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_SOURCES = ("rule", "mixed", "popular")
# Why a connection was closed before its request was answered by a route.
CLOSED_REASONS = ("bad_request", "headers_too_large", "body_too_large", "too_late", "answer_not_taken", "too_many")


class Metrics:
    """Counts requests, and reads the model's numbers whenever they are asked for."""

    def __init__(self, live: LiveModel, version: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = _RequestCollector()
        self._registry.register(self._requests)
        build = Gauge("playlist_build_info", "The code that runs.", ["version"], registry=self._registry)
        build.labels(version).set(1)
        self.connections = Gauge("playlist_connections", "Connections that are open.", registry=self._registry)
        self._registry.register(ModelCollector(live))
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
        self._requests.count(route, method if method in _METHODS else "other", status, duration_s, source)

    def count_closed(self, reason: str) -> None:
        """Count a connection that the server closed for one of ``CLOSED_REASONS``."""
        self._requests.count_closed(reason)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics in the format that the Accept header asks for, with its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class _RequestCollector(Collector):
    """Holds what is counted per request: prometheus_client's own counters would cost each request 8 us more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Tally[tuple[str, str, int]] = Tally()
        self._durations: dict[str, _Durations] = {}
        # There from the start, so that a rate over them is.
        self._answers = dict.fromkeys(_SOURCES, 0)
        self._closed = dict.fromkeys(CLOSED_REASONS, 0)

    def count(self, route: str, method: str, status: int, duration_s: float, source: str | None) -> None:
        """Count one request."""
        with self._lock:
            self._requests[route, method, status] += 1
            durations = self._durations.get(route)
            if durations is None:
                durations = self._durations[route] = _Durations()
            durations.counts[bisect_left(_BUCKETS_S, duration_s)] += 1
            durations.sum_s += duration_s
            if source:
                self._answers[source] += 1

    def count_closed(self, reason: str) -> None:
        """Count one connection."""
        with self._lock:
            self._closed[reason] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this moment."""
        requests = CounterMetricFamily("playlist_requests", "Requests answered.", labels=["route", "method", "status"])
        durations = HistogramMetricFamily(
            "playlist_request_duration_seconds",
            "Time from a request's arrival at the app to its answer.",
            labels=["route"],
        )
        answers = CounterMetricFamily("playlist_answers", "Recommendations by what gave them.", labels=["source"])
        closed = CounterMetricFamily(
            "playlist_connections_closed", "Connections that the server closed, by reason.", labels=["reason"]
        )
        with self._lock:
            for (route, method, status), count in self._requests.items():
                requests.add_metric([route, method, str(status)], count)
            for route, measured in self._durations.items():
                buckets = list(zip(_BOUNDS, map(float, accumulate(measured.counts)), strict=True))
                durations.add_metric([route], buckets, measured.sum_s)
            for source, count in self._answers.items():
                answers.add_metric([source], count)
            for reason, count in self._closed.items():
                closed.add_metric([reason], count)
        yield from (requests, durations, answers, closed)


class _Durations:
    """How long one route took: requests per bucket, each within its own bounds, and their sum."""

    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * len(_BOUNDS)
        self.sum_s = 0.0
