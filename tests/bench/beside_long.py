"""How long small requests take beside ones with 1,000 songs, which come at a steady rate, with and without explain."""

import json
import random
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.probe import LIVE, SMALL
from tests.bench.processes import MeasurementError, clean_environ, interleaved
from tests.bench.report import Aim, aims, table
from tests.bench.servers import Recipe, processors, python_module, serving

from playlist_model import Model

_ALONE, _PLAIN, _EXPLAINED = "nothing else", "1,000 songs", "1,000 songs, explained"
_RATE, _PROBE_RATE = 20.0, 100.0
_AIM_MS = 20.0


@dataclass(frozen=True)
class Beside:
    """One stretch of time.

    Attributes:
        small_ms: latencies by what was asked, of all small requests.
        long_ms: latencies of the long ones; empty where there were none.
        long_rate: of them that were answered, per second.
    """

    small_ms: Mapping[str, Sequence[float]]
    long_ms: Sequence[float]
    long_rate: float


def parts(recipe: Recipe, model: Model, folder: Path, seconds: float, repetitions: int) -> list[str]:
    """Measure; return the parts of a section.

    Args:
        recipe: of the server.
        model: that it answers from.
        folder: for files of requests.
        seconds: of each stretch.
        repetitions: of each kind of stretch, in turns.
    """
    files = _write_bodies(model, folder)
    with serving(recipe, processors()[0]) as server:
        found = interleaved(
            {
                name: lambda file=file: _beside(server.port, file, files[_ALONE], folder, seconds)
                for name, file in files.items()
            },
            repetitions,
        )
    header = ("beside", "asked", "p50, ms", "p99, ms", "longest, ms", "long ones a second", "their p50, ms")
    rows = [
        (
            beside,
            what,
            f"{percentile(latencies, 50):.1f}",
            f"{percentile(latencies, 99):.1f}",
            f"{max(latencies):.1f}",
            "–" if beside == _ALONE else f"{statistics.median(one.long_rate for one in stretches):.1f}",
            "–" if beside == _ALONE else f"{percentile([ms for one in stretches for ms in one.long_ms], 50):.0f}",
        )
        for beside, stretches in found.items()
        for what in (LIVE, SMALL)
        for latencies in [[ms for one in stretches for ms in one.small_ms[what]]]
    ]
    intro = f"Small requests beside long ones that come {_RATE:g} times a second, on the same one processor:"
    return [intro, table(header, rows), aims(_aims(found))]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent do not go beyond."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _aims(found: Mapping[str, Sequence[Beside]]) -> list[Aim]:
    worst = {
        beside: max(percentile([ms for one in stretches for ms in one.small_ms[what]], 99) for what in (LIVE, SMALL))
        for beside, stretches in found.items()
        if beside != _ALONE
    }
    return [
        Aim(f"p99 of small requests at most {_AIM_MS:g} ms beside {beside}", f"{p99_ms:.1f} ms", p99_ms <= _AIM_MS)
        for beside, p99_ms in worst.items()
    ]


def _write_bodies(model: Model, folder: Path) -> dict[str, Path]:
    """Write the requests; the file of ``_ALONE`` holds the small ones."""
    names = list(model.songs.names)
    files = {}
    for name, count in ((_ALONE, 3), (_PLAIN, 1000), (_EXPLAINED, 1000)):
        draw = random.Random(0)
        more = {"explain": True} if name == _EXPLAINED else {}
        bodies = [json.dumps({"songs": draw.sample(names, min(count, len(names))), **more}) for _ in range(100)]
        files[name] = folder / f"beside-{len(files)}.jsonl"
        files[name].write_text("\n".join(bodies), encoding="utf-8")
    return files


def _beside(port: int, long_bodies: Path, small_bodies: Path, folder: Path, seconds: float) -> Beside:
    report, small_report = folder / "long.json", folder / "small.json"
    plan = (str(port), "/api/recommend", str(_RATE), str(seconds + 1), str(long_bodies), str(report))
    probe = (str(port), str(_PROBE_RATE), str(seconds), str(small_bodies), str(small_report))
    is_alone = long_bodies == small_bodies
    running = [] if is_alone else [_started("tests.bench.open_loop", *plan)]
    running.append(_started("tests.bench.probe", *probe))
    for process in running:
        if process.wait(seconds * 3 + 60):
            raise MeasurementError("a client failed")
    small = json.loads(small_report.read_text(encoding="utf-8"))
    if is_alone:
        return Beside(small, (), 0.0)
    seen = json.loads(report.read_text(encoding="utf-8"))
    if seen["failed"]:
        raise MeasurementError(f"{seen['failed']} of the requests with 1,000 songs failed")
    return Beside(small, seen["latencies_ms"], len(seen["latencies_ms"]) / seen["seconds"])


def _started(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    words = ["taskset", "--cpu-list", processors()[1], *python_module(module, *arguments)]
    return subprocess.Popen(words, cwd=ROOT, env=clean_environ(), start_new_session=True)
