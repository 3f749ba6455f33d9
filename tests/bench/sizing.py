"""What to give a pod: memory and disk by the number of rules, a training's memory by the rows of its dataset."""

import http.client
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import data
from tests.bench.jobs import Job, Wanted, program, trained
from tests.bench.options import Options
from tests.bench.processes import MeasurementError, Spread, clean_environ, interleaved, say
from tests.bench.publisher import RULES_PER_SONG, names_of
from tests.bench.report import Section, table
from tests.bench.servers import HOST, Recipe, Server, python_module, serving
from tests.bench.synthetic import Shape

from playlist_model import FolderStore

_MIB = 2**20
_SHAPES = (data.ASSIGNMENT, *(Shape(playlists, 64, 10_000, 40) for playlists in (15_625, 46_875)))
_QUICK_SHAPES = (Shape(300, 64, 400, 6),)


@dataclass(frozen=True)
class Memory:
    """Memory of all of a server's processes together, in bytes.

    Attributes:
        proportional: all of it, mapped model files included; what several processes share is counted once.
        anonymous: the part of it that no file stands behind, so that the system can't take it back.
    """

    proportional: int
    anonymous: int

    @classmethod
    def of(cls, process_ids: Sequence[int]) -> "Memory":
        """Read it from the system."""
        found = [_rolled_up(process_id) for process_id in process_ids]
        return cls(sum(one["Pss"] for one in found), sum(one["Pss_Anon"] for one in found))


@dataclass(frozen=True)
class Served:
    """One model that was answered from.

    Attributes:
        rules: how many it has.
        songs: how many it has.
        disk_bytes: of the model's folder.
        load_s: reading and verifying it, once a measurement.
        memory: of the server, after the requests.
        processor_s: of the server, for each 100 requests.
    """

    rules: int
    songs: int
    disk_bytes: int
    load_s: Spread
    memory: Memory
    processor_s: float


@dataclass(frozen=True)
class TrainedModel:
    """Trainings from one file.

    Attributes:
        shape: of the file.
        jobs: at least one.
    """

    shape: Shape
    jobs: Sequence[Job]

    @property
    def peak_bytes(self) -> Spread:
        """The most resident memory, once a training."""
        return Spread.of(job.run.peak_bytes for job in self.jobs)


def measure(options: Options) -> Section:
    """Measure the group ``sizing``."""
    songs, requests = ((2_500,), 100) if options.quick else ((2_500, 25_000, 100_000), 2_000)
    served = [_served(count, requests, options) for count in songs]
    shapes = {str(shape): shape for shape in (_QUICK_SHAPES if options.quick else _SHAPES)}
    jobs = interleaved({words: _training_of(shape) for words, shape in shapes.items()}, options.repetitions(3))
    learned = [TrainedModel(shape, jobs[words]) for words, shape in shapes.items()]
    return Section("Sizing: memory and disk", [*_api_parts(served, requests), *_trainer_parts(learned)])


def _training_of(shape: Shape) -> Callable[[], Job]:
    path = data.made_up(shape, "csv").path
    return lambda: trained(Wanted(path))


def _served(songs: int, requests: int, options: Options) -> Served:
    """Publish a made-up model, and answer requests from it."""
    say(f"{songs * RULES_PER_SONG:,} rules")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        publish(folder, songs)
        loads = Spread.of(_load_s(folder) for _ in range(options.repetitions(5)))
        manifest = FolderStore(folder).load_current().manifest
        recipe = Recipe(
            [program("playlist-api"), "--host", HOST, "--port", "{port}"],
            {"PLAYLIST_MODEL_DIR": str(folder)},
            "/api/recommend",
        )
        with serving(recipe) as server:
            _ask(server, songs, requests)
            before = server.processor_seconds()
            _ask(server, songs, requests)
            processor_s = (server.processor_seconds() - before) / requests * 100
            memory = Memory.of(server.process_ids)
        files = (folder / "models" / manifest.model_id).iterdir()
        disk_bytes = sum(file.stat().st_size for file in files)
    return Served(manifest.rule_count, songs, disk_bytes, loads, memory, processor_s)


def publish(folder: Path, songs: int) -> None:
    """Publish one made-up model, in a process of its own: what makes it must not count as the API's memory."""
    command = python_module("tests.bench.publisher", str(folder), str(songs))
    ended = subprocess.run(
        command, cwd=data.ROOT, env=clean_environ(), input="next\n", capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise MeasurementError(f"{' '.join(command)} failed:\n{ended.stderr}")


def _load_s(folder: Path) -> float:
    began = time.perf_counter()
    FolderStore(folder).load_current()
    return time.perf_counter() - began


def _ask(server: Server, songs: int, requests: int) -> None:
    """Send requests with three songs each, one after the other, over one connection."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    try:
        for body in _bodies(songs, requests):
            connection.request("POST", server.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.read() and response.status != http.HTTPStatus.OK:
                raise MeasurementError(f"status {response.status}, expected 200")
    finally:
        connection.close()


def _bodies(songs: int, requests: int) -> Iterator[bytes]:
    draw, names = random.Random(0), names_of(songs)
    for _ in range(requests):
        yield json.dumps({"songs": draw.sample(names, 3)}).encode()


def _rolled_up(process_id: int) -> dict[str, int]:
    """Return the sums over a process's memory maps, by name, in bytes."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith(" kB")}


def _api_parts(served: Sequence[Served], requests: int) -> list[str]:
    intro = (
        f"The API, by the size of its model ({RULES_PER_SONG} scored rules per song, names of 20 characters; default "
        f"settings, after {2 * requests:,} requests of three songs each). Memory is of all its processes together: "
        "with the model's mapped files, which the system gives up when memory is short, and without any file. Loading "
        "is reading and verifying every file, which are in the system's cache."
    )
    header = (
        *("rules", "songs", "on disk, MiB", "loading, s", "with the mapped files, MiB", "without, MiB"),
        "processor seconds for 100 requests",
    )
    rows = [
        (
            f"{one.rules:,}",
            f"{one.songs:,}",
            f"{one.disk_bytes / _MIB:.1f}",
            one.load_s.text(".3f"),
            f"{one.memory.proportional / _MIB:.0f}",
            f"{one.memory.anonymous / _MIB:.0f}",
            f"{one.processor_s:.3f}",
        )
        for one in served
    ]
    return [intro, table(header, rows), _per_rules(served)]


def _per_rules(served: Sequence[Served]) -> str:
    """Say what 100,000 rules add, from the smallest to the largest model."""
    least, most = served[0], served[-1]
    if least is most:
        return ""
    parts = (most.rules - least.rules) / 100_000
    disk = (most.disk_bytes - least.disk_bytes) / parts / _MIB
    mapped = (most.memory.proportional - least.memory.proportional) / parts / _MIB
    anonymous = (most.memory.anonymous - least.memory.anonymous) / parts / _MIB
    return (
        f"Each 100,000 rules more add {disk:.2f} MiB on disk, {mapped:.2f} MiB of memory with the mapped files, "
        f"{anonymous:.2f} MiB without."
    )


def _trainer_parts(learned: Sequence[TrainedModel]) -> list[str]:
    intro = (
        "A training with default settings, by the rows of its dataset, plain CSV: the most resident memory it held. "
        "Rules are at most so many per song as the last column says."
    )
    rows = [
        (
            str(one.shape),
            len(one.jobs),
            f"{one.jobs[0].dataset['rows']:,}",
            f"{one.jobs[0].rule_count:,}",
            Spread.of(job.run.seconds for job in one.jobs).text(".1f"),
            Spread.of(size / _MIB for size in one.peak_bytes.values).text(".0f"),
            one.jobs[0].scoring["rules_per_song"],
        )
        for one in learned
    ]
    header = ("dataset", "runs", "rows", "rules", "whole job, s", "peak, MiB", "rules per song")
    return [intro, table(header, rows), *map(_per_rows, learned[1:-1], learned[2:])]


def _per_rows(fewer: TrainedModel, more: TrainedModel) -> str:
    """Say what a million rows add between two files that differ in nothing else."""
    millions = (more.shape.rows - fewer.shape.rows) / 1e6
    added = (more.peak_bytes.median - fewer.peak_bytes.median) / millions / _MIB
    return (
        f"From {fewer.shape.rows / 1e6:.0f} to {more.shape.rows / 1e6:.0f} million rows of the same kind, each million "
        f"adds {added:.0f} MiB to the peak."
    )
