"""A run on its way into everything that keeps or shows it."""

import time
from dataclasses import dataclass

from rich.console import Console

from playlist_client.watch.csv_log import CsvLog
from playlist_client.watch.moments import Moments
from playlist_client.watch.probe import Sample
from playlist_client.watch.report import Report
from playlist_client.watch.run import Run
from playlist_client.watch.screen import Screen
from playlist_client.watch.tally import Tally
from playlist_client.watch.thresholds import Threshold
from playlist_client.watch.timeline import Timeline

# A release is gone when it is missing for so many intervals: for fewer it may only not have had its turn.
_INTERVALS_UNTIL_GONE = 5
_SECONDS_UNTIL_GONE = 5.0


@dataclass(frozen=True)
class Recording:
    """What one run measures.

    Attributes:
        run: that is recorded.
        url: for the report, without user and password.
        moments: for wall-clock times.
        thresholds: what makes it fail.
        tally: the numbers.
        timeline: latency over time.
    """

    run: Run
    url: str
    moments: Moments
    thresholds: tuple[Threshold, ...]
    tally: Tally
    timeline: Timeline

    def measure(self, console: Console, log: CsvLog | None) -> None:
        """Let the run go from start to end, shown on a console and written to a log."""
        with Screen(console, self.moments, self.tally.reference) as screen:

            def take(sample: Sample) -> None:
                changes = self.tally.take(sample)
                self.timeline.take(sample)
                screen.take(sample, changes)
                if log:
                    log.take(sample)

            self.run.measure(take, lambda: screen.draw(self.report))

    def report(self) -> Report:
        """Return the numbers as they stand."""
        schedule, now = self.run.schedule, time.perf_counter()
        counts = (schedule.not_sent, self.run.unanswered)
        return Report(self.url, self.tally, self.moments, schedule.started, now, *counts, self.thresholds)


def tally_of(reference: float, interval_s: float) -> Tally:
    """Return an empty tally of a run whose seconds count from a monotonic time, for the interval of its clients."""
    return Tally(reference, max(_SECONDS_UNTIL_GONE, _INTERVALS_UNTIL_GONE * interval_s))
