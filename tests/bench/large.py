"""A hundred thousand playlists: how far one machine goes."""

from collections.abc import Sequence

from tests.bench import data
from tests.bench.jobs import Job, Wanted, trained
from tests.bench.options import Options
from tests.bench.processes import MB, MeasurementError, Spread, interleaved
from tests.bench.report import Aim, Section, aims, table

MIN_SUPPORT = 0.002
_AIM_PAIRS = 100_000
_AIM_SECONDS = 20.0
_AIM_BYTES = 2 * 2**30


def measure(options: Options) -> Section:
    """Measure the group ``large``."""
    shape = data.QUICK_LARGE if options.quick else data.LARGE
    csv, parquet = data.made_up(shape, "csv"), data.made_up(shape, "parquet")
    jobs = interleaved(
        {
            "CSV": lambda: trained(Wanted(csv.path, MIN_SUPPORT)),
            "CSV, with the evaluation (default)": lambda: trained(Wanted(csv.path, MIN_SUPPORT, evaluation=True)),
            "Parquet": lambda: trained(Wanted(parquet.path, MIN_SUPPORT)),
        },
        options.repetitions(3),
    )
    pairs = jobs["CSV"][0].rule_count // 2
    if pairs < _AIM_PAIRS and not options.quick:
        raise MeasurementError(f"the made-up playlists have {pairs} frequent pairs, wanted {_AIM_PAIRS}")
    intro = (
        f"Pairs at min_support {MIN_SUPPORT:g}; {csv.words}, {parquet.words.rpartition('; ')[2]}. {pairs:,} frequent "
        f"pairs, {jobs['CSV'][0].itemset_count - pairs:,} frequent songs."
    )
    parts = [
        intro,
        table(("", "runs", "whole job, s", "processor, s", "peak, MiB"), [_row(name, jobs[name]) for name in jobs]),
        aims(_aims(jobs["CSV"])),
        "By stage, s:\n\n" + _stage_table(jobs),
    ]
    return Section("Training at 100,000 playlists", parts)


def _row(name: str, jobs: Sequence[Job]) -> tuple[object, ...]:
    seconds = Spread.of(job.run.seconds for job in jobs).text(".1f")
    processor = Spread.of(job.run.processor_seconds for job in jobs).text(".1f")
    return name, len(jobs), seconds, processor, Spread.of(job.run.peak_bytes / 2**20 for job in jobs).text(".0f")


def _aims(jobs: Sequence[Job]) -> list[Aim]:
    seconds = Spread.of(job.run.seconds for job in jobs).median
    peak = Spread.of(job.run.peak_bytes for job in jobs).median
    return [
        Aim("the whole job in at most 20 s", f"{seconds:.1f} s", seconds <= _AIM_SECONDS),
        Aim("at most 2 GiB", f"{peak / 2**30:.2f} GiB ({peak / MB:.0f} MB)", peak <= _AIM_BYTES),
    ]


def _stage_table(jobs: dict[str, list[Job]]) -> str:
    stages = list(dict.fromkeys(stage for found in jobs.values() for stage in found[0].seconds))
    rows = []
    for name, found in jobs.items():
        medians = [Spread.of(job.seconds.get(stage, 0.0) for job in found).median for stage in stages]
        rest = Spread.of(job.run.seconds - sum(job.seconds.values()) for job in found).median
        rows.append((name, *(f"{median:.2f}" for median in medians), f"{rest:.2f}"))
    return table(("", *stages, "the rest"), rows)
