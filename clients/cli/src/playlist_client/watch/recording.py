"""A run on its way into everything that keeps or shows it."""

import time

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


class Recording:
    """What one run measures.

    Attributes:
        tally: the numbers.
        timeline: latency over time.
    """

    def __init__(
        self,
        run: Run,
        url: str,
        moments: Moments,
        counted_from: float | None,
        interval_s: float,
        thresholds: tuple[Threshold, ...],
    ) -> None:
        """Get ready.

        Args:
            run: that is recorded.
            url: for the report, without user and password.
            moments: for wall-clock times.
            counted_from: the monotonic time that seconds are counted from; None counts from now.
            interval_s: between two requests of a client.
            thresholds: what makes it fail.
        """
        now = time.perf_counter()
        self._moments = moments
        reference = now if counted_from is None else counted_from
        self.tally = Tally(reference, max(_SECONDS_UNTIL_GONE, _INTERVALS_UNTIL_GONE * interval_s))
        self.timeline = Timeline(now)
        self._run = run
        self._url = url
        self._thresholds = thresholds

    def measure(self, console: Console, log: CsvLog | None) -> None:
        """Let the run go from start to end, shown on a console and written to a log."""
        with Screen(console, self._moments, self.tally.reference) as screen:

            def take(sample: Sample) -> None:
                changes = self.tally.take(sample)
                self.timeline.take(sample)
                screen.take(sample, changes)
                if log:
                    log.take(sample)

            self._run.measure(take, lambda: screen.draw(self.report))

    def report(self) -> Report:
        """Return the numbers as they stand."""
        schedule = self._run.schedule
        return Report(
            self._url,
            self.tally,
            self._moments,
            schedule.started,
            time.perf_counter(),
            schedule.not_sent,
            self._run.unanswered,
            self._thresholds,
        )
