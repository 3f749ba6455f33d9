"""docs/metrics.md names each metric that a pod can show, as it shows it, and no other."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_api.app import create_app
from playlist_api.context import EXTENSION
from playlist_api.live_model import LiveModel
from playlist_api.middleware.exposition import registry_of
from playlist_api.settings import Settings
from playlist_model import FolderStore
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings as TrainerSettings

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/metrics.md"
_ROW = re.compile(r"\| `(\w+)` \| (\w+) \| (.*?) ?\| (.+\?.*) \|")
Described = dict[str, tuple[str, set[str]]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Described:
    """Every metric of a pod that has all there is: a model with figures and a verdict, and the trainer's note."""
    settings = TrainerSettings(model_dir=tmp_path_factory.mktemp("models"))
    reconcile(settings)
    reconcile(replace(settings, rules_per_song=20))
    live = LiveModel(FolderStore(settings.model_dir))
    live.refresh()
    app = create_app(Settings(), live)
    app.test_client().post("/api/recommend", json={"songs": ["Greensleeves"]})
    metrics = app.extensions[EXTENSION].observer.metrics
    return {
        family.name + ("_total" if family.type == "counter" else ""): (
            family.type,
            {label for sample in family.samples for label in sample.labels} - {"le"},
        )
        for family in registry_of(metrics, live, "1").collect()
    }


def documented() -> Described:
    return {
        row[1]: (row[2], set(re.findall(r"`(\w+)`", row[3])))
        for row in map(_ROW.fullmatch, DOCUMENT.read_text(encoding="utf-8").splitlines())
        if row
    }


def test_document_and_code_name_the_same_metrics(exported: Described) -> None:
    assert documented() == exported


def test_every_row_asks_a_question() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert len(rows) == len(documented()) > 30
