"""Latency over time, for a plot, in bounded memory."""

from dataclasses import dataclass

from playlist_client.watch.probe import OK, Sample

_BINS = 4096
_FIRST_WIDTH_S = 0.05


@dataclass
class Bin:
    """The requests that ended within a short time; latencies in seconds, of good answers only."""

    good: int = 0
    failed: int = 0
    sum_s: float = 0.0
    min_s: float = float("inf")
    max_s: float = 0.0
    failed_max_s: float = 0.0

    def take(self, sample: Sample) -> None:
        """Count a request."""
        if sample.status == OK:
            self.good += 1
            self.sum_s += sample.latency_s
            self.min_s = min(self.min_s, sample.latency_s)
            self.max_s = max(self.max_s, sample.latency_s)
        else:
            self.failed += 1
            self.failed_max_s = max(self.failed_max_s, sample.latency_s)

    def merged(self, other: "Bin") -> "Bin":
        """Return the sum of two."""
        return Bin(
            self.good + other.good,
            self.failed + other.failed,
            self.sum_s + other.sum_s,
            min(self.min_s, other.min_s),
            max(self.max_s, other.max_s),
            max(self.failed_max_s, other.failed_max_s),
        )


class Timeline:
    """Bins of equal width; when a run outgrows them, each two become one.

    A short run, or one with a request a second, has one request in a bin, and so nothing is lost.

    Attributes:
        started: where the first bin begins, by the monotonic clock.
        width_s: of a bin.
        bins: by their place in time.
    """

    def __init__(self, started: float) -> None:
        """Start empty; ``started`` is by the monotonic clock."""
        self.started = started
        self.width_s = _FIRST_WIDTH_S
        self.bins: dict[int, Bin] = {}

    def take(self, sample: Sample) -> None:
        """Count a request."""
        elapsed_s = max(0.0, sample.ended - self.started)
        while elapsed_s >= self.width_s * _BINS:
            self._widen()
        self.bins.setdefault(int(elapsed_s / self.width_s), Bin()).take(sample)

    def _widen(self) -> None:
        self.width_s *= 2
        narrow, self.bins = self.bins, {}
        for place, content in narrow.items():
            self.bins[place // 2] = self.bins.get(place // 2, Bin()).merged(content)
