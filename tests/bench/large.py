"""A hundred thousand playlists: how far one machine goes."""

from collections.abc import Mapping, Sequence
from functools import partial

from tests.bench import data
from tests.bench.jobs import Job, Wanted, every_pair, stage_rows, trained
from tests.bench.options import Options
from tests.bench.processes import MB, MeasurementError, Spread, interleaved
from tests.bench.report import Aim, Section, aims, table

MIN_SUPPORT = 0.002
_AIM_PAIRS = 100_000
_AIM_SECONDS = 20.0
_AIM_BYTES = 2 * 2**30
_EVERY_PAIR, _DEFAULT = "CSV, every pair", "CSV, default settings"


def measure(options: Options) -> Section:
    """Measure the group ``large``."""
    shape = data.QUICK_LARGE if options.quick else data.LARGE
    csv, parquet = data.made_up(shape, "csv"), data.made_up(shape, "parquet")
    wanted = {
        _EVERY_PAIR: Wanted(csv.path, every_pair(MIN_SUPPORT)),
        _DEFAULT: Wanted(csv.path),
        "Parquet, every pair": Wanted(parquet.path, every_pair(MIN_SUPPORT)),
        "Parquet, default settings": Wanted(parquet.path),
    }
    jobs = interleaved({name: partial(trained, one) for name, one in wanted.items()}, options.repetitions(3))
    pairs = jobs[_EVERY_PAIR][0].rule_count // 2
    if pairs < _AIM_PAIRS and not options.quick:
        raise MeasurementError(f"the made-up playlists have {pairs} frequent pairs, wanted {_AIM_PAIRS}")
    intro = (
        f"{csv.words}, {parquet.words.rpartition('; ')[2]}. Every pair: at min_support {MIN_SUPPORT:g}, no limit on "
        f"rules, evaluation and gate off: {pairs:,} frequent pairs."
    )
    stages, by_stage = stage_rows(jobs)
    header = ("", "runs", "whole job, s", "processor, s", "peak, MiB", "rules")
    parts = [
        intro,
        table(header, [_row(name, found) for name, found in jobs.items()]),
        aims(aim for name in (_EVERY_PAIR, _DEFAULT) for aim in _aims(name, jobs)),
        table(("by stage, s", *stages), by_stage),
    ]
    return Section("Training at 100,000 playlists", parts)


def _row(name: str, jobs: Sequence[Job]) -> tuple[object, ...]:
    seconds = Spread.of(job.run.seconds for job in jobs).text(".1f")
    processor = Spread.of(job.run.processor_seconds for job in jobs).text(".1f")
    peak = Spread.of(job.run.peak_bytes / 2**20 for job in jobs).text(".0f")
    return name, len(jobs), seconds, processor, peak, f"{jobs[0].rule_count:,}"


def _aims(name: str, jobs: Mapping[str, Sequence[Job]]) -> list[Aim]:
    seconds = Spread.of(job.run.seconds for job in jobs[name]).median
    peak = Spread.of(job.run.peak_bytes for job in jobs[name]).median
    return [
        Aim(f"{name}: the whole job in at most 20 s", f"{seconds:.1f} s", seconds <= _AIM_SECONDS),
        Aim(f"{name}: at most 2 GiB", f"{peak / 2**30:.2f} GiB ({peak / MB:.0f} MB)", peak <= _AIM_BYTES),
    ]
