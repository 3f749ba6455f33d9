"""What a run leaves in the store about itself, for metrics and for the operator's page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from playlist_model import FolderStore, Model
from playlist_trainer.errors import DatasetError, NoRulesError
from playlist_trainer.evaluation.changes import changes_since
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

ROWS = ["1,a", "1,b", "2,a", "2,b", "2,c", "3,a", "3,c"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "playlists.csv").write_text("\n".join(["pid,track_name", *ROWS]))
    return Settings(
        dataset_url=str(tmp_path / "playlists.csv"), model_dir=tmp_path / "models", min_support=1, evaluation=False
    )


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    return FolderStore(settings.model_dir)


def rewrite(settings: Settings, rows: list[str]) -> None:
    Path(settings.dataset_url).write_text("\n".join(["pid,track_name", *rows]))


def test_training_is_described_by_stage_with_rows_and_memory(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)

    training: Any = store.status()["training"]
    assert training["outcome"] == "published"
    assert training["model_id"] == store.pointer().model_id
    assert set(training["seconds"]) == {"fetch", "read", "encode", "catalogue", "mine"}
    assert (training["rows"], training["playlists"], training["songs"]) == (7, 3, 3)
    assert training["rules"] == store.load_current().manifest.rule_count
    assert 2**20 < training["peak_memory_bytes"] < 2**40


def test_run_that_learns_nothing_notes_its_look_and_keeps_the_rest(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first: Any = store.status()

    reconcile(settings)

    second: Any = store.status()
    assert second["look"]["outcome"] == "unchanged"
    assert second["look"]["time"] > first["look"]["time"]
    del first["look"], second["look"]
    assert second == first


def test_training_that_fails_is_noted_with_the_stages_it_reached(settings: Settings, store: FolderStore) -> None:
    rewrite(settings, ["1,a", "2,b"])

    with pytest.raises(NoRulesError):
        reconcile(settings)

    status: Any = store.status()
    assert (status["outcome"], status["look"]["outcome"]) == ("failed", "failed")
    assert status["training"]["outcome"] == "failed"
    assert "read" in status["training"]["seconds"]
    assert "rows" not in status["training"]


def test_look_that_fails_before_learning_leaves_the_last_training(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    before = store.status()["training"]

    with pytest.raises(DatasetError):
        reconcile(replace(settings, dataset_url="/nowhere.csv"))

    assert store.status()["outcome"] == "failed"
    assert store.status()["training"] == before


def test_new_model_says_which_songs_came_and_went(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.load_current().manifest
    rewrite(settings, [row.replace(",c", ",d") for row in ROWS] + ["3,e"])

    reconcile(settings)

    assert first.changes == {}
    assert store.load_current().manifest.changes == {
        "compared_with": first.model_id,
        "songs_before": 3,
        "rules_before": first.rule_count,
        "songs_added": 2,
        "songs_gone": 1,
        "most_popular_added": ["d", "e"],
        "most_popular_gone": ["c"],
    }


def test_changes_are_those_of_sets_of_names(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    before: Model = store.load_current()
    rewrite(settings, [f"{number % 7},song {number % 23}" for number in range(90)] + ROWS[:3])
    reconcile(settings)
    after: Model = store.load_current()

    changes = changes_since(before, after.songs)

    assert changes["songs_added"] == len({*after.songs.names} - {*before.songs.names}) == 23
    assert changes["songs_gone"] == len({*before.songs.names} - {*after.songs.names}) == 1
    assert changes["most_popular_added"] == [name for name in after.songs.names if name.startswith("song")][:5]
