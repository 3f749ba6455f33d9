"""From a dataset on this disk to everything that a model holds."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from playlist_model import Rules, Songs, Training
from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.playlists import Playlists, numbered
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.errors import NoRulesError
from playlist_trainer.evaluation.metrics import SHORT_REQUESTS, SHORT_SEED_COUNTS, evaluate
from playlist_trainer.fingerprint import fingerprint_of, parameters_of
from playlist_trainer.mining.association_rules import rule_tables
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import Itemsets, min_support_count
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainedModel:
    """A model that is not published yet."""

    songs: Songs
    rules: Rules
    training: Training


def read(dataset: Dataset, settings: Settings, stages: StageTimer) -> Playlists:
    """Read a dataset into numbered playlists.

    Raises:
        DatasetError, DatasetUnavailableError: it can't be read, or too few of its rows can be used.
    """
    with stages.timed("read"):
        rows = pl.concat(row_batches(dataset, Columns.of(settings)), how="diagonal")
        for column in ("title", "artist"):
            if column not in rows.columns:
                rows = rows.with_columns(pl.lit(None, pl.String).alias(column))
        rows = rows.cast(pl.Categorical)
    with stages.timed("encode"):
        playlists = numbered(rows, settings.max_playlists, settings.seed)
    _log.info(
        "read %d rows of %d songs in %d playlists; %d rows had no playlist or no song and were left out",
        playlists.row_count,
        len(playlists.songs),
        len(playlists.transactions),
        playlists.unusable_row_count,
    )
    return playlists


def mine(playlists: Playlists, settings: Settings, stages: StageTimer) -> Itemsets:
    """Find the frequent itemsets.

    Raises:
        LimitError: there are more than the cap allows.
    """
    threshold = min_support_count(settings.min_support, len(playlists.transactions))
    with stages.timed("mine"):
        itemsets = ENGINES[settings.engine](
            playlists.transactions,
            min_support_count=threshold,
            max_length=settings.max_length,
            max_itemsets=settings.max_itemsets,
        )
    _log.info("found %d itemsets with a support_count of %d or more by %s", len(itemsets), threshold, settings.engine)
    return itemsets


def learn(dataset: Dataset, settings: Settings, stages: StageTimer) -> TrainedModel:
    """Make a model.

    Raises:
        TrainerError: the dataset or the settings lead to no model; the message says what to change.
    """
    playlists = read(dataset, settings, stages)
    itemsets = mine(playlists, settings, stages)
    with stages.timed("rules"):
        rules = Rules.build(len(playlists.songs), rule_tables(itemsets, settings.min_confidence))
        songs = playlists.catalogue()
    if len(rules) == 0:
        raise NoRulesError(
            f"no rule in {len(playlists.transactions)} playlists at min_support {settings.min_support:g}, "
            f"min_confidence {settings.min_confidence:g} and max_length {settings.max_length}: "
            "lower the first two, let max_length be 2 or more, or give more playlists"
        )
    evaluation = _short_evaluation(playlists, settings, stages) if settings.evaluation else {}
    training = Training(
        model_date=datetime.now(UTC),
        fingerprint=fingerprint_of(dataset.source.sha256, settings),
        dataset=_described(dataset, playlists),
        parameters=parameters_of(settings),
        engine=settings.engine,
        trainer_version=settings.version,
        seconds=stages.seconds,
        evaluation=evaluation,
    )
    return TrainedModel(songs, rules, training)


def _short_evaluation(playlists: Playlists, settings: Settings, stages: StageTimer) -> dict[str, Any]:
    with stages.timed("evaluate"):
        (evaluation,) = evaluate(playlists.transactions, settings, SHORT_SEED_COUNTS, SHORT_REQUESTS)
    short = evaluation.short()
    _log.info("evaluated: %s", ", ".join(f"{name} {figure}" for name, figure in short.items()))
    return short


def _described(dataset: Dataset, playlists: Playlists) -> dict[str, Any]:
    source = dataset.source
    return {
        "url": source.url,
        "etag": source.etag,
        "sha256": source.sha256,
        "bytes": source.byte_count,
        "rows": playlists.row_count,
        "unusable_rows": playlists.unusable_row_count,
        "playlists": len(playlists.transactions),
        "songs": len(playlists.songs),
    }
