"""A million playlists, 66 million rows, trained with default settings: one Parquet file, and slices in MPD's form.

They stand in a temporary folder: 1 GB, and 25 MB for each slice; TMPDIR says where.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from tests.bench.jobs import Job, Wanted, stage_rows, trained
from tests.bench.mpd_shaped import SLICE_PLAYLISTS, write_parquet, write_slices
from tests.bench.options import Options
from tests.bench.processes import say
from tests.bench.report import Aim, Section, aims, table
from tests.bench.synthetic_mpd import MpdShape

_AIM_BYTES = 2 * 2**30
_AIM_SECONDS = 360.0
_AIM_GROWTH_BYTES = 64 * 2**20  # of what slices take beyond a Parquet file; a training's own peak varies by as much
_CORES = 2
_QUICK_SHAPE, _QUICK_SLICES = MpdShape(playlists=4_000, songs=20_000), 4


@dataclass(frozen=True)
class Slices:
    """So many slices, and a Parquet file of the same playlists: the data takes the same memory, its form does not.

    Attributes:
        count: of the slices.
        by_slices: training from them.
        by_parquet: training from the file.
    """

    count: int
    by_slices: Job
    by_parquet: Job

    @property
    def extra_bytes(self) -> int:
        """How much higher the peak is from slices; negative where it is lower."""
        return self.by_slices.run.peak_bytes - self.by_parquet.run.peak_bytes


def measure(options: Options) -> Section:
    """Measure the group ``million``: the whole Parquet file."""
    shape = _QUICK_SHAPE if options.quick else MpdShape()
    with tempfile.TemporaryDirectory() as name, _on_cores(_CORES) as cores:
        parquet = _made(shape, Path(name))
        size = parquet.stat().st_size
        say("training from it")
        whole = trained(Wanted(parquet))
    intro = (
        f"{shape.playlists:,} synthetic playlists in the shape of the Million Playlist Dataset (seed {shape.seed}): "
        f"{whole.dataset['rows']:,} rows, {whole.dataset['songs']:,} songs, Parquet of {size / 1e6:,.0f} MB. "
        f"Default settings, {cores} cores."
    )
    jobs = {f"Parquet, {shape.playlists:,} playlists": whole}
    return Section(
        "Training at 1,000,000 playlists", [intro, _job_table(jobs), aims(parquet_aims(whole)), _stages(jobs)]
    )


def measure_slices(options: Options) -> Section:
    """Measure the group ``slices``: the same playlists as slices, in two numbers."""
    shape, count = (_QUICK_SHAPE, _QUICK_SLICES) if options.quick else (MpdShape(), options.slices)
    with tempfile.TemporaryDirectory() as name, _on_cores(_CORES) as cores:
        folder = Path(name)
        parquet = _made(shape, folder)
        say(f"making {count} slices")
        every_slice = write_slices(shape, folder, count)
        some = [_compared(folder, parquet, every_slice, part) for part in (count // 2, count)]
    intro = (
        f"Synthetic playlists in the shape of the Million Playlist Dataset (seed {shape.seed}). One slice holds "
        f"{SLICE_PLAYLISTS:,} of them as JSON; beside slices stands Parquet of the same playlists, since the rows take "
        f"the same memory in any form. Default settings, {cores} cores, one training each."
    )
    jobs = {
        name: job
        for one in some
        for name, job in (
            (f"{one.count} slices", one.by_slices),
            (f"Parquet, {one.count * SLICE_PLAYLISTS:,} playlists", one.by_parquet),
        )
    }
    return Section(
        "Training from the Million Playlist Dataset's slices",
        [intro, _job_table(jobs), aims([growth_aim(*some)]), _stages(jobs)],
    )


def _made(shape: MpdShape, folder: Path) -> Path:
    say(f"making a Parquet file of {shape.playlists:,} playlists")
    return write_parquet(shape, folder)


def _stages(jobs: Mapping[str, Job]) -> str:
    stages, by_stage = stage_rows({name: [job] for name, job in jobs.items()}, ".1f")
    return table(("by stage, s", *stages), by_stage)


def _compared(folder: Path, parquet: Path, every_slice: Path, count: int) -> Slices:
    """Train from the first slices, and from as many playlists as Parquet."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        slices = Path(name, "slices")
        slices.mkdir()
        for begin in range(0, count * SLICE_PLAYLISTS, SLICE_PLAYLISTS):
            file = f"mpd.slice.{begin}-{begin + SLICE_PLAYLISTS - 1}.json"
            (slices / file).hardlink_to(every_slice / file)
        say(f"training from {count} slices")
        by_slices = trained(Wanted(slices))
        same = Path(name, "same.parquet")
        pl.scan_parquet(parquet).filter(pl.col("pid") < count * SLICE_PLAYLISTS).sink_parquet(
            same, row_group_size=1 << 19
        )
        say("training from the same playlists as Parquet")
        return Slices(count, by_slices, trained(Wanted(same)))


@contextmanager
def _on_cores(count: int) -> Iterator[int]:
    """Let this process, and those it starts, use so many cores at most; yields how many they are."""
    allowed = os.sched_getaffinity(0)
    chosen = set(sorted(allowed)[:count])
    os.sched_setaffinity(0, chosen)
    try:
        yield len(chosen)
    finally:
        os.sched_setaffinity(0, allowed)


def _job_table(jobs: Mapping[str, Job]) -> str:
    header = ("", "rows", "whole job, s", "processor, s", "peak, MiB", "rules", "rules per song", "in playlists, ≥")
    rows: Sequence[Sequence[object]] = [
        (
            name,
            f"{job.dataset['rows']:,}",
            f"{job.run.seconds:.1f}",
            f"{job.run.processor_seconds:.1f}",
            f"{job.run.peak_bytes / 2**20:,.0f}",
            f"{job.rule_count:,}",
            job.scoring["rules_per_song"],
            job.scoring["min_support_count"],
        )
        for name, job in jobs.items()
    ]
    return table(header, rows)


def parquet_aims(job: Job) -> list[Aim]:
    """Return the aims of the whole file."""
    peak, seconds = job.run.peak_bytes, job.run.seconds
    return [
        Aim("Parquet to published model: at most 2 GiB", f"{peak / 2**30:.2f} GiB", peak <= _AIM_BYTES),
        Aim("Parquet to published model: at most 360 s", f"{seconds:.0f} s", seconds <= _AIM_SECONDS),
    ]


def growth_aim(half: Slices, every: Slices) -> Aim:
    """Return the aim that memory does not grow with the number of slices, beyond what their rows take in any form."""
    growth = every.extra_bytes - half.extra_bytes
    return Aim(
        "memory does not grow with the number of slices: what they take beyond Parquet of the same playlists grows by "
        f"at most {_AIM_GROWTH_BYTES / 2**20:.0f} MiB",
        f"{half.extra_bytes / 2**20:+,.0f} MiB with {half.count}, {every.extra_bytes / 2**20:+,.0f} MiB with "
        f"{every.count}",
        growth <= _AIM_GROWTH_BYTES,
    )
