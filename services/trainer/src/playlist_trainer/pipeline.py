"""From a dataset on this disk to everything that a model holds: one stage after another."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playlist_model import HeldOut, Model, Training
from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.playlists import Playlists, encoded, gathered
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.errors import NoRulesError, SettingError
from playlist_trainer.evaluation.candidate import Candidate, evaluated, judged
from playlist_trainer.evaluation.changes import changes_since
from playlist_trainer.evaluation.choice import Choice, choose_damping
from playlist_trainer.evaluation.hold_out import hold_out
from playlist_trainer.fingerprint import fingerprint_of, parameters_of
from playlist_trainer.learned import Learned, described_dataset, read_words, song_table
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import Itemsets
from playlist_trainer.mining.rules import is_by_pairs, mine_rules, pair_limits
from playlist_trainer.mining.thresholds import itemset_threshold
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.setting_types import AUTO, SPARK
from playlist_trainer.settings import Settings, names_of
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


def read(dataset: Dataset, settings: Settings, timer: StageTimer) -> Playlists:
    """Read a dataset into numbered playlists.

    Raises:
        DatasetError, DatasetUnavailableError: it can't be read, or too few of its rows can be used.
    """
    with timer.timed("read"):
        batches = row_batches(dataset, Columns.of(settings))
        listings = gathered(batches, settings.max_playlists, settings.seed, shown_path(dataset.source.url))
    with timer.timed("encode"):
        playlists = encoded(listings)
    _log.info(
        "%s",
        read_words(playlists.row_count, len(playlists.songs), len(playlists.transactions), playlists.unusable),
    )
    return playlists


def mine_itemsets(playlists: Playlists, settings: Settings, timer: StageTimer) -> Itemsets:
    """Find the frequent itemsets, exact and complete.

    Raises:
        LimitError: there are more than the cap allows.
    """
    if settings.engine == SPARK:
        raise SettingError(
            f"engine spark finds pair rules, not itemsets: give another engine ({names_of('engine')}), such as eclat"
        )
    threshold = itemset_threshold(settings.min_support, len(playlists.transactions))
    with timer.timed("mine"):
        itemsets = ENGINES[settings.engine](
            playlists.transactions,
            min_support_count=threshold,
            max_length=settings.max_length,
            max_itemsets=settings.max_itemsets,
        )
    _log.info("found %d itemsets with a support_count of %d or more by %s", len(itemsets), threshold, settings.engine)
    return itemsets


def make_candidate(
    dataset: Dataset, settings: Settings, timer: StageTimer, current: Model | None, scratch: Path
) -> Candidate:
    """Make a model, and compare it with the current one.

    Args:
        dataset: what to learn from.
        settings: how.
        timer: for each stage.
        current: the model whose place the candidate would take, or the newest that can be used.
        scratch: a folder that outlives the candidate.

    Raises:
        TrainerError: the dataset or the settings lead to no model; the message says what to change.
    """
    found = learned_by_engine(dataset, settings, timer, scratch)
    described, mined = found.described, found.mined
    if len(mined.rules) == 0:
        min_support = "auto" if settings.min_support == AUTO else f"{settings.min_support:.12g}"
        raise NoRulesError(
            f"no rule in {described['playlists']} playlists at min_support {min_support}, "
            f"min_confidence {settings.min_confidence:g} and max_length {settings.max_length}: "
            "lower the first two, let max_length be 2 or more, or give more playlists"
        )
    training = Training(
        model_date=datetime.now(UTC),
        fingerprint=fingerprint_of(dataset.source.sha256, settings),
        dataset=described,
        parameters=parameters_of(settings),
        engine=settings.engine,
        trainer_version=settings.version,
        seconds=timer.seconds,
        scoring=mined.described,
    )
    candidate = Candidate(found.songs, mined.rules, training, found.held_out)
    training = replace(training, evaluation=evaluated(candidate, found.transactions, found.choice, settings, timer))
    if current is not None:
        with timer.timed("changes"):
            training = replace(training, changes=changes_since(current, found.songs))
        if settings.gate:
            training = replace(training, gate=judged(candidate, current, settings, timer))
    return replace(candidate, training=training)


def learned_by_engine(dataset: Dataset, settings: Settings, timer: StageTimer, scratch: Path) -> Learned:
    """Learn all that a model holds, by the engine that the settings name.

    Raises:
        TrainerError: as ``make_candidate``.
    """
    if settings.engine == SPARK:
        from playlist_trainer.spark.learning import learned_by_spark  # noqa: PLC0415 - only this engine needs Spark

        return learned_by_spark(dataset, settings, timer, scratch)
    playlists = read(dataset, settings, timer)
    described = described_dataset(
        dataset.source, playlists.row_count, playlists.unusable, len(playlists.transactions), len(playlists.songs)
    )
    learned, held_out = hold_out(playlists) if settings.gate else (playlists, HeldOut.none())
    del playlists  # of a million playlists, each of these is half a gigabyte
    transactions, columns = learned.transactions, learned.song_columns()
    del learned
    with timer.timed("catalogue"):
        songs = song_table(columns, scratch)
    choice = _choice(transactions, settings, timer)
    with timer.timed("mine"):
        mined = mine_rules(transactions, settings, choice.damping if choice else Damping(), timer.progress)
    mined.log()
    return Learned(described, songs, held_out, choice, mined, transactions)


def _choice(transactions: Transactions, settings: Settings, timer: StageTimer) -> Choice | None:
    """Choose how pair rules are scored; None where that is not to be tried, or there is nothing to score."""
    if not settings.evaluation or not is_by_pairs(settings):
        return None
    with timer.timed("choose"):
        limits = pair_limits(settings, len(transactions))
        choice = choose_damping(transactions, limits, settings.seed)
    choice.log()
    return choice
