"""The numbers of a run, as a table for people and as JSON for scripts."""

from dataclasses import dataclass

from playlist_client.output import counted
from playlist_client.watch.changes import Change
from playlist_client.watch.histogram import Histogram
from playlist_client.watch.moments import Moments
from playlist_client.watch.tally import Failure, Numbers, Tally
from playlist_client.watch.thresholds import FAILED, Threshold


@dataclass(frozen=True)
class Report:
    """A run, finished or not.

    Attributes:
        url: what was asked, without user and password.
        tally: the numbers.
        moments: for wall-clock times.
        started: when the first request was due, by the monotonic clock.
        now: when the report was made, likewise.
        not_sent: requests that were given up, as every client waited for too long.
        unanswered: requests that were on their way when the run was stopped.
        thresholds: what makes the run fail.
    """

    url: str
    tally: Tally
    moments: Moments
    started: float
    now: float
    not_sent: int = 0
    unanswered: int = 0
    thresholds: tuple[Threshold, ...] = (FAILED,)

    @property
    def exit_code(self) -> int:
        """0 if no threshold was crossed, 1 if one was, 3 if the API answered none."""
        if self.tally.is_unreachable:
            return 3
        return 1 if any(is_crossed for _, _, is_crossed in self.judged()) else 0

    def judged(self) -> list[tuple[Threshold, float | None, bool]]:
        """Return each threshold with the run's value and whether that crosses it."""
        values = [threshold.value(self.tally.whole, self.not_sent) for threshold in self.thresholds]
        return [
            (threshold, value, threshold.is_crossed_by(value))
            for threshold, value in zip(self.thresholds, values, strict=True)
        ]

    def verdict(self) -> str:
        """Return how the run ended, in a line."""
        if self.tally.is_unreachable:
            return f"FAIL: {'nothing' if self.tally.is_silent else 'no recommendation API'} answered at {self.url}"
        crossed = [threshold.describe(value) for threshold, value, is_crossed in self.judged() if is_crossed]
        if crossed:
            return f"FAIL: {'; '.join(crossed)}"
        whole = self.tally.whole
        p99 = milliseconds(whole.latencies.quantile_s(0.99))
        return f"PASS: {counted(whole.requests, 'request')}, {whole.failed} failed, p99 {p99} ms"

    def rows(self) -> list[tuple[str, str, str]]:
        """Return names with their values of the last ten seconds and of the whole run."""
        recent, whole = self.tally.recent(self.now), self.tally.whole
        return [(name, last, all_) for (name, last), (_, all_) in zip(_named(recent), _named(whole), strict=True)]

    def facts(self) -> list[tuple[str, str]]:
        """Return what has one value for the run."""
        current = self.tally.changes.current
        facts = [
            ("seconds", f"{self.now - self.started:.1f}"),
            ("version", current.version if current else "none yet"),
            ("model_date", current.model_date if current else "none yet"),
        ]
        if self.tally.whole.failed:
            statuses = sorted(self.tally.statuses.items())
            facts.append(("statuses", ", ".join(f"{status}: {count}" for status, count in statuses)))
        if self.tally.fresh:
            facts.append(("fresh connections", str(self.tally.fresh)))
        if self.not_sent:
            facts.append(("not sent", f"{self.not_sent}: every client waited too long; raise --concurrency"))
        return facts

    def json(self) -> dict[str, object]:
        """Return everything, for scripts."""
        tally = self.tally
        current = tally.changes.current
        return {
            "url": self.url,
            "passed": self.exit_code == 0,
            "thresholds": [
                {"fail_if": threshold.expression, "value": threshold.printed(value), "crossed": is_crossed}
                for threshold, value, is_crossed in self.judged()
            ],
            "started": self.moments.rfc3339(self.started),
            "seconds": _rounded(self.now - self.started),
            "requests": tally.whole.requests,
            "failed": tally.whole.failed,
            "not_sent": self.not_sent,
            "unanswered": self.unanswered,
            "fresh_connections": tally.fresh,
            "statuses": dict(sorted(tally.statuses.items())),
            "latency_ms": _latencies(tally.whole.latencies),
            "version": current and current.version,
            "model_date": current and current.model_date,
            "answered_by": [
                {
                    "version": release.version,
                    "model_date": release.model_date,
                    "requests": tenure.requests,
                    "first_seconds": _rounded(tenure.first_s),
                    "last_seconds": _rounded(tenure.last_s),
                }
                for release, tenure in tally.changes.tenures.items()
            ],
            "change_count": tally.changes.count,
            "changes": [_change(change) for change in tally.changes.recorded],
            "failures": [self._failure(failure) for failure in tally.failures],
        }

    def _failure(self, failure: Failure) -> dict[str, object]:
        sample = failure.sample
        return {
            "time": self.moments.rfc3339(sample.began),
            "seconds": _rounded(failure.seconds),
            "status": sample.status,
            "latency_ms": _rounded(sample.latency_s * 1000),
            "fresh_connection": sample.is_fresh,
            "detail": sample.detail,
        }


def milliseconds(seconds: float | None) -> str:
    """Return a latency for people."""
    return "–" if seconds is None else f"{seconds * 1000:.1f}"


def _named(numbers: Numbers) -> list[tuple[str, str]]:
    latencies = numbers.latencies
    return [
        ("requests", str(numbers.requests)),
        ("failed", str(numbers.failed)),
        ("p50 ms", milliseconds(latencies.quantile_s(0.5))),
        ("p99 ms", milliseconds(latencies.quantile_s(0.99))),
        ("max ms", milliseconds(latencies.max_s if latencies.count else None)),
    ]


def _latencies(latencies: Histogram) -> dict[str, object]:
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    found = {name: latencies.quantile_s(share) for name, share in shares.items()}
    found["max"] = latencies.max_s if latencies.count else None
    return {name: None if seconds is None else _rounded(seconds * 1000) for name, seconds in found.items()}


def _change(change: Change) -> dict[str, object]:
    return {
        "seconds": _rounded(change.seconds),
        "event": "arrived" if change.is_arrival else "gone",
        "version": change.release.version,
        "model_date": change.release.model_date,
        "before": change.before and {"version": change.before.version, "model_date": change.before.model_date},
    }


def _rounded(number: float) -> float:
    return round(number, 3)
