"""The whole default job on a file of the assignment's size, and a run that finds nothing to do, then and now."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench import data
from tests.bench.first_trainer import COMMIT, MISSING, first_trainer
from tests.bench.jobs import Job, Wanted, program, stage_rows, train_command, trained
from tests.bench.options import Options
from tests.bench.processes import MB, MeasurementError, Run, Spread, interleaved, run
from tests.bench.report import Aim, aims, table

NOW, FIRST = "now", f"first version ({COMMIT})"
_AIM_JOB_S = 1.0
_AIM_IDLE_S = 2.0


def beside_first(file: data.File, options: Options) -> Sequence[str]:
    """Return the parts of a section: both jobs and both idle runs, the aims, the stages."""
    with first_trainer() as first, tempfile.TemporaryDirectory() as name:
        trainers = {NOW: Path(program("playlist-trainer"))} | ({FIRST: first.trainer} if first else {})
        wanted = {name: Wanted(file.path, trainer=trainer) for name, trainer in trainers.items()}
        idle = {version: partial(_idle, Path(name, str(at)), one) for at, (version, one) in enumerate(wanted.items())}
        jobs = interleaved({version: partial(trained, one) for version, one in wanted.items()}, options.repetitions(9))
        for run_again in idle.values():
            run_again(is_first=True)
        idles = interleaved(idle, options.repetitions(9))
    header = ("", "runs", "s", "processor, s", "peak, MB", "rules")
    rows = [
        *(_row(f"whole job, {version}", [job.run for job in found], found) for version, found in jobs.items()),
        *(_row(f"nothing to do, {version}", found, ()) for version, found in idles.items()),
    ]
    stages, by_stage = stage_rows(jobs, ".3f")
    return [
        "The whole job with default settings, each version's own:",
        table(header, rows),
        "" if FIRST in jobs else MISSING,
        aims(default_job_aims({version: [job.run for job in found] for version, found in jobs.items()}, idles)),
        table(("by stage, s", *stages), by_stage),
    ]


def _idle(model_dir: Path, wanted: Wanted, is_first: bool = False) -> Run:
    found = run(train_command(model_dir, wanted))
    if not is_first and "nothing to do" not in found.output:
        raise MeasurementError(f"a second run trained again:\n{found.output}")
    return found


def _row(name: str, runs: Sequence[Run], jobs: Sequence[Job]) -> tuple[object, ...]:
    return (
        name,
        len(runs),
        Spread.of(one.seconds for one in runs).text(),
        Spread.of(one.processor_seconds for one in runs).text(),
        Spread.of(one.peak_bytes / MB for one in runs).text(".0f"),
        f"{jobs[0].rule_count:,}" if jobs else "–",
    )


def default_job_aims(jobs: Mapping[str, Sequence[Run]], idles: Mapping[str, Sequence[Run]]) -> list[Aim]:
    """Return the aims; those beside the first version only where it was measured."""
    job, idle = (
        {name: Spread.of(one.seconds for one in each).median for name, each in runs.items()} for runs in (jobs, idles)
    )
    found = [
        Aim(f"the whole job in at most {_AIM_JOB_S:.1f} s", f"{job[NOW]:.2f} s", job[NOW] <= _AIM_JOB_S),
        Aim(
            f"a run that finds nothing to do in at most {_AIM_IDLE_S:g} s",
            f"{idle[NOW]:.2f} s",
            idle[NOW] <= _AIM_IDLE_S,
        ),
    ]
    for what, seconds in (("the whole job", job), ("a run that finds nothing to do", idle)):
        if FIRST in seconds:
            now, first = seconds[NOW], seconds[FIRST]
            wanted = f"{what} no slower than the first version's"
            found.append(Aim(wanted, f"{now / first:.2f} × ({now:.2f} s, {first:.2f} s)", now <= first))
    return found
