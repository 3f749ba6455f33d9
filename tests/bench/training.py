"""CSV to published model: the default job beside the first version's, and every pair by three other ways."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench import data
from tests.bench.beside_first import beside_first
from tests.bench.jobs import Job, Wanted, every_pair, stage_rows, trained, trained_by_mlxtend
from tests.bench.options import Options
from tests.bench.oracle import CASES, QUICK_CASES, compared
from tests.bench.processes import MB, MeasurementError, Spread, interleaved, say
from tests.bench.report import Aim, Section, aims, table

MIN_SUPPORT = 0.005
_MLXTEND_LIMIT_S = 1800.0
_MLXTEND_APRIORI_BYTES = 16 * 10**9  # it holds a column of booleans for each pair of songs
_OURS, _EFFICIENT_APRIORI = "pair rules", "efficient-apriori"

Jobs = Mapping[str, Sequence[Job]]


def measure(options: Options) -> Section:
    """Measure the group ``training``."""
    file = data.assignment(quick=options.quick)
    parts = [f"{file.words}.", *beside_first(file, options)]
    jobs = interleaved(
        {
            _OURS: lambda: trained(Wanted(file.path, every_pair(MIN_SUPPORT))),
            _EFFICIENT_APRIORI: lambda: trained(Wanted(file.path, every_pair(MIN_SUPPORT, "efficient-apriori"))),
        },
        options.repetitions(5),
    )
    rivals = {**jobs, **_by_mlxtend(file.path, options)}
    check_agreement(rivals)
    header, stages = stage_rows({_OURS: jobs[_OURS]}, ".3f")
    parts += [
        f"Every pair at min_support {MIN_SUPPORT:g}, no limit on rules, evaluation and gate off, beside other ways:",
        _comparison(rivals),
        _mlxtend_note(rivals),
        aims(_aims(jobs)),
        table(("by stage, s", *header), stages),
        _variants(file, options),
        _oracle(options),
    ]
    return Section("Training: from a CSV file to a published model", parts)


def _by_mlxtend(path: Path, options: Options) -> Jobs:
    """Do the job by mlxtend: once each, as it takes minutes, and what can't end here is left out."""
    found: dict[str, list[Job]] = {}
    for algorithm in ("apriori", "fpgrowth"):
        if algorithm == "apriori" and not options.quick and _available_bytes() < _MLXTEND_APRIORI_BYTES:
            say("mlxtend's apriori is left out: it needs 16 GB of memory")
            continue
        name = f"mlxtend {algorithm}"
        try:
            found |= interleaved({name: partial(trained_by_mlxtend, path, MIN_SUPPORT, algorithm, _MLXTEND_LIMIT_S)}, 1)
        except MeasurementError as error:
            say(f"{name} is left out: {error}")
    return found


def _available_bytes() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def check_agreement(jobs: Jobs) -> None:
    """Make sure that all ways found as many rules, two per pair."""
    counts = {name: found[0].rule_count for name, found in jobs.items()}
    if len(set(counts.values())) > 1 or any(count % 2 for count in counts.values()):
        raise MeasurementError(f"numbers of rules differ, or are no two per pair: {counts}")


def _seconds(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.run.seconds for job in jobs)


def _mining(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.seconds["mine"] for job in jobs)


def _peak_mb(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.run.peak_bytes / MB for job in jobs)


def _comparison(jobs: Jobs) -> str:
    ours = jobs[_OURS]
    rows = [
        (
            name,
            len(found),
            _seconds(found).text(),
            Spread.of(job.run.processor_seconds for job in found).text(),
            _peak_mb(found).text(".0f"),
            _mining(found).text(".3f"),
            f"{_seconds(found).median / _seconds(ours).median:.1f} ×",
            f"{_mining(found).median / _mining(ours).median:.1f} ×",
            f"{found[0].rule_count // 2:,}",
            f"{found[0].rule_count:,}",
        )
        for name, found in jobs.items()
    ]
    header = ("", "runs", "whole job, s", "processor, s", "peak, MB", "mining and rules, s")
    return table((*header, "whole / ours", "mining / ours", "pairs", "rules"), rows)


def _mlxtend_note(jobs: Jobs) -> str:
    rivals = [name for name in jobs if name.startswith("mlxtend")]
    if not rivals:
        return "mlxtend did not end in time or memory, and is left out."
    return (
        f"{' and '.join(rivals)}: read_csv, one-hot, itemsets with max_len=2, association_rules, to_csv. "
        "All ways found the same number of rules, two per pair."
    )


def _aims(jobs: Jobs) -> list[Aim]:
    ours, reference = jobs[_OURS], jobs[_EFFICIENT_APRIORI]
    mining = _mining(reference).median / _mining(ours).median
    whole, peak = _seconds(reference).median / _seconds(ours).median, _peak_mb(ours).median
    return [
        Aim("at most 250 MB", f"{peak:.0f} MB", peak <= 250),
        Aim("mining at least 20 × as fast as efficient-apriori's", f"{mining:.1f} ×", mining >= 20),
        Aim("the whole job at least 5 × as fast", f"{whole:.1f} ×", whole >= 5),
    ]


def _variants(file: data.File, options: Options) -> str:
    """Measure the default job without some of its parts, and from gzip."""
    packed = data.packed(file)
    wanted = {
        "default settings": Wanted(file.path),
        "gate off": Wanted(file.path, ("--gate", "false")),
        "gate and evaluation off": Wanted(file.path, ("--gate", "false", "--evaluation", "false")),
        "default settings, from CSV as gzip": Wanted(packed.path),
    }
    runs = interleaved({name: partial(trained, one) for name, one in wanted.items()}, options.repetitions(5))
    base = _seconds(runs["default settings"]).median
    rows = [
        (name, _seconds(found).text(), f"{_seconds(found).median - base:+.2f}", _peak_mb(found).text(".0f"))
        for name, found in runs.items()
    ]
    return table(("whole job", "s", "against the first", "peak, MB"), rows)


def _oracle(options: Options) -> str:
    rows = [row for case in (QUICK_CASES if options.quick else CASES) if (row := compared(case))]
    return (
        "mlxtend's FP-growth as an oracle: itemsets of any size, each with the same count from both "
        "(data sets that are not beside the repository are skipped):\n\n"
        + table(("data set", "min_support", "itemsets"), rows)
    )
