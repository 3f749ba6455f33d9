"""The command ``watch``."""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from playlist_client.address import shown_url
from playlist_client.api import question
from playlist_client.commands import FileOption, SongsArgument
from playlist_client.errors import UsageError
from playlist_client.options import Options, with_options
from playlist_client.output import console_for_lines, note
from playlist_client.song_lines import songs_given
from playlist_client.usage import number_option
from playlist_client.watch.csv_log import CsvLog
from playlist_client.watch.moments import Moments, wall_time
from playlist_client.watch.plot import Plot
from playlist_client.watch.probe import Question
from playlist_client.watch.recording import Recording, tally_of
from playlist_client.watch.run import Run, stopped_by_signals
from playlist_client.watch.schedule import Pace
from playlist_client.watch.screen import show_end
from playlist_client.watch.thresholds import thresholds_from
from playlist_client.watch.timeline import Timeline

IntervalOption = Annotated[
    float,
    number_option(
        "--interval",
        "-i",
        kind=float,
        low=0,
        high=3600,
        metavar="SECONDS",
        help="Between two requests of a client; 0: no pause.",
    ),
]
ConcurrencyOption = Annotated[
    int,
    number_option(
        "--concurrency", "-c", kind=int, low=1, high=1000, metavar="N", help="Clients that ask side by side."
    ),
]
DurationOption = Annotated[
    float | None,
    number_option("--duration", "-d", kind=float, low=0.001, metavar="SECONDS", help="End; by default with Ctrl-C."),
]
FreshOption = Annotated[
    float,
    number_option(
        "--fresh", kind=float, low=0, high=1, metavar="SHARE", help="Of requests that open a connection of their own."
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Count seconds from then: RFC 3339, or $(date +%s) of a git push."),
]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write one line per request.")]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw latency over time, as .svg or .png.")
]
FailIfOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if", metavar="CONDITION", help='Fail the run, such as "p99>200ms" or "failed>1%"; repeatable.'
    ),
]


@with_options
def watch(  # noqa: PLR0913 - each is an option of the command line
    songs: SongsArgument = None,
    *,
    file: FileOption = None,
    interval: IntervalOption = 1.0,
    concurrency: ConcurrencyOption = 1,
    duration: DurationOption = None,
    fresh: FreshOption = 0.0,
    since: SinceOption = None,
    csv: CsvOption = None,
    plot: PlotOption = None,
    fail_if: FailIfOption = None,
    options: Options,
) -> None:
    """Watch a rollout: ask again and again.

    Every request is checked and none is retried. SONG is a title to ask with, in quotes; without one, popular songs are
    asked for. The last line is the verdict. The exit code is 1 if a --fail-if condition was met, 3 if the API never
    answered; unless a condition is about failed, one failed request fails the run.

    Requests are due at fixed times, N of them every interval, however long answers take (an open loop). One that is
    held up because all clients wait counts from when it was due; after --timeout it is given up, and counted as not
    sent. With --interval 0 each client asks as soon as it got an answer (a closed loop).

    Connections are kept alive, one per client; --fresh 0.5 opens a new one for every second request.
    """
    moments = Moments(time.perf_counter(), time.time())
    counted_from = moments.monotonic_of(wall_time(since)) if since else None
    body = question(tuple(songs_given(songs, file)) if songs or file else ())
    thresholds = thresholds_from(fail_if or ())
    if csv and plot and csv.resolve() == plot.resolve():
        raise UsageError(f"--csv and --plot both write {csv}: name two files")
    drawing = Plot(plot) if plot else None
    console = console_for_lines(options.form)
    with ExitStack() as stack:
        log = stack.enter_context(closing(CsvLog(csv, moments))) if csv else None
        base_url = stack.enter_context(options.reached())
        if options.kube:
            note("port-forward leads to one pod and ends with it; to judge a rollout, use the service's own --url")
        asked = Question(base_url, body, options.timeout_s, fresh)
        run = Run(asked, Pace(interval, concurrency, duration, options.timeout_s))
        now = time.perf_counter()
        tally = tally_of(now if counted_from is None else counted_from, interval)
        recording = Recording(run, shown_url(base_url), moments, thresholds, tally, Timeline(now))
        with stopped_by_signals(run.stop):
            recording.measure(console, log)
        report = recording.report()
    show_end(console, report, options.form)
    if drawing:
        drawing.draw(report, recording.timeline)
    raise typer.Exit(report.exit_code)
