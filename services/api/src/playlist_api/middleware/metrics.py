"""What is counted of requests and connections; ``exposition`` shows it in Prometheus' form."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from playlist_api.paths import RECOMMEND

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from playlist_api.live_model import LiveModel

# Most requests take a millisecond or less; a thousand songs may take 50.
BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_SOURCES = ("rule", "mixed", "popular")
_MATCHES = ("known", "unknown")
_EXPECTED = (200, 500, 503)
# Why a connection was closed before its request was answered by a route.
CLOSED_REASONS = (
    *("bad_request", "headers_too_large", "body_too_large", "too_late", "answer_not_taken", "too_many"),
    "client_left",
)


class Metrics:
    """Counts, and shows the counts with the model's numbers of that moment.

    prometheus_client's own counters would cost each request 8 us more, and importing it a twentieth of the start.

    Attributes:
        connections: that are open.
        requests: by route, method and status.
        durations: of requests, by route.
        answers: recommendations, by what gave them.
        songs: asked with, by whether the model knows them.
        closed: connections that the server closed, by reason.
        spans: of traces, by what became of them; the tracer counts them, where there is one.
        lock: held while all but ``connections`` change.
    """

    def __init__(self, live: LiveModel, version: str) -> None:
        """Count from 0; ``live`` and ``version`` are shown."""
        self.connections = 0
        # There from the start, so that a rate over them is: of a series that begins with the first failures, Prometheus
        # sees no increase.
        self.requests: Tally[tuple[str, str, int]] = Tally({(RECOMMEND, "POST", status): 0 for status in _EXPECTED})
        self.durations = {RECOMMEND: Durations()}
        self.answers = dict.fromkeys(_SOURCES, 0)
        self.songs = dict.fromkeys(_MATCHES, 0)
        self.closed = dict.fromkeys(CLOSED_REASONS, 0)
        self.spans: Mapping[str, int] = {"sent": 0, "lost": 0}
        self.lock = threading.Lock()
        self._live = live
        self._version = version

    def count_request(self, route: str, method: str, status: int, duration_s: float, request_id: str) -> None:
        """Count one answered request.

        Args:
            route: the URL rule, never the path that was asked for: each label value is a time series.
            method: as the client sent it; unusual ones are counted together.
            status: of the answer.
            duration_s: how long the app took.
            request_id: leads from a slow bucket to a line of the log.
        """
        with self.lock:
            self.requests[route, method if method in METHODS else "other", status] += 1
            durations = self.durations.get(route)
            if durations is None:
                durations = self.durations[route] = Durations()
            bucket = bisect_left(BUCKETS_S, duration_s)
            durations.counts[bucket] += 1
            durations.sum_s += duration_s
            durations.examples[bucket] = (request_id, duration_s)

    def count_answer(self, source: str, song_count: int, unknown_count: int) -> None:
        """Count one recommendation.

        Args:
            source: what gave it.
            song_count: how many songs it was asked with.
            unknown_count: how many of these the model does not know.
        """
        with self.lock:
            self.answers[source] += 1
            self.songs["known"] += song_count - unknown_count
            self.songs["unknown"] += unknown_count

    def count_closed(self, reason: str) -> None:
        """Count a connection that the server closed for one of ``CLOSED_REASONS``."""
        with self.lock:
            self.closed[reason] += 1

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics in the format that the Accept header asks for, with its content type."""
        from prometheus_client.exposition import choose_encoder  # noqa: PLC0415 - see the class

        try:
            encode, content_type = choose_encoder(accept)
        except (TypeError, ValueError):  # a version that is no number, or stands in quotes
            encode, content_type = choose_encoder("")
        return encode(self._registry), content_type

    @cached_property
    def _registry(self) -> CollectorRegistry:
        from playlist_api.middleware.exposition import registry_of  # noqa: PLC0415 - see the class

        return registry_of(self, self._live, self._version)


class Durations:
    """How long one route took: requests per bucket, each within its own bounds, the last of each, and their sum."""

    __slots__ = ("counts", "examples", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.examples: list[tuple[str, float] | None] = [None] * len(self.counts)
        self.sum_s = 0.0
