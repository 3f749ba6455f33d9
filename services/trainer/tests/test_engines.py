"""One suite for every engine: all give exactly the same itemsets, in the same order."""

import random
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from playlist_trainer.errors import LimitError
from playlist_trainer.mining.engines import ENGINES, Engine
from playlist_trainer.mining.itemsets import Itemsets
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.setting_types import ENGINE_NAMES, SPARK

from .builders import Counts, counts_by_brute_force, counts_of, transactions_from

NO_LIMIT = 0


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


def mined(
    engine: Engine, transactions: Transactions, min_support_count: int, max_length: int = NO_LIMIT, cap: int = 10**6
) -> Itemsets:
    return engine(transactions, min_support_count=min_support_count, max_length=max_length, max_itemsets=cap)


# Four playlists: 0 in all, 1 in three, 2 in two, 3 in one; item 4 exists and is in none.
FOUR = [[0, 1, 2], [0, 1, 2], [0, 1], [0, 3]]


@pytest.mark.parametrize(
    ("min_support_count", "max_length", "expected"),
    [
        (1, 1, {(0,): 4, (1,): 3, (2,): 2, (3,): 1}),
        (2, 2, {(0,): 4, (1,): 3, (2,): 2, (0, 1): 3, (0, 2): 2, (1, 2): 2}),
        (2, 3, {(0,): 4, (1,): 3, (2,): 2, (0, 1): 3, (0, 2): 2, (1, 2): 2, (0, 1, 2): 2}),
        (2, NO_LIMIT, {(0,): 4, (1,): 3, (2,): 2, (0, 1): 3, (0, 2): 2, (1, 2): 2, (0, 1, 2): 2}),
        (3, NO_LIMIT, {(0,): 4, (1,): 3, (0, 1): 3}),
        (4, NO_LIMIT, {(0,): 4}),
        (5, NO_LIMIT, {}),
    ],
)
def test_four_playlists_give_the_itemsets_one_counts_by_hand(
    engine: Engine, min_support_count: int, max_length: int, expected: Counts
) -> None:
    itemsets = mined(engine, transactions_from(FOUR, item_count=5), min_support_count, max_length)

    assert counts_of(itemsets) == expected
    assert itemsets.transaction_count == 4


@pytest.mark.parametrize("lists", [[], [[]], [[], [], []]])
def test_without_items_there_are_no_itemsets(engine: Engine, lists: list[list[int]]) -> None:
    itemsets = mined(engine, transactions_from(lists, item_count=3), 1)

    assert not itemsets.levels
    assert itemsets.transaction_count == len(lists)


def test_single_transaction_gives_all_its_subsets(engine: Engine) -> None:
    counts = counts_of(mined(engine, transactions_from([[2, 5, 7]]), 1))

    assert counts == {(2,): 1, (5,): 1, (7,): 1, (2, 5): 1, (2, 7): 1, (5, 7): 1, (2, 5, 7): 1}


@pytest.mark.parametrize("transaction_count", [3, 7, 49, 103, 1000])
def test_threshold_is_inclusive_whatever_fraction_it_makes(engine: Engine, transaction_count: int) -> None:
    for min_support_count in range(1, min(transaction_count, 60)):
        lists = [[0, 1] if n < min_support_count else [1] for n in range(transaction_count)]

        reached = mined(engine, transactions_from(lists), min_support_count)
        missed = mined(engine, transactions_from(lists), min_support_count + 1)

        assert counts_of(reached) == {(0,): min_support_count, (1,): transaction_count, (0, 1): min_support_count}
        assert counts_of(missed) == {(1,): transaction_count}


def test_three_hundred_random_cases_match_brute_force(engine: Engine) -> None:
    chance = random.Random(20251122)
    for _ in range(300):
        item_count = chance.randint(1, 8)
        share = chance.random()
        lists = [[i for i in range(item_count) if chance.random() < share] for _ in range(chance.randint(1, 70))]
        min_support_count = chance.randint(1, max(1, len(lists) // chance.randint(1, 8)))
        max_length = chance.randint(0, 4)

        itemsets = mined(
            engine, transactions_from(lists, item_count + chance.randint(0, 2)), min_support_count, max_length
        )

        expected = counts_by_brute_force(lists, min_support_count, max_length)
        assert counts_of(itemsets) == expected, (lists, min_support_count, max_length)
        assert_canonical(itemsets)


def assert_canonical(itemsets: Itemsets) -> None:
    for size, level in enumerate(itemsets.levels, 1):
        rows = level.items.tolist()
        assert level.items.shape == (len(level), size)
        assert len(level) > 0
        assert rows == sorted(sorted(set(row)) for row in rows)
        assert level.items.dtype == np.dtype(np.int32)
        assert level.support_counts.dtype == np.dtype(np.int64)


def test_large_item_ids_stay_in_lexicographic_order(engine: Engine) -> None:
    # Three of these ids are too many bits for one sort key, two are not.
    large = [[0, 7, 2_097_151, 2_097_152, 4_194_302, 4_194_303]] * 2

    itemsets = mined(engine, transactions_from(large), 2)

    assert len(itemsets) == 2**6 - 1
    assert_canonical(itemsets)


# The cap


def test_exactly_as_many_itemsets_as_the_cap_allows_are_given(engine: Engine) -> None:
    assert len(mined(engine, transactions_from(FOUR), 2, cap=7)) == 7


@pytest.mark.parametrize("cap", [0, 2, 3, 5, 6])
def test_one_itemset_over_the_cap_says_what_was_found_and_what_to_change(engine: Engine, cap: int) -> None:
    with pytest.raises(LimitError) as raised:
        mined(engine, transactions_from(FOUR), 2, cap=cap)

    assert str(raised.value) == (
        f"found more than {cap} itemsets at a min_support count of 2 of 4 transactions:"
        " raise min_support, lower max_length, sample with max_playlists, or raise max_itemsets"
    )


def test_eclat_stops_at_the_cap_long_before_all_itemsets_are_found() -> None:
    fifty_twice = transactions_from([range(50), range(50)])  # 2^50 itemsets

    with pytest.raises(LimitError, match=r"more than 200,000 itemsets"):
        mined(ENGINES["eclat"], fifty_twice, 2, cap=200_000)


# Eclat alone: cases large enough for the ways through it that small ones never take.


def counts_by_matrix(held: NDArray[np.bool_], min_support_count: int, size: int) -> Counts:
    """Return the frequent itemsets of one size, from 2 on; ``held``: transactions on rows, items on columns."""
    if size > 2:
        counts: Counts = {}
        for first in range(held.shape[1]):
            others = counts_by_matrix(held[held[:, first], first + 1 :], min_support_count, size - 1)
            counts |= {(first, *(first + 1 + item for item in items)): count for items, count in others.items()}
        return counts
    together = held.T.astype(np.float32) @ held.astype(np.float32)
    pairs = np.argwhere(np.triu(together >= min_support_count, 1)).tolist()
    return {(first, second): int(together[first, second]) for first, second in pairs}


def counts_of_size(itemsets: Itemsets, size: int) -> Counts:
    return {items: count for items, count in counts_of(itemsets).items() if len(items) == size}


def lists_of(held: NDArray[np.bool_]) -> list[list[int]]:
    return [np.flatnonzero(row).tolist() for row in held]


@pytest.mark.parametrize(
    ("transaction_count", "item_count", "share"),
    [
        pytest.param(750, 600, 0.1, id="many blocks of roots"),
        pytest.param(3000, 120, 0.9, id="roots with more items than one block"),
        pytest.param(150, 2000, 0.002, id="so few items that counters would be mostly empty"),
    ],
)
def test_pairs_of_data_of_any_density_match_a_matrix_product(
    transaction_count: int, item_count: int, share: float
) -> None:
    chance = np.random.default_rng(7)
    popularity = chance.uniform(0.5 * share, 1.1 * share, item_count)
    held = np.repeat(chance.random((transaction_count, item_count)) < popularity, 2, axis=0)  # every pair twice

    itemsets = mined(ENGINES["eclat"], transactions_from(lists_of(held), item_count), 2, max_length=2)

    assert counts_of_size(itemsets, 2) == counts_by_matrix(held, 2, size=2)


def test_itemsets_that_fill_several_blocks_of_bitsets_match_a_matrix_product() -> None:
    held = np.random.default_rng(8).random((10_000, 36)) < 0.6
    about_half_of_all_fours = 1296  # 0.6^4 of the transactions

    itemsets = mined(ENGINES["eclat"], transactions_from(lists_of(held)), about_half_of_all_fours, max_length=4)

    expected = counts_by_matrix(held, about_half_of_all_fours, size=4)
    assert len(expected) > 20_000
    assert counts_of_size(itemsets, 4) == expected


def test_more_frequent_items_than_sixteen_bits_number_are_told_apart() -> None:
    lists = [range(600), *([item, item + 40_000] for item in range(40_000))]  # the 600 fill the first block

    itemsets = mined(ENGINES["eclat"], transactions_from(lists), 1, max_length=2)

    assert counts_of_size(itemsets, 2) == {pair: 1 for items in lists for pair in combinations(items, 2)}


def test_the_slow_reference_is_not_imported_before_it_is_used() -> None:
    code = "import sys, playlist_trainer.mining.engines; sys.exit('efficient_apriori' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_engines_are_those_that_a_setting_can_name() -> None:
    # spark finds pair rules alone, by tasks of its own.
    assert (*ENGINES, SPARK) == ENGINE_NAMES
