"""The command ``watch``."""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from playlist_client.address import shown_url
from playlist_client.api import DEFAULT_TIMEOUT_S, question
from playlist_client.commands import FileOption, SongsArgument
from playlist_client.connection import KubeOption, NamespaceOption, TimeoutOption, UrlOption, reached
from playlist_client.output import note, show_json, stderr, stdout
from playlist_client.song_lines import songs_given
from playlist_client.watch.csv_log import CsvLog
from playlist_client.watch.moments import Moments, wall_time
from playlist_client.watch.plot import Plot
from playlist_client.watch.recording import Recording
from playlist_client.watch.run import Question, Run, stopped_by_signals
from playlist_client.watch.schedule import Pace
from playlist_client.watch.screen import show_end

IntervalOption = Annotated[
    float,
    typer.Option(
        "--interval", "-i", metavar="SECONDS", min=0, max=3600, help="Between two requests of a client; 0: no pause."
    ),
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", "-c", metavar="N", min=1, max=1000, help="Clients that ask side by side.")
]
DurationOption = Annotated[
    float | None, typer.Option("--duration", "-d", metavar="SECONDS", min=0.001, help="End; by default with Ctrl-C.")
]
FreshOption = Annotated[
    float,
    typer.Option("--fresh", metavar="SHARE", min=0, max=1, help="Of requests that open a connection of their own."),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Count seconds from then: RFC 3339, or $(date +%s) of a git push."),
]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a line for each request.")]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw latency over time, as .svg or .png.")
]
SummaryOption = Annotated[bool, typer.Option("--json", help="Print the numbers at the end as JSON; lines to stderr.")]


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
    json: SummaryOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Watch a rollout: ask again and again.

    Every request is checked and none is tried twice. The exit code is 1 if one failed, 3 if nothing was ever there.
    SONG is a title to ask with, in quotes; without one, popular songs are asked for.

    Requests are due at fixed times, N of them every interval, however long answers take (an open loop). One that is
    held up because all clients wait counts from when it was due; after --timeout it is given up, and counted as not
    sent. With --interval 0 each client asks as soon as it was answered (a closed loop).

    Connections are kept and used again, one a client; --fresh 0.5 opens a new one for every second request.
    """
    moments = Moments(time.perf_counter(), time.time())
    counted_from = moments.monotonic_of(wall_time(since)) if since else None
    body = question(songs_given(songs, file) if songs or file else ())
    drawing = Plot(plot) if plot else None
    console = stderr() if json else stdout()
    with ExitStack() as stack:
        log = stack.enter_context(closing(CsvLog(csv, moments))) if csv else None
        base_url = stack.enter_context(reached(url, kube, namespace))
        if kube:
            note("port-forward leads to one pod and ends with it: to judge a rollout, give the service's own --url")
        run = Run(Question(base_url, body, timeout, fresh), Pace(interval, concurrency, duration, timeout))
        recording = Recording(run, shown_url(base_url), moments, counted_from, interval)
        with stopped_by_signals(run.stop):
            recording.measure(console, log)
        report = recording.report()
    if json:
        show_json(report.json())
    else:
        show_end(console, report)
    if drawing:
        drawing.draw(report, recording.timeline)
    raise typer.Exit(report.exit_code)
