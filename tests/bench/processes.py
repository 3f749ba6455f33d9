"""Whole processes, measured from outside: how long they take, and how much memory they hold at most."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_METER = Path(__file__).with_name("meter.py")
MB = 10**6
T = TypeVar("T")


class MeasurementError(Exception):
    """A measurement could not be taken, or what was compared is not equal; the message says which and why."""


@dataclass(frozen=True)
class Run:
    """One process, from its start to its end.

    Attributes:
        seconds: of the clock.
        processor_seconds: of all its threads together.
        peak_bytes: the most resident memory it held.
        output: what it wrote to standard output and standard error.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int
    output: str


def run(command: Sequence[str | Path], environ: Mapping[str, str] | None = None, limit_s: float = 3600.0) -> Run:
    """Run a command to its end and measure it.

    Args:
        command: the program, by its whole path, and its arguments.
        environ: added to this process's environment.
        limit_s: when to end it.

    Raises:
        MeasurementError: it failed, or took longer than ``limit_s``.
    """
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        metered = [sys.executable, "-I", "-S", str(_METER), str(report), *words]
        process = subprocess.Popen(
            metered,
            env=clean_environ() | dict(environ or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        output = _output_of(process, words, limit_s)
        found = json.loads(report.read_text(encoding="utf-8"))
    if found.pop("exit_code"):
        raise MeasurementError(f"{' '.join(words)} failed:\n{output}")
    return Run(**found, output=output)


def clean_environ() -> dict[str, str]:
    """Return this process's environment without settings of the product: what is measured has its defaults."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PLAYLIST_")}


def _output_of(process: "subprocess.Popen[str]", words: Sequence[str], limit_s: float) -> str:
    try:
        return process.communicate(timeout=limit_s)[0]
    except subprocess.TimeoutExpired:
        raise MeasurementError(f"{' '.join(words)} took more than {limit_s:.0f} s and was ended") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # the meter's own session: it and what it runs
            process.wait()


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one quantity, at least one."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Gather values."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def text(self, form: str = ".2f") -> str:
        """Return the median, and in brackets smallest and largest."""
        if len(self.values) == 1:
            return format(self.median, form)
        return f"{self.median:{form}} ({min(self.values):{form}}–{max(self.values):{form}})"


def interleaved(measures: Mapping[str, Callable[[], T]], repetitions: int) -> dict[str, list[T]]:
    """Take each measurement in turn, so many times over: what slows the machine down for a while slows all alike."""
    found: dict[str, list[T]] = {name: [] for name in measures}
    for repetition in range(repetitions):
        for name, measure in measures.items():
            say(f"{name}, {repetition + 1} of {repetitions}")
            found[name].append(measure())
    return found


def say(words: str) -> None:
    """Tell who waits what is going on."""
    print(f"  … {words}", file=sys.stderr, flush=True)
