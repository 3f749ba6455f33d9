"""Whole trainings, as a user starts them: a file of playlists in, a published model out."""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.processes import Run, Spread, run

from playlist_model import FolderStore

_MLXTEND_JOB = Path(__file__).with_name("mlxtend_job.py")


def program(name: str) -> str:
    """Return a command of the environment that the bench runs in."""
    return str(Path(sys.executable).with_name(name))


@dataclass(frozen=True)
class Job:
    """One training from its start to its end.

    Attributes:
        run: the process.
        seconds: by stage, as the job itself told; "mine" is mining and making rules.
        rule_count: rules of the model.
        dataset: what the manifest says of the data; empty where there is no manifest, as the next.
        scoring: what the manifest says of how rules were chosen.
    """

    run: Run
    seconds: Mapping[str, float]
    rule_count: int
    dataset: Mapping[str, Any] = field(default_factory=dict)
    scoring: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rest_s(self) -> float:
        """What no stage accounts for: start, imports, publishing."""
        return self.run.seconds - sum(self.seconds.values())


@dataclass(frozen=True)
class Wanted:
    """What to train with.

    Attributes:
        dataset: a file, or a folder of slices.
        flags: of the trainer; none for its defaults.
        trainer: the command; that of this environment by default.
    """

    dataset: Path
    flags: Sequence[str] = ()
    trainer: str | Path = field(default_factory=lambda: program("playlist-trainer"))


def every_pair(min_support: float, engine: str = "eclat") -> Sequence[str]:
    """Return the flags of a training that keeps both rules of each frequent pair, and does nothing else.

    No playlist is held out and no rule left out, so that all engines find the same.
    """
    return (
        *("--min-support", str(min_support), "--max-length", "2", "--engine", engine),
        *("--rules-per-song", "0", "--max-rules", "0", "--evaluation", "false", "--gate", "false"),
    )


def trained(wanted: Wanted) -> Job:
    """Train into an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return trained_into(Path(folder), wanted)


def trained_into(model_dir: Path, wanted: Wanted) -> Job:
    """Train, and read in the published manifest what the trainer says of it."""
    found = run(train_command(model_dir, wanted))
    manifest = FolderStore(model_dir).load_current().manifest
    return Job(found, manifest.seconds, manifest.rule_count, manifest.dataset, manifest.scoring)


def train_command(model_dir: Path, wanted: Wanted) -> Sequence[str | Path]:
    """Return the command line of a training."""
    return [
        *(wanted.trainer, "train", "--dataset", wanted.dataset, "--model-dir", model_dir, *wanted.flags),
        *("--log-format", "text"),
    ]


def trained_by_mlxtend(dataset: Path, min_support: float, algorithm: str, limit_s: float) -> Job:
    """Do the same job with pandas and mlxtend; see ``mlxtend_job``."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "rules.csv")
        words = (sys.executable, _MLXTEND_JOB, dataset, output, str(min_support), algorithm)
        found = run(words, limit_s=limit_s)
    told = json.loads(found.output.splitlines()[-1])
    return Job(found, told["seconds"], told["rule_count"])


def stage_rows(jobs: Mapping[str, Sequence[Job]], form: str = ".2f") -> tuple[list[str], list[tuple[str, ...]]]:
    """Return, for a table, the stages of all jobs and then the rest, and a row of median seconds for each name."""
    # The job with the most stages first, as it has them in their order.
    fullest_first = sorted((found[0].seconds for found in jobs.values()), key=len, reverse=True)
    stages = list(dict.fromkeys(stage for seconds in fullest_first for stage in seconds))
    rows = []
    for name, found in jobs.items():
        texts = [
            format(Spread.of(job.seconds[stage] for job in found).median, form) if stage in found[0].seconds else "–"
            for stage in stages
        ]
        rows.append((name, *texts, format(Spread.of(job.rest_s for job in found).median, form)))
    return [*stages, "start, imports, publishing"], rows
