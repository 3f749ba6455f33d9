"""Latency over time as a picture, with what changed meanwhile."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_client.errors import ClientError, UsageError
from playlist_client.output import clean
from playlist_client.watch.changes import Change
from playlist_client.watch.report import Report
from playlist_client.watch.timeline import Bin, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SUFFIXES = (".svg", ".png")
_LATENCY, _FAILURE, _CHANGE = "#1f6feb", "#d1242f", "#1a7f37"
# Marks that are written out; more would cover each other, and stay lines.
_MARKS_NAMED = 12


class Plot:
    """A file to draw a run into."""

    def __init__(self, path: Path) -> None:
        """Find out before a run of hours whether it can be drawn at its end.

        Raises:
            UsageError: matplotlib is missing, or the file can't be written or has another ending.
        """
        if path.suffix.lower() not in _SUFFIXES:
            raise UsageError(f"--plot {path}; use a file that ends in {' or '.join(_SUFFIXES)}")
        if find_spec("matplotlib") is None:
            raise UsageError("--plot needs matplotlib: install playlist-client[plot]")
        try:
            path.open("ab").close()
        except OSError as error:
            raise UsageError(f"--plot {path} can't be written: {error.strerror}") from error
        self._path = path

    def draw(self, report: Report, timeline: Timeline) -> None:
        """Draw a run.

        Raises:
            ClientError: the file can't be written any more.
        """
        # Half a second that only those wait who want a picture.
        from matplotlib.figure import Figure  # noqa: PLC0415

        figure = Figure(figsize=(11, 5), layout="constrained")
        axes = figure.add_subplot()
        _draw_answers(axes, report, timeline)
        _draw_failures(axes, report, timeline)
        _draw_changes(axes, sorted(report.tally.changes.recorded, key=lambda change: change.seconds))
        _label(axes, report)
        figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
        # The same run gives the same file.
        metadata = {"Date": None} if self._path.suffix.lower() == ".svg" else None
        try:
            figure.savefig(self._path, dpi=150, metadata=metadata)
        except OSError as error:
            raise ClientError(f"--plot {self._path} can't be written: {error.strerror}") from error


def _bins(report: Report, timeline: Timeline) -> list[tuple[float, Bin]]:
    """Return the bins with the seconds of their middle, counted as everything is in the report."""
    offset = report.tally.seconds(timeline.started)
    return sorted((offset + (place + 0.5) * timeline.width_s, content) for place, content in timeline.bins.items())


def _draw_answers(axes: "Axes", report: Report, timeline: Timeline) -> None:
    good = [(seconds, content) for seconds, content in _bins(report, timeline) if content.good]
    has_several = any(content.good > 1 for _, content in good)
    if has_several:
        axes.vlines(
            [seconds for seconds, _ in good],
            [content.min_s * 1000 for _, content in good],
            [content.max_s * 1000 for _, content in good],
            color=_LATENCY,
            alpha=0.3,
            linewidth=1,
            label=f"answered: fastest to slowest within {timeline.width_s:g} s",
        )
    axes.plot(
        [seconds for seconds, _ in good],
        [content.sum_s / content.good * 1000 for _, content in good],
        linestyle="none",
        marker=".",
        markersize=4,
        color=_LATENCY,
        label="mean of these" if has_several else "answered",
    )


def _draw_failures(axes: "Axes", report: Report, timeline: Timeline) -> None:
    failed = [(seconds, content) for seconds, content in _bins(report, timeline) if content.failed]
    if failed:
        axes.plot(
            [seconds for seconds, _ in failed],
            [content.failed_max_s * 1000 for _, content in failed],
            linestyle="none",
            marker="x",
            color=_FAILURE,
            label=f"failed ({report.tally.whole.failed})",
        )


def _draw_changes(axes: "Axes", changes: list[Change]) -> None:
    for place, change in enumerate(changes):
        axes.axvline(change.seconds, color=_CHANGE, linestyle="-" if change.is_arrival else ":", linewidth=1)
        if place < _MARKS_NAMED:
            axes.annotate(
                _mark(change),
                (change.seconds, 1),
                xycoords=("data", "axes fraction"),
                # Neighbours at different heights, so that each can be read.
                xytext=(3, -10 - 22 * (place % 4)),
                textcoords="offset points",
                verticalalignment="top",
                fontsize=8,
                color=_CHANGE,
                parse_math=False,
            )


def _label(axes: "Axes", report: Report) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(lambda latency_ms, _: f"{latency_ms:g}" if f"{latency_ms:.0e}"[0] in "25" else "")
    # Room for the words of the marks.
    axes.set_ylim(top=axes.get_ylim()[1] * 6)
    axes.set_ylabel("latency, ms")
    axes.set_xlabel(f"seconds since {report.moments.rfc3339(report.tally.reference)}")
    numbers = ", ".join(f"{name} {whole}" for name, _, whole in report.rows())
    axes.set_title(f"{clean(report.url)}\n{numbers}", fontsize=10, loc="left", parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)


def _mark(change: Change) -> str:
    version, model_date = (clean(text) for text in change.release)
    if not change.is_arrival:
        return f"last of {version}\nmodel {model_date[:19]}"
    before = change.before
    lines = []
    if before is None or before.version != change.release.version:
        lines.append(f"version {version}")
    if before is None or before.model_date != change.release.model_date:
        lines.append(f"model {model_date[:19]}")
    return "\n".join(lines)
