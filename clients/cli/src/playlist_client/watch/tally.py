"""What a run has measured so far, in bounded memory."""

from collections import Counter, deque
from dataclasses import dataclass, field

from playlist_client.watch.changes import Change, Changes, Release
from playlist_client.watch.histogram import Histogram
from playlist_client.watch.probe import OK, UNREACHABLE_WORDS, Sample

RECENT_S = 10
_FAILURES_KEPT = 100


@dataclass
class Numbers:
    """Counts of requests, and the latencies of the good answers among them."""

    requests: int = 0
    failed: int = 0
    latencies: Histogram = field(default_factory=Histogram)

    def take(self, sample: Sample) -> None:
        """Count a request."""
        self.requests += 1
        if sample.status == OK:
            # Failures are left out: refused at once or timed out, they would say nothing of how fast answers are.
            self.latencies.add(sample.latency_s)
        else:
            self.failed += 1


@dataclass(frozen=True)
class Failure:
    """A failed request, ``seconds`` after the reference."""

    seconds: float
    sample: Sample


class Tally:
    """The numbers of a run.

    Attributes:
        reference: the time that seconds are counted from, by the monotonic clock.
        whole: of the whole run.
        statuses: how often each came.
        fresh: requests that opened a connection of their own.
        from_api: requests that the API answered, be it with a refusal.
        changes: of version and model.
        failures: the first hundred.
    """

    def __init__(self, reference: float, gone_after_s: float) -> None:
        """Start empty.

        Args:
            reference: the time that seconds are counted from, by the monotonic clock.
            gone_after_s: how long a release must be missing to count as gone.
        """
        self.whole = Numbers()
        self.statuses: Counter[str] = Counter()
        self.fresh = 0
        self.from_api = 0
        self.changes = Changes(gone_after_s)
        self.failures: list[Failure] = []
        self.reference = reference
        # By the second in which they ended, oldest first.
        self._seconds: deque[tuple[int, Numbers]] = deque(maxlen=RECENT_S)

    @property
    def is_unreachable(self) -> bool:
        """Whether not a single request was answered by the API."""
        return bool(self.statuses) and not self.from_api

    @property
    def is_silent(self) -> bool:
        """Whether not a single request was answered by anything."""
        return bool(self.statuses) and self.statuses.keys() <= UNREACHABLE_WORDS

    def take(self, sample: Sample) -> list[Change]:
        """Count a request; return the changes that its answer shows."""
        self.whole.take(sample)
        self.statuses[sample.status] += 1
        self.fresh += sample.is_fresh
        self.from_api += sample.is_from_api
        self._second(int(sample.ended)).take(sample)
        if sample.answer is None:
            if len(self.failures) < _FAILURES_KEPT:
                self.failures.append(Failure(self.seconds(sample.began), sample))
            return []
        release = Release(sample.answer.version, sample.answer.model_date)
        return self.changes.take(self.seconds(sample.ended), release)

    def seconds(self, time: float) -> float:
        """Return a time of the monotonic clock as seconds since the reference."""
        return time - self.reference

    def recent(self, now: float) -> Numbers:
        """Return the numbers of the last ten seconds."""
        parts = [numbers for second, numbers in self._seconds if second > int(now) - RECENT_S]
        return Numbers(
            sum(part.requests for part in parts),
            sum(part.failed for part in parts),
            Histogram(part.latencies for part in parts),
        )

    def _second(self, second: int) -> Numbers:
        # Clients report in turn: what ended a moment before the others goes with them.
        if not self._seconds or second > self._seconds[-1][0]:
            self._seconds.append((second, Numbers()))
        return self._seconds[-1][1]
