"""What a new model costs those who are asking: latencies with and without, and how soon it answers."""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.jobs import program
from tests.bench.options import Options
from tests.bench.processes import MB, MeasurementError, Spread, interleaved
from tests.bench.publisher import names_of
from tests.bench.report import Aim, Section, aims, table
from tests.bench.servers import HOST, Recipe, Server, python_module, serving

RATE = 250.0
_INTERVAL_S = 5.0


@dataclass(frozen=True)
class Published:
    """One model that was published.

    Attributes:
        model_date: what answers from it carry.
        rules: how many it has.
        began: monotonic seconds.
        ended: monotonic seconds; publish() had returned.
    """

    model_date: str
    rules: int
    began: float
    ended: float


class Publisher:
    """A process that publishes when it is told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def publish(self) -> Published:
        """Publish a new model; return it once it is the current one."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        print("next", file=stdin, flush=True)
        line = stdout.readline()
        if not line:
            raise MeasurementError("the publishing process has ended")
        return Published(**json.loads(line))


@dataclass(frozen=True)
class Phase:
    """One stretch of steady load.

    Attributes:
        latencies_ms: ascending.
        lags_s: from the return of publish() to the first answer from that model, one a publication.
        publishing_s: how long publish() took, one a publication.
        memory: of the server's worker after the phase.
    """

    latencies_ms: Sequence[float]
    lags_s: Sequence[float]
    publishing_s: Sequence[float]
    memory: "Memory"

    def percentile_ms(self, percent: float) -> float:
        """Return the latency that so many percent of the requests did not go beyond."""
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(len(self.latencies_ms) * percent / 100))]


@dataclass(frozen=True)
class Memory:
    """Resident memory of a process.

    Attributes:
        total_mb: all of it, mapped model files that are in the system's cache included.
        private_mb: what belongs to the process alone.
    """

    total_mb: float
    private_mb: float

    @classmethod
    def of(cls, process_id: int) -> "Memory":
        """Read it from the system."""
        lines = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines()
        sizes = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
        return cls(int(sizes["VmRSS"]) * 1024 / MB, int(sizes["RssAnon"]) * 1024 / MB)


def measure(options: Options) -> Section:
    """Measure the group ``reload``."""
    songs, seconds = (5_000, 10.0) if options.quick else (100_000, 60.0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bodies = folder / "bodies.jsonl"
        bodies.write_text("\n".join(_bodies(songs)), encoding="utf-8")
        with _publisher(folder / "models", songs) as publisher:
            rules = publisher.publish().rules
            with serving(_recipe(folder)) as server:
                _phase(server, bodies, 5.0, None)
                before = Memory.of(server.worker_id)
                phases = interleaved(
                    {
                        "without": lambda: _phase(server, bodies, seconds, None),
                        "with": lambda: _phase(server, bodies, seconds, publisher),
                    },
                    options.repetitions(3),
                )
    intro = (
        f"{rules:,} rules on {songs:,} songs; playlist-api with its default settings on all cores, {RATE:g} requests a "
        f"second of three songs each, sent whether or not answers keep up, for {seconds:g} s; with: a new model "
        f"published every {_INTERVAL_S:g} s by another process."
    )
    return Section("Reload: what a new model costs those who are asking", [intro, *_parts(phases, before)])


def _recipe(folder: Path) -> Recipe:
    command = [program("playlist-api"), "--host", HOST, "--port", "{port}"]
    return Recipe(command, {"PLAYLIST_MODEL_DIR": str(folder / "models")}, "/api/recommend")


def _bodies(songs: int) -> list[str]:
    draw = random.Random(0)
    names = names_of(songs)
    return [json.dumps({"songs": draw.sample(names, 3)}) for _ in range(1000)]


@contextmanager
def _publisher(model_dir: Path, songs: int) -> Iterator[Publisher]:
    command = python_module("tests.bench.publisher", str(model_dir), str(songs))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Publisher(process)
        finally:
            process.terminate()


def _phase(server: Server, bodies: Path, seconds: float, publisher: Publisher | None) -> Phase:
    """Keep up the load for a while, and publish meanwhile where there is a publisher."""
    report = bodies.with_name("report.json")
    words = (str(server.port), server.path, str(RATE), str(seconds), str(bodies), str(report))
    published: list[Published] = []
    with subprocess.Popen(python_module("tests.bench.open_loop", *words), cwd=ROOT) as client:
        try:
            if publisher:
                published = _published(publisher, seconds)
            client.wait(seconds + 60)
        finally:
            client.kill()
    seen = json.loads(report.read_text(encoding="utf-8"))
    if seen["failed"]:
        raise MeasurementError(f"{seen['failed']} requests failed")
    lags = [seen["first_answers"][one.model_date] - one.ended for one in published]
    publishing = [one.ended - one.began for one in published]
    return Phase(sorted(seen["latencies_ms"]), lags, publishing, Memory.of(server.worker_id))


def _published(publisher: Publisher, seconds: float) -> list[Published]:
    """Publish at a steady pace from the first second on; the last one leaves time for answers from it."""
    started, published = time.monotonic(), []
    for number in range(int(seconds / _INTERVAL_S)):
        time.sleep(max(0.0, started + 1 + number * _INTERVAL_S - time.monotonic()))
        published.append(publisher.publish())
    return published


def _parts(phases: dict[str, list[Phase]], before: Memory) -> list[str]:
    rows = [
        (
            f"{name} new models",
            f"{sum(len(phase.latencies_ms) for phase in found):,}",
            *(Spread.of(phase.percentile_ms(p) for phase in found).text(".1f") for p in (50, 99, 99.9, 100)),
        )
        for name, found in phases.items()
    ]
    p99 = {name: Spread.of(phase.percentile_ms(99) for phase in found).median for name, found in phases.items()}
    lags = Spread.of(lag for phase in phases["with"] for lag in phase.lags_s)
    publishing = Spread.of(taken for phase in phases["with"] for taken in phase.publishing_s)
    after = phases["with"][-1].memory
    ratio = p99["with"] / p99["without"]
    reloads = len(lags.values)
    soon = (
        f"From publish() returning to the first answer from the new model, {reloads} times: {lags.text()} s "
        f"(publish() itself {publishing.text()} s)."
    )
    return [
        table(("", "requests", "p50, ms", "p99, ms", "p99.9, ms", "longest, ms"), rows),
        soon,
        table(
            ("memory of the server", "resident, MB", "private to it, MB"),
            [
                ("before", f"{before.total_mb:.0f}", f"{before.private_mb:.0f}"),
                (f"after {reloads} reloads", f"{after.total_mb:.0f}", f"{after.private_mb:.0f}"),
            ],
        ),
        aims([Aim("p99 with new models at most 2 × p99 without", f"{ratio:.2f} ×", ratio <= 2)]),
    ]
