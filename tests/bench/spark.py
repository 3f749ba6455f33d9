"""The engine for data beyond one machine beside the one for one machine, on the same data: what the distribution costs.

Spark's own processes are counted apart: the driver and its Java, each executor's Java, and its Python, which works.
"""

import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from tests.bench.data import ROOT
from tests.bench.jobs import Job, Wanted, stage_rows, trained
from tests.bench.mpd_shaped import write_parquet
from tests.bench.options import Options
from tests.bench.processes import MeasurementError, say
from tests.bench.report import Aim, Section, aims, table
from tests.bench.synthetic_mpd import MpdShape

_SHAPE, _QUICK_SHAPE = MpdShape(playlists=151_500), MpdShape(playlists=4_000, songs=20_000)
_FILES = 8
_TRAINER = ROOT / ".venvs" / "spark" / "bin" / "playlist-trainer"
_POLL_S = 0.2
_PAGE = 4096
_ONE_MACHINE = "one machine (eclat)"
_KINDS = {
    "driver": re.compile(r"playlist-trainer"),
    "its Java": re.compile(r"org\.apache\.spark\.deploy\.SparkSubmit"),
    "an executor's Java": re.compile(r"CoarseGrainedExecutorBackend"),
    "an executor's Python": re.compile(r"pyspark[./]daemon"),
}


@dataclass(frozen=True)
class Trained:
    """A training, and the most that one process of each kind held, in bytes."""

    job: Job
    peaks: Mapping[str, int]

    @property
    def shuffled_bytes(self) -> int:
        """What tasks wrote for each other, compressed; 0 for one machine."""
        found = re.search(r"tasks sent each other (\d+) bytes", self.job.run.output)
        return int(found[1]) if found else 0


def measure(options: Options) -> Section:
    """Measure the group ``spark``."""
    if not _TRAINER.exists():
        raise MeasurementError(
            f"no {_TRAINER.relative_to(ROOT)}: `make unit-spark` makes that environment (with Java 17)"
        )
    shape = _QUICK_SHAPE if options.quick else _SHAPE
    with tempfile.TemporaryDirectory() as name:
        files, size = _made(shape, Path(name))
        found = {_ONE_MACHINE: _measured(Wanted(files))}
        for executors in (1, 2):
            flags = ("--engine", "spark", "--spark-master", f"local-cluster[{executors},1,1024]")
            memory = ("--spark-executors", str(executors), "--spark-executor-memory", "2Gi")
            say(f"{executors} executors")
            found[f"spark, {executors} executor{'s' * (executors > 1)}"] = _measured(
                Wanted(files, (*flags, *memory), _TRAINER)
            )
    rows = found[_ONE_MACHINE].job.dataset
    intro = (
        f"{shape.playlists:,} synthetic playlists in the shape of the Million Playlist Dataset (seed {shape.seed}): "
        f"{rows['rows']:,} rows, {rows['songs']:,} songs, {_FILES} Parquet files of {size / 1e6:,.0f} MB. Default "
        "settings. Executors of one core each, Spark's local-cluster: processes of their own, on the cores of this one "
        "machine, so that two of them show what distribution costs, and not what more machines bring. Peaks are of one "
        "process each, without mapped files."
    )
    jobs = {name: [one.job] for name, one in found.items()}
    stages, by_stage = stage_rows(jobs, ".1f")
    return Section(
        "Beyond one machine: Spark beside one machine",
        [intro, _table(found), aims([_same(found)]), table(("by stage, s", *stages), by_stage)],
    )


def _same(found: Mapping[str, Trained]) -> Aim:
    counts = {f"{one.job.rule_count:,}" for one in found.values()}
    return Aim("as many rules by each", " and ".join(sorted(counts)), len(counts) == 1)


def _table(found: Mapping[str, Trained]) -> str:
    rows = []
    for name, one in found.items():
        kinds = [f"{one.peaks[kind] / 2**20:,.0f}" if kind in one.peaks else "–" for kind in _KINDS]
        shuffled = f"{one.shuffled_bytes / 1e6:,.0f}" if one.shuffled_bytes else "–"
        rows.append((name, f"{one.job.run.seconds:.1f}", *kinds, shuffled, f"{one.job.rule_count:,}"))
    return table(("", "whole job, s", *(f"{kind}, MiB" for kind in _KINDS), "sent, MB", "rules"), rows)


def _made(shape: MpdShape, folder: Path) -> tuple[Path, int]:
    """Return a folder of Parquet files, playlists one after the other, and their size in bytes."""
    say(f"making {shape.playlists:,} playlists")
    whole = write_parquet(shape, folder)
    files = folder / "files"
    files.mkdir()
    for number in range(_FILES):
        begin, end = (shape.playlists * each // _FILES for each in (number, number + 1))
        part = pl.scan_parquet(whole).filter(pl.col("pid").is_between(begin, end - 1))
        part.sink_parquet(files / f"part-{number}.parquet", row_group_size=1 << 19)
    whole.unlink()
    return files, sum(path.stat().st_size for path in files.iterdir())


def _measured(wanted: Wanted) -> Trained:
    with _peaks() as peaks:
        job = trained(wanted)
    return Trained(job, dict(peaks))


@contextmanager
def _peaks() -> Iterator[dict[str, int]]:
    """Watch the processes that the block starts; gives the most that one of each kind held, in bytes."""
    before, found, ended = set(_processes()), defaultdict[str, int](int), threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            for process in set(_processes()) - before:
                # What ends while it is looked at has been seen before.
                with suppress(OSError, ValueError):
                    _note(process, found)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _note(process: Path, found: dict[str, int]) -> None:
    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    # The driver's Java has all of the driver's words; what meters a command has the command's.
    if "meter.py" in words:
        return
    kind = next((kind for kind in reversed(_KINDS) if _KINDS[kind].search(words)), None)
    if kind:
        _, resident, shared, *_ = (process / "statm").read_bytes().split()
        found[kind] = max(found[kind], (int(resident) - int(shared)) * _PAGE)


def _processes() -> Iterator[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit())
