"""The command ``check``."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from playlist_client.address import shown_url
from playlist_client.check.checks import Checker, checks_with
from playlist_client.check.report import Report
from playlist_client.errors import ClientError, UsageError
from playlist_client.options import Options, with_options
from playlist_client.output import console_for_lines, note
from playlist_client.usage import checked_text, number_option
from playlist_client.watch.moments import rfc3339

_REPORT = Path("check-report.md")
_SONGS = ("Bohemian Rhapsody", "HUMBLE.")


@with_options
def check(
    url_given: Annotated[str | None, typer.Argument(metavar="URL", hidden=True)] = None,
    *,
    song: Annotated[
        list[str] | None, typer.Option("--song", metavar="TITLE", help="Song to ask with; repeatable.")
    ] = None,
    reload: Annotated[
        float | None,
        number_option(
            "--reload",
            kind=float,
            low=0.1,
            metavar="SECONDS",
            help="Wait this long for a new model, asking meanwhile.",
        ),
    ] = None,
    report: Annotated[Path, typer.Option("--report", metavar="FILE", help="Markdown report.")] = Path(
        "check-report.md"
    ),
    options: Options,
) -> None:
    """Check a server against the assignment's contract.

    URL is any server with POST /api/recommend (or /api/recommender), this product or another. Sends good and bad
    requests, prints one line per check and writes a report. A warning is allowed by the contract but worth a look.

    With --reload, publish a new model when told to: model_date has to change while every request is answered.
    """
    if url_given is not None and options.url is not None:
        raise UsageError("the address is given twice: as URL and as --url")
    if not report.absolute().parent.is_dir():
        raise UsageError(f"--report {report} can't be written: its folder does not exist")
    songs = tuple(map(checked_text, song or _SONGS))
    moment = rfc3339(time.time())
    with (
        replace(options, url=url_given or options.url).reached() as base_url,
        closing(Checker(base_url, options.timeout_s)) as checker,
    ):
        checker.find_path(songs)
        results = list(checker.run(checks_with(songs)))
        if reload is not None:
            note(f"publish a new model now; waiting up to {reload:g} s for model_date to change")
            results.append(checker.wait_for_reload(songs, reload))
    done = Report(f"{shown_url(base_url)}{checker.path}", moment, checker.answer, results)
    options.show(done.listing(), done.json())
    try:
        report.write_text(done.markdown(), encoding="utf-8")
    except OSError as error:
        raise ClientError(f"--report {report} can't be written: {error.strerror}") from error
    console = console_for_lines(options.form)
    style = "bold green" if done.has_passed else "bold red"
    console.print(f"{done.verdict()}; report: {report}", style=style, soft_wrap=True)
    raise typer.Exit(0 if done.has_passed else 1)
