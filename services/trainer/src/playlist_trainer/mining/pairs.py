"""Pair rules: for every song the songs that stand in the same playlists, the best of them, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model import Rules
from playlist_model.ragged import block_end, offsets_of
from playlist_trainer.mining.pair_counts import PairCounter
from playlist_trainer.mining.pair_kernel import PairBlock, PairKernel
from playlist_trainer.mining.pair_scoring import PairLimits, PairScoring
from playlist_trainer.mining.rule_store import RuleStore
from playlist_trainer.mining.transactions import Transactions

Progress = Callable[[int, int], None]

_MOST_ANTECEDENTS = 1 << 13  # in a block; with a score and a place within the antecedent's rules they fill 64 bits


@dataclass(frozen=True)
class BlockSize:
    """How much a thread takes on at once; what is found is the same for any.

    Attributes:
        keys: playlist items that antecedents are put together for; up to 2^20.
        most_keys: playlist items that are held at once, where a single antecedent has more; ``keys`` or more.
    """

    keys: int = 1 << 17
    most_keys: int = 1 << 22


@dataclass(frozen=True)
class PairRules:
    """What was mined.

    Attributes:
        rules: by antecedent, each one's best first: by descending score, then by consequent.
        rules_per_song: how many of them a song has at most; below the wanted number where ``max_rules`` asked for it,
            0 for no limit.
    """

    rules: Rules
    rules_per_song: int


def ignore(_done: int, _total: int) -> None:
    """Show nobody how far the mining is."""


def mine_pairs(
    transactions: Transactions,
    scoring: PairScoring,
    limits: PairLimits,
    *,
    threads: int = 1,
    progress: Progress = ignore,
    block_size: BlockSize = BlockSize(),
) -> PairRules:
    """Find the best rules between single songs, in both directions, each with its support count and its score.

    Args:
        transactions: ids ascend by falling popularity, roughly at least: another order costs time, not correctness.
        scoring: of the rules.
        limits: of the rules.
        threads: how many count at a time; what is found is the same for any number.
        progress: told, after each block, how many playlist items have been looked at, and of how many.
        block_size: for tests.

    Raises:
        LimitError: not even one rule per song stays within ``limits.max_rules``.
        ValueError: the scoring does not fit the transactions, or a score is beyond float32.
    """
    scoring.check(transactions)
    counter = PairCounter.of(transactions, scoring.weights, limits.least_count, block_size.most_keys)
    kernel = PairKernel(counter, scoring, limits)
    store = RuleStore(transactions.item_count, limits)
    offsets = offsets_of(counter.index.work)
    done = 0
    for block in _mined(kernel, store, antecedent_blocks(counter, offsets, block_size.keys), threads):
        store.add(block.antecedents, block.rule_counts, (block.consequents, block.support_counts, block.scores))
        done += len(block.antecedents)
        progress(int(offsets[done]), int(offsets[-1]))
    rules = store.finish(counter.index.support_counts)
    check_scores(rules)
    return PairRules(rules, store.rules_per_song)


def antecedent_blocks(counter: PairCounter, offsets: NDArray[np.int64], most_keys: int) -> Iterator[NDArray[np.int32]]:
    """Yield antecedents that are to be counted together.

    Args:
        counter: what is going to count.
        offsets: of the work per antecedent.
        most_keys: playlist items that antecedents are put together for.
    """
    antecedents = counter.index.antecedents
    most = min(_MOST_ANTECEDENTS, 1 << (63 - counter.item_bits - counter.class_bits))
    begin = 0
    while begin < len(antecedents):
        end = min(block_end(offsets, begin, most_keys), begin + most)
        yield antecedents[begin:end]
        begin = end


def _mined(
    kernel: PairKernel, store: RuleStore, blocks: Iterator[NDArray[np.int32]], threads: int
) -> Iterator[PairBlock]:
    """Yield blocks in their order, with no more of them under way than keep the threads busy."""
    under_way: deque[Future[PairBlock]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="pairs") as pool:
        for antecedents in blocks:
            under_way.append(pool.submit(kernel.mine, antecedents, store.rules_per_song))
            if len(under_way) > 2 * threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def check_scores(rules: Rules) -> None:
    """Refuse scores that can't be ranked.

    Raises:
        ValueError: one is beyond float32.
    """
    if rules.scores is None or not len(rules):
        return
    least, most = rules.scores.min(), rules.scores.max()
    if not 0 < least <= most < np.inf:
        raise ValueError(f"scores from {least} to {most}: scale the factors so that float32 can hold every score")
