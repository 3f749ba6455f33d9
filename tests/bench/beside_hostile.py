"""How long ordinary clients wait beside hostile ones, and what the server's memory comes to meanwhile."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.bench.beside_long import percentile
from tests.bench.data import ROOT
from tests.bench.hostile import KINDS
from tests.bench.probe import LIVE, SMALL
from tests.bench.processes import MeasurementError, clean_environ, interleaved
from tests.bench.report import Aim, aims, table
from tests.bench.servers import Recipe, Server, processors, python_module, serving
from tests.bench.sizing import Memory

_ALONE = "nobody else"
# Few enough for one client that asks in turn: a backlog of its own making would not tell anything.
_PROBE_RATE = 20.0
_AIM_MS = 100.0
_MIB = 2**20


@dataclass(frozen=True)
class Beside:
    """One stretch of time.

    Attributes:
        latencies_ms: of ordinary clients, by what was asked.
        memory_bytes: of the server, at its end.
    """

    latencies_ms: Mapping[str, Sequence[float]]
    memory_bytes: int


def parts(recipe: Recipe, bodies: Path, folder: Path, seconds: float, repetitions: int) -> list[str]:
    """Measure; return the parts of a section.

    Args:
        recipe: of the server.
        bodies: what ordinary clients ask with.
        folder: for the reports.
        seconds: of each stretch.
        repetitions: of each kind of stretch, in turns.
    """
    with serving(recipe, processors()[0]) as server:
        found = interleaved(
            {
                kind: lambda kind=kind: _beside(server, kind, bodies, folder, seconds)  # type: ignore[misc]
                for kind in (_ALONE, *KINDS)
            },
            repetitions,
        )
    rows = [
        (
            kind,
            *(f"{percentile(_all(stretches, what), percent):.1f}" for what in (LIVE, SMALL) for percent in (50, 99)),
            f"{max(one.memory_bytes for one in stretches) / _MIB:.0f}",
        )
        for kind, stretches in found.items()
    ]
    header = ("beside", "/livez p50, ms", "p99, ms", "three songs p50, ms", "p99, ms", "memory, MiB")
    return [
        "Ordinary clients beside hostile ones, default settings, one processor:",
        table(header, rows),
        aims(_aims(found)),
    ]


def _all(stretches: Sequence[Beside], what: str) -> list[float]:
    return [ms for one in stretches for ms in one.latencies_ms[what]]


def _aims(found: Mapping[str, Sequence[Beside]]) -> list[Aim]:
    added = {
        (kind, what): percentile(_all(stretches, what), 99) - percentile(_all(found[_ALONE], what), 99)
        for kind, stretches in found.items()
        for what in (LIVE, SMALL)
        if kind != _ALONE
    }
    (kind, what), worst = max(added.items(), key=lambda each: each[1])
    wanted = f"hostile clients add at most {_AIM_MS:g} ms to ordinary ones' p99"
    return [Aim(wanted, f"{worst:+.1f} ms at most ({what} beside {kind})", worst <= _AIM_MS)]


def _beside(server: Server, kind: str, bodies: Path, folder: Path, seconds: float) -> Beside:
    report = folder / "ordinary.json"
    with nullcontext() if kind == _ALONE else _hostile(server.port, kind):
        probe = (str(server.port), str(_PROBE_RATE), str(seconds), str(bodies), str(report))
        words = ["taskset", "--cpu-list", processors()[1], *python_module("tests.bench.probe", *probe)]
        if subprocess.run(words, cwd=ROOT, env=clean_environ(), timeout=seconds * 3 + 60, check=False).returncode:
            raise MeasurementError(f"an ordinary client failed beside {kind}")
        memory = Memory.of(server.process_ids).proportional
    return Beside(json.loads(report.read_text(encoding="utf-8")), memory)


@contextmanager
def _hostile(port: int, kind: str) -> Iterator[None]:
    """Let hostile clients be there until the block is left."""
    words = ["taskset", "--cpu-list", processors()[1], *python_module("tests.bench.hostile", str(port), kind)]
    process = subprocess.Popen(
        words, cwd=ROOT, env=clean_environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise MeasurementError(f"the hostile clients did not come: {kind}")
        yield
    finally:
        process.communicate(timeout=30)
