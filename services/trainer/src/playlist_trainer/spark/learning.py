"""The driver's side of learning: from a dataset to all that a model holds."""

import logging
from pathlib import Path

import numpy as np

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.errors import DatasetUnavailableError, SettingError
from playlist_trainer.evaluation.choice import Choice, choose_by
from playlist_trainer.learned import Learned, described_dataset, read_words, song_table
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.pair_scoring import PairLimits
from playlist_trainer.mining.rules import MinedRules, pair_limits
from playlist_trainer.settings import Settings, names_of
from playlist_trainer.spark.objects import ReadDataset, check_settings
from playlist_trainer.spark.playlists import SparkPlaylists, number_playlists
from playlist_trainer.spark.reading import Reading, read_shares
from playlist_trainer.spark.rules import mine_pairs_by_spark
from playlist_trainer.spark.session import Session, session
from playlist_trainer.spark.shares import say_how_many, shares_of_files
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


def learned_by_spark(dataset: Dataset, settings: Settings, timer: StageTimer, scratch: Path) -> Learned:
    """Learn what one machine would learn.

    Args:
        dataset: on this disk and every executor's, or read by the executors already.
        settings: how.
        timer: for each stage.
        scratch: a folder that outlives what is returned.

    Raises:
        TrainerError: the dataset or the settings lead to no model, or Spark failed.
    """
    check_settings(settings)
    check_place(dataset, settings)
    return learned_by(session(settings), dataset, settings, timer, scratch)


def learned_by(spark: Session, dataset: Dataset, settings: Settings, timer: StageTimer, scratch: Path) -> Learned:
    """Do as ``learned_by_spark``, by a session that is there."""
    with timer.timed("read"):
        reading = dataset.reading if isinstance(dataset, ReadDataset) else _reading(dataset, settings, spark, timer)
        reading.check(shown_path(dataset.source.url))
    with timer.timed("encode"):
        playlists = number_playlists(reading, settings, spark, timer)
    counts = (reading.row_count, reading.unusable, playlists.playlist_count, playlists.song_count)
    _log.info("%s", read_words(counts[0], counts[3], counts[2], counts[1]))
    with timer.timed("catalogue"):
        songs = song_table(playlists.song_columns(), scratch)
    limits = pair_limits(settings, int(playlists.numbered.playlist_counts.sum()))
    choice = _choice(playlists, limits, settings, spark, timer)
    damping = choice.damping if choice else Damping()
    with timer.timed("mine"):
        found = mine_pairs_by_spark(playlists.numbered, damping, limits, spark, timer)
    mined = MinedRules(found.rules, damping, limits.min_support_count, found.rules_per_song)
    mined.log()
    _log.info("tasks sent each other %d bytes", spark.shuffled_bytes())
    reading.listed.unpersist()
    playlists.numbered.playlists.unpersist()
    return Learned(described_dataset(dataset.source, *counts), songs, playlists.held_out, choice, mined, None)


def check_place(dataset: Dataset, settings: Settings) -> None:
    """Refuse a dataset that executors can't see.

    Raises:
        SettingError: it came from a server to the driver alone.
    """
    is_elsewhere = not settings.spark_master.startswith("local")
    if is_elsewhere and "://" in dataset.source.url and not isinstance(dataset, ReadDataset):
        raise SettingError(
            f"engine spark can't read {shown_path(dataset.source.url)} on its executors: copy it to an object store "
            f"(s3://, gs://, az://) and name it there ({names_of('dataset_url')})"
        )


def _reading(dataset: Dataset, settings: Settings, spark: Session, timer: StageTimer) -> Reading:
    shares = shares_of_files(dataset)
    say_how_many(shares)
    reading = read_shares(shares, settings, spark, timer)
    if reading.sha256 != dataset.source.sha256:
        raise DatasetUnavailableError(
            f"{shown_path(dataset.source.url)} is not the same on the executors as here: every executor must see the "
            "same files under the same path; or they changed meanwhile, then try again"
        )
    return reading


def _choice(
    playlists: SparkPlaylists, limits: PairLimits, settings: Settings, spark: Session, timer: StageTimer
) -> Choice | None:
    if not settings.evaluation:
        return None
    with timer.timed("choose"):
        random = np.random.default_rng(settings.seed)
        choice = choose_by(playlists.sample(random, spark, timer), limits, random)
    choice.log()
    return choice
