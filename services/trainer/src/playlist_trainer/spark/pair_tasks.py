"""A task's second half: pairs counted by the kernel of one machine, on the playlists that hold the task's songs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of
from playlist_trainer.mining.pair_counts import PairCounter, Pairs
from playlist_trainer.mining.pair_kernel import PairBlock, PairKernel, best_rules
from playlist_trainer.mining.pair_scoring import PairLimits, PairScoring
from playlist_trainer.mining.pairs import BlockSize, antecedent_blocks
from playlist_trainer.mining.song_index import SongIndex
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.spark.routing import Routed

_BLOCK_SIZE = BlockSize()
_RECORD_RULES = 1 << 17
_RECORD_PAIRS = 1 << 15
_BLOCK_ROWS = 1 << 22


@dataclass(frozen=True)
class Scored:
    """What all tasks know of all songs.

    Attributes:
        support_counts: int32, one per song, descending.
        antecedent_factors: float64, one per song.
        consequent_factors: float64, one per song.
        limits: of the rules.
    """

    support_counts: NDArray[np.int32]
    antecedent_factors: NDArray[np.float64]
    consequent_factors: NDArray[np.float64]
    limits: PairLimits

    @property
    def frequent_count(self) -> int:
        """How many songs are frequent; their ids are below it."""
        return int(np.searchsorted(-self.support_counts, -self.limits.least_count, side="right"))

    def scoring(self, weights: NDArray[np.float32]) -> PairScoring:
        """Return the scoring of rules from playlists of these weights."""
        return PairScoring(weights, self.antecedent_factors, self.consequent_factors)


@dataclass(frozen=True)
class PartialPairs:
    """Pairs of one song in some of its playlists; the counts of all tasks that have some are to be added up.

    Attributes:
        consequents: int32, ascending.
        support_counts: int64, one per consequent.
        weights: float64, one per consequent.
    """

    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int64]
    weights: NDArray[np.float64]


def rules_of_task(parts: Iterable[Routed], songs: tuple[int, int], scored: Scored) -> Iterator[PairBlock]:
    """Yield the rules of a task's songs, antecedents ascending, some of them at a time.

    Args:
        parts: all playlists that hold one of the songs.
        songs: the first, and the one behind the last.
        scored: as of all songs.
    """
    counter, weights = _counter(parts, songs, scored, scored.limits.least_count)
    kernel = PairKernel(counter, scored.scoring(weights), scored.limits)
    blocks: list[PairBlock] = []
    for antecedents in antecedent_blocks(counter, offsets_of(counter.index.work), _BLOCK_SIZE.keys):
        blocks.append(kernel.mine(antecedents, scored.limits.rules_per_song))
        if sum(len(block.consequents) for block in blocks) >= _RECORD_RULES:
            yield joined(blocks)
            blocks = []
    if blocks:
        yield joined(blocks)


def partial_pairs(parts: Iterable[Routed], song: int, scored: Scored) -> Iterator[PartialPairs]:
    """Yield the pairs of a divided song in some of its playlists."""
    counter, _ = _counter(parts, (song, song + 1), scored, 1)
    if not len(counter.index.antecedents):
        return
    pairs = counter.count(counter.index.antecedents)
    for begin in range(0, len(pairs.consequents), _RECORD_PAIRS):
        part = slice(begin, begin + _RECORD_PAIRS)
        yield PartialPairs(pairs.consequents[part].astype(np.int32), pairs.support_counts[part], pairs.weights[0, part])


def rules_of_divided(parts: Iterable[PartialPairs], song: int, scored: Scored) -> PairBlock:
    """Return the rules of a divided song, from what all of its tasks counted."""
    counts = np.zeros(len(scored.support_counts), dtype=np.int64)
    weights = np.zeros(len(counts))
    for part in parts:
        counts[part.consequents] += part.support_counts
        weights[part.consequents] += part.weights
    found = np.flatnonzero(counts >= scored.limits.least_count)
    pairs = Pairs(np.zeros(len(found), np.int64), found, counts[found], weights[np.newaxis, found])
    antecedents = np.array([song], dtype=np.int32)
    scoring = scored.scoring(np.empty(0, np.float32))
    return best_rules(pairs, antecedents, scored.support_counts, scoring, scored.limits, scored.limits.rules_per_song)


def trimmed(block: PairBlock, rules_per_song: int) -> PairBlock:
    """Return a block with fewer rules per antecedent: the best ones."""
    starts = offsets_of(block.rule_counts)[:-1]
    places = np.arange(len(block.consequents)) - np.repeat(starts, block.rule_counts)
    kept = places < rules_per_song
    return PairBlock(
        block.antecedents,
        np.minimum(block.rule_counts, rules_per_song),
        block.consequents[kept],
        block.support_counts[kept],
        block.scores[kept],
    )


def joined(blocks: list[PairBlock]) -> PairBlock:
    """Return blocks as one."""
    columns = (
        (block.antecedents, block.rule_counts, block.consequents, block.support_counts, block.scores)
        for block in blocks
    )
    return PairBlock(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def _counter(
    parts: Iterable[Routed], songs: tuple[int, int], scored: Scored, least_count: int
) -> tuple[PairCounter, NDArray[np.float32]]:
    found = list(parts)
    lengths = np.concatenate([np.empty(0, np.int32), *(part.lengths for part in found)])
    weights = np.concatenate([np.empty(0, np.float32), *(part.weights for part in found)])
    items = np.concatenate([np.empty(0, np.int32), *(part.items for part in found)])
    del found
    transactions = Transactions(offsets_of(lengths), items, len(scored.support_counts))
    index = _index(transactions, songs, scored.support_counts)
    return PairCounter.by(index, transactions, weights, least_count, _BLOCK_SIZE.most_keys), weights


def _index(transactions: Transactions, songs: tuple[int, int], support_counts: NDArray[np.int32]) -> SongIndex:
    """Turn transactions around for a range of songs; those of them that no transaction holds are no antecedents."""
    first, end = songs
    rows = np.concatenate([np.empty(0, np.int64), *_rows_of_songs(transactions, first, end)])
    rows.sort()
    own, numbers = rows >> 32, (rows & 0xFFFFFFFF).astype(np.int32)
    counts = np.bincount(own, minlength=end - first)
    lengths = np.diff(transactions.offsets).astype(np.int32)
    found = np.flatnonzero(counts)
    work = np.bincount(own, weights=lengths[numbers], minlength=end - first).astype(np.int64)
    return SongIndex(
        support_counts, (found + first).astype(np.int32), lengths, offsets_of(counts), numbers, work[found], first
    )


def _rows_of_songs(transactions: Transactions, first: int, end: int) -> Iterator[NDArray[np.int64]]:
    """Yield each row of a song as the song's place, from ``first`` on, in the upper 32 bits, the transaction below."""
    for begin in range(0, len(transactions.items), _BLOCK_ROWS):
        items = transactions.items[begin : begin + _BLOCK_ROWS]
        rows = np.flatnonzero((items >= first) & (items < end))
        numbers = np.searchsorted(transactions.offsets, begin + rows, side="right") - 1
        yield (items[rows].astype(np.int64) - first) << 32 | numbers
