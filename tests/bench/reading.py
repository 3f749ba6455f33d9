"""Reading a CSV file whole, with every line checked: what it takes beside the first version, which checked none."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import data
from tests.bench.first_trainer import COMMIT, MISSING, first_trainer
from tests.bench.options import Options
from tests.bench.processes import MeasurementError, Spread, interleaved, run
from tests.bench.report import Aim, Section, aims, table

_JOB = Path(__file__).with_name("reading_job.py")
_AIM = 1.3
_NOW, _FIRST = "now", f"first version ({COMMIT})"


@dataclass(frozen=True)
class Reading:
    """One file, read and numbered once.

    Attributes:
        seconds: by stage: "read" and "encode".
        processor_s: of both.
        peak_bytes: the most resident memory of the process.
        counts: rows, playlists and songs.
    """

    seconds: Mapping[str, float]
    processor_s: float
    peak_bytes: int
    counts: Mapping[str, int]

    @property
    def clock_s(self) -> float:
        """Seconds of both stages."""
        return sum(self.seconds.values())


Readings = Mapping[str, Sequence[Reading]]


def measure(options: Options) -> Section:
    """Measure the group ``reading``."""
    plain = data.assignment(quick=options.quick)
    files = {"plain CSV": plain, "CSV as gzip": data.packed(plain)}
    with first_trainer() as first:
        pythons = {_NOW: Path(sys.executable)} | ({_FIRST: first.python} if first else {})
        found = {
            kind: interleaved(
                {name: partial(_read, python, file.path) for name, python in pythons.items()}, options.repetitions(9)
            )
            for kind, file in files.items()
        }
    for kind, readings in found.items():
        _check_rows(kind, readings)
    intro = (
        f"Reading and numbering alone, each time in a new process, imports not counted; {plain.words}; "
        f"{files['CSV as gzip'].words}. Processor seconds are of all threads."
    )
    header = ("", "runs", "read, s", "number, s", "both, s", "processor, s", "peak, MiB", "playlists", "songs")
    rows = [_row(f"{kind}, {name}", each) for kind, readings in found.items() for name, each in readings.items()]
    compared = aims(aim for kind, readings in found.items() for aim in against_first(kind, readings))
    return Section("Reading: every line checked", [intro, table(header, rows), compared or MISSING])


def _read(python: Path, path: Path) -> Reading:
    # -P: this folder's modules are not for the first version.
    found = run([python, "-P", _JOB, path])
    told = json.loads(found.output.splitlines()[-1])
    return Reading(told["seconds"], told["processor_s"], found.peak_bytes, told["counts"])


def _check_rows(kind: str, readings: Readings) -> None:
    counts = {name: (each[0].counts["rows"], each[0].counts["playlists"]) for name, each in readings.items()}
    if len(set(counts.values())) > 1:
        raise MeasurementError(f"{kind}: rows and playlists differ: {counts}")


def _row(name: str, readings: Sequence[Reading]) -> tuple[object, ...]:
    return (
        name,
        len(readings),
        *(Spread.of(one.seconds[stage] for one in readings).text(".3f") for stage in ("read", "encode")),
        Spread.of(one.clock_s for one in readings).text(".3f"),
        Spread.of(one.processor_s for one in readings).text(".3f"),
        Spread.of(one.peak_bytes / 2**20 for one in readings).text(".0f"),
        f"{readings[0].counts['playlists']:,}",
        f"{readings[0].counts['songs']:,}",
    )


def against_first(kind: str, readings: Readings) -> list[Aim]:
    """Return the aims of one kind of file; none where there is nothing to compare with."""
    if _FIRST not in readings:
        return []
    found = []
    for what, name in (("time", "clock_s"), ("processor time", "processor_s")):
        now, first = (Spread.of(getattr(one, name) for one in readings[key]).median for key in (_NOW, _FIRST))
        wanted = f"{kind}: at most {_AIM:g} × the first version's {what}"
        found.append(Aim(wanted, f"{now / first:.2f} × ({now:.3f} s, {first:.3f} s)", now <= _AIM * first))
    return found
