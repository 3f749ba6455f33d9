"""The commands that read a dataset: train, itemsets, evaluate, tune."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playlist_runtime.logs import is_text
from playlist_trainer import reconcile
from playlist_trainer.commands.output import aligned, check_output, print_json, print_text, write_csv
from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.printable import counted
from playlist_trainer.errors import TransientError
from playlist_trainer.setting_types import SPARK
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

if TYPE_CHECKING:
    from playlist_trainer.dataset.playlists import Playlists
    from playlist_trainer.evaluation.metrics import Evaluation

# Polars and the miners are imported by the commands that need them: `models list` should answer at once.
# ruff: noqa: PLC0415


def train(settings: Settings) -> str:
    """Learn from a dataset and publish a model, unless the same model is there already."""
    # JSON lines are for machines, and stay what they are.
    with _closing_spark(settings):
        if is_text(settings.log_format):
            return reconcile.reconcile(settings, print_text)
        return reconcile.reconcile(settings)


def scheduled(settings: Settings) -> str:
    """Do as train does, for a schedule: a failure is logged and noted beside the models, and the exit code is 0."""
    return train(settings)


def itemsets(settings: Settings, output: str = "-") -> str:
    """Write the frequent itemsets as CSV: size, support_count, support, itemset (a JSON list of songs)."""
    from playlist_trainer.pipeline import mine_itemsets
    from playlist_trainer.tables import itemset_table

    check_output(output)
    with _playlists(settings) as playlists:
        found = mine_itemsets(playlists, settings, StageTimer.for_people())
        write_csv(itemset_table(found, playlists.songs["song"]), output)
    return f"wrote {counted(len(found), 'itemset')}"


def evaluate(settings: Settings, as_json: bool = False) -> str:
    """Measure the recommendations on a fifth of the playlists, held out of training, beside popularity."""
    from playlist_trainer.evaluation.metrics import evaluate
    from playlist_trainer.evaluation.report import report

    with _playlists(settings) as playlists:
        evaluations = evaluate(playlists.transactions, settings)
    print_json(list(map(_measured, evaluations))) if as_json else print_text(report(evaluations))
    return ""


def _measured(evaluation: "Evaluation") -> dict[str, Any]:
    """Return an evaluation for JSON; without requests nothing was measured, and 0 would be a figure."""
    figures = asdict(evaluation)
    return figures if evaluation.request_count else figures | {"rules": None, "popularity": None}


def tune(settings: Settings, as_json: bool = False) -> str:
    """Show what each setting gains and costs: recall, coverage, rules, size and time, as a table."""
    from playlist_trainer.evaluation.tune import Trial, trials

    with _playlists(settings) as playlists:
        found = list(trials(playlists.transactions, settings))
    if as_json:
        print_json([asdict(trial) for trial in found])
    else:
        header = [name.replace("_", " ") for name in Trial.__annotations__]
        rows = [list(map(_cell, astuple(trial))) for trial in found]
        print_text(aligned(header, rows))
    return ""


def _cell(value: object) -> str:
    """Return a figure of a trial for a table; small data make small figures."""
    if isinstance(value, float):
        return f"{value:,.{1 if value >= 10 else 5 if 0 < value < 0.01 else 3}f}"
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


@contextmanager
def _closing_spark(settings: Settings) -> Iterator[None]:
    try:
        yield
    finally:
        if settings.engine == SPARK:
            from playlist_trainer.spark.session import close

            close()


@contextmanager
def _playlists(settings: Settings) -> "Iterator[Playlists]":
    """Fetch and read a dataset for a command that publishes nothing."""
    from playlist_trainer.pipeline import read

    with tempfile.TemporaryDirectory(prefix="playlist-trainer-") as scratch:
        dataset = fetch(settings, Path(scratch))
        if dataset is None:
            raise TransientError("the dataset's server answered 'not modified' to a request that asked for all of it")
        yield read(dataset, settings, StageTimer.for_people())
