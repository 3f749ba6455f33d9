"""What a person sees of a run: lines for what happens, and on a terminal a table that is kept up to date."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from playlist_client.output import Format, clean, facts_listing, show
from playlist_client.watch.changes import Change
from playlist_client.watch.moments import Moments
from playlist_client.watch.probe import OK, UNREACHABLE, Sample
from playlist_client.watch.report import Report
from playlist_client.watch.tally import RECENT_S

_TABLE_EVERY_S = 0.25
_FAILURE_EVERY_S = 1.0
# A line that comes later than this after its time says so: the lines above it may be of later times.
_LATE_S = 2.0


class Screen:
    """A context in which a run is shown."""

    def __init__(self, console: Console, moments: Moments, reference: float) -> None:
        """Get ready.

        Args:
            console: where to.
            moments: for times of day.
            reference: the monotonic time that seconds are counted from.
        """
        self._console = console
        self._moments = moments
        self._reference = reference
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._drawn = 0.0
        self._failure_told = float("-inf")
        self._untold = 0

    def __enter__(self) -> "Screen":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tell_rest()
        if self._live:
            self._live.stop()

    def take(self, sample: Sample, changes: list[Change]) -> None:
        """Tell what a request shows that is worth a line."""
        for change in changes:
            self._line(change.seconds, describe_change(change), "bold green" if change.is_arrival else "green")
        if sample.ended - self._failure_told >= _FAILURE_EVERY_S:
            self._tell_rest()
        if sample.status == OK:
            return
        # A server that is down under load fails some hundred requests a second: one line for all of them.
        if sample.ended - self._failure_told < _FAILURE_EVERY_S:
            self._untold += 1
            return
        self._failure_told = sample.ended
        kind = "" if sample.status == UNREACHABLE else ", kept connection" if sample.is_on_kept else ", new connection"
        words = f"failed after {sample.latency_s:.3f} s{kind}: {sample.status}: {sample.detail}"
        self._line(sample.ended - self._reference, words, "red")

    def draw(self, report: Callable[[], Report]) -> None:
        """Bring the table up to date, if it is time to; the report is made only then."""
        now = time.perf_counter()
        if self._live and now - self._drawn >= _TABLE_EVERY_S:
            self._drawn = now
            self._live.update(table_of(report()), refresh=True)

    def _tell_rest(self) -> None:
        if self._untold:
            more = f"{self._untold} more failed within {_FAILURE_EVERY_S:g} s of that"
            self._line(self._failure_told - self._reference, more, "red")
            self._untold = 0

    def _line(self, seconds: float, words: str, style: str) -> None:
        late_s = time.perf_counter() - self._reference - seconds
        words += f" (late by {late_s:.1f} s)" if late_s > _LATE_S else ""
        time_of_day = self._moments.rfc3339(self._reference + seconds)[11:19]
        self._console.print(Text(f"{time_of_day}Z {seconds:+9.1f} s  {clean(words)}", style=style), soft_wrap=True)


def show_end(console: Console, report: Report, form: Format | None) -> None:
    """Print the numbers of a whole run, and last its verdict, which goes where the lines went."""
    if form is None and console.is_terminal:
        console.print(table_of(report))
    else:
        facts = [*((name, whole) for name, _, whole in report.rows()), *report.facts()]
        show(facts_listing(facts), report.json(), form)
    console.print(Text(clean(report.verdict()), "bold red" if report.exit_code else "bold green"), soft_wrap=True)


def table_of(report: Report) -> Table:
    """Return the numbers of a run, and of its last ten seconds."""
    numbers = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "right", "right"):
        numbers.add_column(justify=justify, no_wrap=True)
    numbers.add_row("", Text(f"last {RECENT_S} s", style="dim"), Text("all", style="dim"))
    for name, last, whole in report.rows():
        style = "bold red" if name == "failed" and whole != "0" else "bold"
        numbers.add_row(Text(name, style="dim"), last, Text(whole, style=style))
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in report.facts():
        facts.add_row(Text(name, style="dim"), Text(clean(value)))
    both = Table.grid()
    both.add_row(Text(report.url, style="dim", overflow="fold"))
    both.add_row(numbers)
    both.add_row(facts)
    return both


def describe_change(change: Change) -> str:
    """Return a change in words."""
    version, model_date = change.release
    if not change.is_arrival:
        return f"last answer from version {version} with the model of {model_date}"
    before = change.before
    if before is None:
        return f"first answer: version {version}, model of {model_date}"
    parts = []
    if version != before.version:
        parts.append(f"version {before.version} -> {version}")
    if model_date != before.model_date:
        parts.append(f"model of {before.model_date} -> {model_date}")
    return ", ".join(parts)
