"""CSV to published model: the default engine against efficient-apriori and mlxtend."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench import data
from tests.bench.jobs import Job, Wanted, train_command, trained, trained_by_mlxtend
from tests.bench.options import Options
from tests.bench.oracle import CASES, QUICK_CASES, compared
from tests.bench.processes import MB, MeasurementError, Spread, interleaved, run, say
from tests.bench.report import Aim, Section, aims, table

MIN_SUPPORT = 0.005
_MLXTEND_LIMIT_S = 1800.0
_MLXTEND_APRIORI_BYTES = 16 * 10**9  # it holds a column of booleans for each pair of songs

Jobs = Mapping[str, Sequence[Job]]


def measure(options: Options) -> Section:
    """Measure the group ``training``."""
    file = data.assignment(quick=options.quick)
    jobs = interleaved(
        {
            "eclat": lambda: trained(Wanted(file.path)),
            "efficient-apriori": lambda: trained(Wanted(file.path, engine="efficient-apriori")),
        },
        options.repetitions(5),
    )
    rivals = {**jobs, **_by_mlxtend(file.path, options)}
    _check_agreement(rivals)
    parts = [
        f"Pairs at min_support {MIN_SUPPORT:g}, evaluation off; {file.words}.",
        _comparison(rivals),
        _mlxtend_note(rivals),
        aims(_aims(jobs)),
        _stage_table(jobs["eclat"]),
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


def _check_agreement(jobs: Jobs) -> None:
    counts = {name: (found[0].itemset_count, found[0].rule_count) for name, found in jobs.items()}
    if len(set(counts.values())) > 1:
        raise MeasurementError(f"itemsets and rules differ: {counts}")


def _seconds(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.run.seconds for job in jobs)


def _mining(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.seconds["mine"] for job in jobs)


def _peak_mb(jobs: Sequence[Job]) -> Spread:
    return Spread.of(job.run.peak_bytes / MB for job in jobs)


def _comparison(jobs: Jobs) -> str:
    ours = jobs["eclat"]
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
            f"{found[0].itemset_count:,}",
            f"{found[0].rule_count:,}",
        )
        for name, found in jobs.items()
    ]
    header = (
        "",
        "runs",
        "whole job, s",
        "processor, s",
        "peak, MB",
        "mining alone, s",
        "whole / eclat",
        "mining / eclat",
    )
    return table((*header, "itemsets", "rules"), rows)


def _mlxtend_note(jobs: Jobs) -> str:
    rivals = [name for name in jobs if name.startswith("mlxtend")]
    if not rivals:
        return "mlxtend did not end in time or memory, and is left out."
    return (
        f"{' and '.join(rivals)}: read_csv, one-hot, itemsets with max_len=2, association_rules, to_csv. "
        "All ways found the same number of itemsets and of rules."
    )


def _aims(jobs: Jobs) -> list[Aim]:
    ours, reference = jobs["eclat"], jobs["efficient-apriori"]
    seconds, peak = _seconds(ours).median, _peak_mb(ours).median
    mining = _mining(reference).median / _mining(ours).median
    whole = _seconds(reference).median / seconds
    return [
        Aim("the whole job in at most 1.0 s", f"{seconds:.2f} s", seconds <= 1.0),
        Aim("at most 250 MB", f"{peak:.0f} MB", peak <= 250),
        Aim("mining at least 20 × as fast as efficient-apriori's", f"{mining:.1f} ×", mining >= 20),
        Aim("the whole job at least 5 × as fast", f"{whole:.1f} ×", whole >= 5),
    ]


def _stage_table(jobs: Sequence[Job]) -> str:
    stages = {stage: Spread.of(job.seconds[stage] for job in jobs) for stage in jobs[0].seconds}
    told = Spread.of(job.run.seconds - sum(job.seconds.values()) for job in jobs)
    rows = [(stage, spread.text(".3f")) for stage, spread in stages.items()]
    rows.append(("start, imports, publishing (the rest)", told.text(".3f")))
    return "Where eclat's job spends its time:\n\n" + table(("stage", "s"), rows)


def _variants(file: data.File, options: Options) -> str:
    """Measure what else a training may do, beside the plain one."""
    packed = data.packed(file)
    with tempfile.TemporaryDirectory() as folder:
        command = train_command(Path(folder), Wanted(file.path))
        run(command)
        runs = interleaved(
            {
                "plain CSV, evaluation off": lambda: trained(Wanted(file.path)).run,
                "with the evaluation": lambda: trained(Wanted(file.path, evaluation=True)).run,
                "from CSV as gzip": lambda: trained(Wanted(packed.path)).run,
                "run again: nothing to do": lambda: run(command),
            },
            options.repetitions(5),
        )
    for again in runs["run again: nothing to do"]:
        if "nothing to do" not in again.output:
            raise MeasurementError(f"a second run trained again:\n{again.output}")
    seconds = {name: Spread.of(one.seconds for one in found) for name, found in runs.items()}
    peak = {name: Spread.of(one.peak_bytes / MB for one in found) for name, found in runs.items()}
    plain = seconds["plain CSV, evaluation off"].median
    rows = [(name, s.text(), f"{s.median - plain:+.2f}", peak[name].text(".0f")) for name, s in seconds.items()]
    idle = seconds["run again: nothing to do"].median
    aim = Aim("a run that finds nothing to do ends within 2 s", f"{idle:.2f} s", idle < 2)
    header = ("eclat's whole job", "s", "against the first", "peak, MB")
    return f"{table(header, rows)}\n\n{aim}"


def _oracle(options: Options) -> str:
    rows = [row for case in (QUICK_CASES if options.quick else CASES) if (row := compared(case))]
    return (
        "mlxtend's FP-growth as an oracle: itemsets of any size, each with the same count from both "
        "(data sets that are not beside the repository are passed over):\n\n"
        + table(("data set", "min_support", "itemsets"), rows)
    )
