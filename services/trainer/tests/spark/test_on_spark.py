"""The engine spark on Spark: two executors find what one machine finds, number for number."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from playlist_trainer.errors import DatasetError, TransientError
from playlist_trainer.pipeline import learned_by_engine
from playlist_trainer.spark.session import Session
from playlist_trainer.timings import StageTimer

from ..shared_data import path_of
from ..spark_cases import assert_equal, by_one_machine, dataset_for, settings_for, write_random_files
from .conftest import MASTER


@pytest.mark.parametrize(
    ("seed", "kind", "items_per_task", "given"),
    [
        (1, "csv", 4000, {"evaluation": "false"}),
        (2, "parquet", 1 << 20, {"max_rules": "2000", "max_playlists": "900", "evaluation": "false"}),
    ],
)
def test_executors_find_what_one_machine_finds(
    spark: Session, tmp_path: Path, seed: int, kind: str, items_per_task: int, given: dict[str, str]
) -> None:
    write_random_files(tmp_path / "data", seed, kind, 1200)
    settings = settings_for(tmp_path / "data", **given)
    expected = by_one_machine(settings, tmp_path)
    spark.items_per_task = items_per_task  # the first one divides popular songs among tasks

    by_spark = settings_for(tmp_path / "data", engine="spark", spark_master=MASTER, **given)
    found = learned_by_engine(dataset_for(by_spark, tmp_path), by_spark, StageTimer(), tmp_path)

    assert_equal(found, expected)
    assert spark.shuffled_bytes() > 0


@pytest.mark.parametrize(
    ("name", "evaluation"), [("course_sample.csv.gz", "true"), ("ds1.csv.gz", "false"), ("mpd_dev.csv.gz", "false")]
)
def test_real_playlists_give_the_same_model(spark: Session, tmp_path: Path, name: str, evaluation: str) -> None:
    spark.items_per_task = 1 << 23
    settings = settings_for(path_of(name), evaluation=evaluation)
    expected = by_one_machine(settings, tmp_path)

    by_spark = settings_for(path_of(name), engine="spark", spark_master=MASTER, evaluation=evaluation)
    found = learned_by_engine(dataset_for(by_spark, tmp_path), by_spark, StageTimer(), tmp_path)

    assert_equal(found, expected)


def test_a_file_that_only_the_driver_could_read_is_named(spark: Session, tmp_path: Path) -> None:
    write_random_files(tmp_path / "data", 1, playlist_count=20)
    settings = settings_for(tmp_path / "data", engine="spark", spark_master=MASTER)
    dataset = dataset_for(settings, tmp_path)
    (tmp_path / "data" / "part-3.csv").unlink()

    with pytest.raises(DatasetError, match=r"part-3\.csv: an executor can't read it .*every executor must see"):
        learned_by_engine(dataset, settings, StageTimer(), tmp_path)


def test_what_a_task_raises_is_one_sentence(spark: Session) -> None:
    def fail(_part: object) -> list[int]:
        raise ValueError("no such luck")

    job = spark.context.parallelize([1], 1).mapPartitions(fail)

    with pytest.raises(TransientError, match=r"^Spark gave up: .*no such luck.*; try again$"):
        spark.run("failing", job.collect, StageTimer())


def test_sigterm_ends_the_training_and_leaves_no_process(needs_spark: None, tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {"pid": [str(n // 60) for n in range(300_000)], "track_name": [str(n * 7919 % 50_021) for n in range(300_000)]}
    )
    rows.write_csv(tmp_path / "data.csv")
    command = [
        sys.executable, "-m", "playlist_trainer", "train", "--engine", "spark", "--spark-master", MASTER,
        "--dataset", str(tmp_path / "data.csv"), "--model-dir", str(tmp_path / "models"), "--log-format", "text",
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        said = ""
        while "tasks at a time" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line

        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        exit_code = process.wait(60)

    assert exit_code == 128 + signal.SIGTERM, said
    assert "stopped by SIGTERM" in said
    assert "unexpected" not in said
    assert _gone(process.pid)


def _gone(session_id: int) -> bool:
    """Wait until no process of a session is left; Java takes a moment over its end."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(session_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.2)
    return False
