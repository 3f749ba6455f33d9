"""The driver's side of mining: units of work to the executors, the best rules of each song back."""

import heapq
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.mining.damping import SHRINKAGE, Damping
from playlist_trainer.mining.pair_kernel import PairBlock
from playlist_trainer.mining.pair_scoring import NO_LIMIT, PairLimits
from playlist_trainer.mining.pairs import PairRules, check_scores
from playlist_trainer.mining.rule_store import RuleStore, most_per_song
from playlist_trainer.spark.numbering import NumberedPlaylists
from playlist_trainer.spark.pair_tasks import Scored, partial_pairs, rules_of_divided, rules_of_task, trimmed
from playlist_trainer.spark.routing import added_up, routed, summed
from playlist_trainer.spark.session import Session
from playlist_trainer.spark.units import Units
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)
_SONGS_PER_TARGET = 1 << 20


@dataclass(frozen=True)
class Numbered:
    """Playlists by number, on the executors.

    Attributes:
        playlists: an RDD of ``NumberedPlaylists``.
        support_counts: int32, one per song, descending.
        playlist_counts: int64; learned playlists of each length, from 0 on.
    """

    playlists: Any
    support_counts: NDArray[np.int32]
    playlist_counts: NDArray[np.int64]


def mine_pairs_by_spark(
    numbered: Numbered, damping: Damping, limits: PairLimits, session: Session, timer: StageTimer
) -> PairRules:
    """Find the rules that ``mine_pairs`` finds.

    Args:
        numbered: the playlists.
        damping: how rules are scored.
        limits: of the rules.
        session: where.
        timer: told how far it is.

    Raises:
        LimitError: not even one rule per song stays within ``limits.max_rules``, or an executor lacks memory.
    """
    weights_by_length = damping.weights_by_length(numbered.playlist_counts)
    scored, work = _scored(numbered, weights_by_length, damping, limits, session, timer)
    units = Units.of(work, session.items_per_task)
    _log.info("counting pairs in %d tasks, %d songs divided among several", units.task_count, len(units.divided_songs))
    counts = _counts(numbered.playlists, weights_by_length, scored, units, session).persist(session.on_disk)
    try:
        divided = _rules_of_divided(counts, units.divided_songs, scored, session, timer)
        return _collected(counts.filter(_is_block), divided, scored, session, timer)
    finally:
        counts.unpersist()


def _scored(
    numbered: Numbered,
    weights_by_length: NDArray[np.float32],
    damping: Damping,
    limits: PairLimits,
    session: Session,
    timer: StageTimer,
) -> tuple[Scored, NDArray[np.int64]]:
    """Return the factors of all songs, and how much work the frequent ones are."""
    counts = numbered.support_counts
    limit = Scored(counts, np.empty(0), np.empty(0), limits).frequent_count
    targets = max(1, -(-len(counts) // _SONGS_PER_TARGET))
    shared = session.context.broadcast(weights_by_length)

    def of_range(playlists: Iterable[NumberedPlaylists]) -> Iterator[Any]:
        for some in playlists:
            yield from summed(some, shared.value, limit, _SONGS_PER_TARGET)

    def of_target(target: int, records: Iterable[Any]) -> Iterator[Any]:
        first = target * _SONGS_PER_TARGET
        yield added_up((part for _, part in records), first, min(_SONGS_PER_TARGET, len(counts) - first))

    sums = numbered.playlists.mapPartitions(of_range).partitionBy(targets, _itself).mapPartitionsWithIndex(of_target)
    sums = sums.persist(session.on_disk)
    try:
        # All at once, before one after the other is fetched.
        session.run("summing up songs", sums.count, timer)
        found = session.run("fetching sums", lambda: list(sums.toLocalIterator(prefetchPartitions=True)), timer)
    finally:
        sums.unpersist()
    weighted = np.concatenate([part.weights for part in found])
    work = np.concatenate([part.work for part in found])
    return Scored(
        support_counts=counts,
        antecedent_factors=1 / (weighted + SHRINKAGE),
        consequent_factors=np.maximum(counts.astype(np.float64), 1.0) ** -damping.popularity_exponent,
        limits=limits,
    ), work[:limit]


def _counts(
    playlists: Any, weights_by_length: NDArray[np.float32], scored: Scored, units: Units, session: Session
) -> Any:
    """Return an RDD of rules as ``PairBlock``, antecedents ascending; and of (song, ``PartialPairs``)."""
    shared = session.context.broadcast((weights_by_length, scored, units))

    def to_tasks(found: Iterable[NumberedPlaylists]) -> Iterator[Any]:
        weights, of_all, in_units = shared.value
        for some in found:
            yield from routed(some, weights, of_all.frequent_count, in_units)

    def counted(task: int, records: Iterable[Any]) -> Iterator[Any]:
        _, of_all, in_units = shared.value
        if task >= in_units.task_count:
            return
        first, end, is_divided = in_units.songs_of_task(task)
        parts = (part for _, part in records)
        if is_divided:
            yield from ((first, pairs) for pairs in partial_pairs(parts, first, of_all))
        else:
            yield from rules_of_task(parts, (first, end), of_all)

    return (
        playlists.mapPartitions(to_tasks).partitionBy(max(1, units.task_count), _itself).mapPartitionsWithIndex(counted)
    )


def _rules_of_divided(
    counts: Any, songs: NDArray[np.int32], scored: Scored, session: Session, timer: StageTimer
) -> list[PairBlock]:
    """Return the rules of each divided song, from what its tasks counted."""
    if not len(songs):
        return []
    shared = session.context.broadcast(scored)

    def place(song: int) -> int:
        return int(np.searchsorted(songs, song))

    def added(target: int, records: Iterable[Any]) -> Iterator[PairBlock]:
        yield rules_of_divided((pairs for _, pairs in records), int(songs[target]), shared.value)

    rules = counts.filter(_is_partial).partitionBy(len(songs), place).mapPartitionsWithIndex(added)
    found: list[PairBlock] = session.run("counting pairs of popular songs", rules.collect, timer)
    return found


def _collected(blocks: Any, divided: list[PairBlock], scored: Scored, session: Session, timer: StageTimer) -> PairRules:
    """Bring the rules to the driver, a partition at a time, no more of them than a model may have."""
    limits = scored.limits
    rule_counts = np.zeros(len(scored.support_counts), dtype=np.int32)
    for antecedents, counts in [
        *session.run("counting pairs", blocks.map(_sizes).collect, timer),
        *map(_sizes, divided),
    ]:
        rule_counts[antecedents] = counts
    if limits.max_rules != NO_LIMIT and int(rule_counts.sum(dtype=np.int64)) > limits.max_rules:
        # Known before anything is sent, and the same number that the store would come to.
        most = most_per_song(rule_counts, limits.max_rules)
        limits = replace(limits, rules_per_song=most)
        blocks, divided = blocks.map(lambda block: trimmed(block, most)), [trimmed(block, most) for block in divided]
    store = RuleStore(len(scored.support_counts), limits)
    fetched = session.run("fetching rules", lambda: blocks.toLocalIterator(prefetchPartitions=True), timer)
    for block in heapq.merge(fetched, divided, key=lambda block: int(block.antecedents[0])):
        store.add(block.antecedents, block.rule_counts, (block.consequents, block.support_counts, block.scores))
    rules = store.finish(scored.support_counts)
    check_scores(rules)
    return PairRules(rules, store.rules_per_song)


def _itself(task: int) -> int:
    return task


def _is_block(record: Any) -> bool:
    return isinstance(record, PairBlock)


def _is_partial(record: Any) -> bool:
    return not isinstance(record, PairBlock)


def _sizes(block: PairBlock) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    return block.antecedents, block.rule_counts
