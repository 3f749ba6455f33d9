"""The engine spark without Spark: what its tasks do, on lists in this process; with Java see the folder spark."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.source import Source
from playlist_trainer.errors import DatasetError, SettingError
from playlist_trainer.pipeline import learned_by_engine
from playlist_trainer.settings import Settings
from playlist_trainer.spark.learning import learned_by
from playlist_trainer.spark.units import Units
from playlist_trainer.timings import StageTimer

from .fake_spark import FakeSession
from .spark_cases import assert_equal, by_one_machine, dataset_for, settings_for, write_random_files

_VARIANTS: list[dict[str, str]] = [
    {},
    {"gate": "false"},
    {"evaluation": "false", "min_support": "2", "rules_per_song": "5"},
    {"min_support": "0.02", "min_confidence": "0.1", "rules_per_song": "0"},
    {"max_rules": "900"},
    {"max_playlists": "120", "seed": "3"},
    {"item_column": "track_name,artist_name"},
    {"evaluation": "false", "min_support": "1", "rules_per_song": "0", "max_rules": "0"},
]


@pytest.mark.parametrize("seed", range(2 * len(_VARIANTS)))
def test_tasks_find_what_one_machine_finds(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playlist_trainer.spark.song_rows._RECORD_SONGS", (7, 1 << 15)[seed % 2])
    kind = ("parquet", "csv", "json")[seed % 3]
    write_random_files(tmp_path / "data", seed, kind, 300 if seed % 2 else 1200)
    settings = settings_for(tmp_path / "data", **_VARIANTS[seed % len(_VARIANTS)])
    expected = by_one_machine(settings, tmp_path)

    found = learned_by(
        FakeSession(task_count=1 + seed % 5, items_per_task=(50, 400, 3000)[seed % 3]),  # type: ignore[arg-type]
        dataset_for(settings, tmp_path), settings, StageTimer(), tmp_path,
    )  # fmt: skip

    assert_equal(found, expected)


def test_no_task_has_more_work_than_allowed_but_for_parts_of_one_playlist() -> None:
    work = np.array([5000, 900, 300, 300, 300, 200, 200, 50, 0, 0])

    units = Units.of(work, 1000)

    assert units.first_songs.tolist() == [0, 1, 2, 5, 10]
    assert np.diff(units.first_tasks).tolist() == [5, 1, 1, 1]
    assert units.divided_songs.tolist() == [0]
    assert [units.songs_of_task(task) for task in (0, 4, 5, 7)] == [
        (0, 1, True),
        (0, 1, True),
        (1, 2, False),
        (5, 10, False),
    ]


def test_playlists_of_a_divided_song_go_to_all_of_its_tasks_and_others_to_one() -> None:
    units = Units.of(np.array([30, 5, 5]), 10)

    assert [units.tasks_of(np.array([0, 1, 2], np.int32), np.full(3, n)).tolist() for n in range(4)] == [
        [0, 3, 3], [1, 3, 3], [2, 3, 3], [0, 3, 3],
    ]  # fmt: skip


def test_a_file_that_can_not_be_read_whole_is_named(tmp_path: Path) -> None:
    write_random_files(tmp_path / "data", 1)
    settings = settings_for(tmp_path / "data")
    dataset = dataset_for(settings, tmp_path)
    (tmp_path / "data" / "part-2.csv").write_text('pid,track_name,artist_name\n1,"a,b\n')

    with pytest.raises(DatasetError, match=r"part-2\.csv: line 2"):
        learned_by(FakeSession(), dataset, settings, StageTimer(), tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["builtin:sample", "s3://bucket/nowhere.csv"])
def test_rules_of_more_than_two_songs_are_refused(tmp_path: Path, url: str) -> None:
    settings = Settings.read({"dataset_url": url, "max_length": "3", "engine": "spark"}, environ={})

    with pytest.raises(SettingError, match=r"expected training\.maxLength .* 2, found 3"):
        learned_by_engine(dataset_for(settings, tmp_path), settings, StageTimer(), tmp_path)


def test_a_dataset_of_a_web_server_is_refused_where_executors_are_elsewhere() -> None:
    settings = Settings.read({"engine": "spark", "spark_master": "k8s"}, environ={})
    dataset = Dataset((Path("/tmp/dataset"),), "csv", Source("https://example.org/a.csv", "", 0))

    with pytest.raises(SettingError, match=r"can't read https://example.org/a.csv on its executors: copy it"):
        learned_by_engine(dataset, settings, StageTimer(), Path())


def test_a_dataset_without_rows_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"pid": [], "track_name": []}, {"pid": pl.String, "track_name": pl.String}).write_csv(
        tmp_path / "a.csv"
    )
    settings = settings_for(tmp_path / "a.csv")

    with pytest.raises(DatasetError, match="no rows"):
        learned_by(FakeSession(), dataset_for(settings, tmp_path), settings, StageTimer(), tmp_path)  # type: ignore[arg-type]
