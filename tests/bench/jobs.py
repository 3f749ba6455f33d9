"""Whole trainings, as a user starts them: a file of playlists in, a published model out."""

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import MeasurementError, Run, run

from playlist_model import ModelStore

_MLXTEND_JOB = Path(__file__).with_name("mlxtend_job.py")


def program(name: str) -> str:
    """Give a command of the environment that the bench runs in."""
    return str(Path(sys.executable).with_name(name))


@dataclass(frozen=True)
class Job:
    """One training from its start to its end.

    Attributes:
        run: the process.
        seconds: by stage, as the job itself told; "mine" is mining alone.
        itemset_count: frequent itemsets found.
        rule_count: rules made of them.
        evaluation: what the trainer measured of its recommendations; empty where it was switched off.
    """

    run: Run
    seconds: Mapping[str, float]
    itemset_count: int
    rule_count: int
    evaluation: Mapping[str, float]


@dataclass(frozen=True)
class Wanted:
    """What to train with.

    Attributes:
        dataset: the file.
        min_support: a fraction of the playlists.
        engine: of the trainer.
        evaluation: whether to measure the recommendations too.
    """

    dataset: Path
    min_support: float = 0.005
    engine: str = "eclat"
    evaluation: bool = False


def trained(wanted: Wanted) -> Job:
    """Train into an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return trained_into(Path(folder), wanted)


def trained_into(model_dir: Path, wanted: Wanted) -> Job:
    """Train, and read in the published manifest what the trainer says of it."""
    found = run(train_command(model_dir, wanted))
    manifest = ModelStore(model_dir).load_current().manifest
    itemsets = re.search(r"found (\d+) itemsets", found.output)
    if not itemsets:
        raise MeasurementError(f"the trainer does not say how many itemsets it found:\n{found.output}")
    return Job(found, manifest.seconds, int(itemsets[1]), manifest.rule_count, manifest.evaluation)


def train_command(model_dir: Path, wanted: Wanted) -> Sequence[str | Path]:
    """Give the command line of a training for pairs."""
    return [
        *(program("playlist-trainer"), "train", "--dataset", wanted.dataset, "--model-dir", model_dir),
        *("--min-support", str(wanted.min_support), "--max-length", "2", "--engine", wanted.engine),
        *("--evaluation", str(wanted.evaluation).lower(), "--log-format", "text"),
    ]


def trained_by_mlxtend(dataset: Path, min_support: float, algorithm: str, limit_s: float) -> Job:
    """Do the same job with pandas and mlxtend; see ``mlxtend_job``."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "rules.csv")
        words = (sys.executable, _MLXTEND_JOB, dataset, output, str(min_support), algorithm)
        found = run(words, limit_s=limit_s)
    told = json.loads(found.output.splitlines()[-1])
    return Job(found, told["seconds"], told["itemset_count"], told["rule_count"], {})
