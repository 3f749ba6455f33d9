"""What each command of playlist-trainer does; each gives one sentence about what was done, or nothing."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_model import Manifest, Model, ModelError, ModelStore, writing
from playlist_trainer import reconcile
from playlist_trainer.dataset.address import fetch
from playlist_trainer.errors import TransientError
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

if TYPE_CHECKING:
    import polars as pl

    from playlist_trainer.dataset.playlists import Playlists

# Polars and the miners are imported by the commands that need them: `models list` should answer at once.
# ruff: noqa: PLC0415

_ROWS_AT_ONCE = 100_000


def train(settings: Settings) -> str:
    """Learn from a dataset and publish a model, unless the same model is there already."""
    return reconcile.reconcile(settings)


def itemsets(settings: Settings, output: str = "-") -> str:
    """Write the frequent itemsets as CSV: size, support_count, support, itemset (a JSON list of songs)."""
    from playlist_trainer.pipeline import mine_itemsets
    from playlist_trainer.tables import itemset_table

    with _playlists(settings) as playlists:
        found = mine_itemsets(playlists, settings, StageTimer())
        _write_csv(itemset_table(found, playlists.songs["song"]), output)
    return f"wrote {len(found)} itemsets"


def evaluate(settings: Settings, as_json: bool = False) -> str:
    """Measure the recommendations on a fifth of the playlists, held out of training, beside popularity."""
    from playlist_trainer.evaluation.metrics import evaluate
    from playlist_trainer.evaluation.report import report
    from playlist_trainer.mining.damping import Damping

    with _playlists(settings) as playlists:
        evaluations = evaluate(playlists.transactions, settings, Damping())
    _print_json([asdict(evaluation) for evaluation in evaluations]) if as_json else _print(report(evaluations))
    return ""


def models_list(settings: Settings, as_json: bool = False) -> str:
    """List the kept models, newest first; * marks the current one."""
    store = ModelStore(settings.model_dir)
    manifests = store.manifests()
    current = _current_id(store)
    if as_json:
        _print_json([_summary(manifest) | {"current": manifest.model_id == current} for manifest in manifests])
        return ""
    for manifest in manifests:
        mark = "*" if manifest.model_id == current else " "
        _print(f"{mark} {manifest.model_id}  {manifest.rule_count:>9} rules  {manifest.dataset.get('url')}")
    return "" if manifests else f"{store.root}: no model has been published here yet"


def models_show(settings: Settings, model_id: str | None = None) -> str:
    """Print all that a model says of itself, as JSON; its array files are verified first."""
    model = _loaded(settings, model_id)
    _print_json(_summary(model.manifest) | {"files": {name: f.bytes for name, f in model.manifest.files.items()}})
    return ""


def models_export(settings: Settings, output: str, model_id: str | None = None) -> str:
    """Write every rule of a model as CSV: antecedent (a JSON list of songs), consequent, counts and ratios."""
    from playlist_trainer.tables import rule_table

    model = _loaded(settings, model_id)
    _write_csv(rule_table(model), output)
    return f"wrote {len(model.rules)} rules of {model.manifest.model_id}"


def models_rollback(settings: Settings, model_id: str) -> str:
    """Make a kept model current, and keep the next trainings from making the one that is current now again."""
    with writing(ModelStore(settings.model_dir), wait_s=settings.lock_timeout_s) as writer:
        writer.rollback(model_id)
    return f"rolled back to {model_id}; the model before it is not made again until an input changes (or --force)"


@contextmanager
def _playlists(settings: Settings) -> "Iterator[Playlists]":
    """Fetch and read a dataset for a command that publishes nothing."""
    from playlist_trainer.pipeline import read

    with tempfile.TemporaryDirectory(prefix="playlist-trainer-") as scratch:
        dataset = fetch(settings, Path(scratch))
        if dataset is None:
            raise TransientError("the dataset's server answered 'not modified' to a request that asked for all of it")
        yield read(dataset, settings, StageTimer())


def _write_csv(table: "pl.DataFrame", output: str) -> None:
    """Write a table; - is standard output."""
    with nullcontext(sys.stdout.buffer) if output == "-" else Path(output).open("wb") as file:
        # Through Python's own file, whose errors are Python's: a reader that left early is no failure.
        for number, part in enumerate(table.iter_slices(_ROWS_AT_ONCE)):
            file.write(part.write_csv(include_header=number == 0).encode())


def _loaded(settings: Settings, model_id: str | None) -> Model:
    store = ModelStore(settings.model_dir)
    return store.load(model_id) if model_id else store.load_current()


def _current_id(store: ModelStore) -> str | None:
    try:
        return store.pointer().model_id
    except ModelError:
        return None


def _summary(manifest: Manifest) -> dict[str, object]:
    return {name: value for name, value in asdict(manifest).items() if name != "files"}


def _print_json(value: object) -> None:
    _print(json.dumps(value, indent=2, ensure_ascii=False))


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
