"""Rules against answers worked out by hand and against a slow twin."""

import random
from itertools import combinations

import numpy as np
import pytest

from playlist_model.rules import RuleTable
from playlist_trainer.mining.association_rules import rule_count, rule_tables
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import Itemsets, min_support_count, rows_without_each_item

from .builders import Counts, counts_by_brute_force, counts_of, transactions_from
from .shared_data import playlists

Rule = tuple[tuple[int, ...], int, int, int]  # antecedent, its support count, consequent, support count of both


def mined(lists: list[list[int]], min_support_count: int, max_length: int = 0) -> Itemsets:
    return ENGINES["eclat"](
        transactions_from(lists), min_support_count=min_support_count, max_length=max_length, max_itemsets=10**6
    )


def rules_in(tables: list[RuleTable]) -> list[Rule]:
    return sorted(
        (tuple(antecedent), antecedent_count, consequent, count)
        for table in tables
        for antecedent, antecedent_count, consequent, count in zip(
            table.antecedents.tolist(),
            table.antecedent_support_counts.tolist(),
            table.consequents.tolist(),
            table.support_counts.tolist(),
            strict=True,
        )
    )


def rules_by_brute_force(counts: Counts, min_confidence: float) -> list[Rule]:
    return sorted(
        (antecedent, counts[antecedent], consequent, count)
        for items, count in counts.items()
        for antecedent in combinations(items, len(items) - 1)
        for consequent in set(items) - set(antecedent)
        if antecedent and count / counts[antecedent] >= min_confidence - 1e-9
    )


def test_pair_gives_a_rule_each_way_with_the_antecedents_own_count() -> None:
    itemsets = mined([[0, 1], [0, 1], [0]], 2)

    assert rules_in(rule_tables(itemsets, 0)) == [((0,), 3, 1, 2), ((1,), 2, 0, 2)]


def test_confidence_is_inclusive_though_no_float_is_three_tenths() -> None:
    itemsets = mined([[0, 1]] * 3 + [[0]] * 7, 1)

    assert ((0,), 10, 1, 3) in rules_in(rule_tables(itemsets, 0.1 + 0.2))  # 0.30000000000000004
    assert ((0,), 10, 1, 3) not in rules_in(rule_tables(itemsets, 0.300001))


def test_sizes_without_rules_are_left_out() -> None:
    # Confidence of a pair's rules is .5 at most, that of the triple's is 1.
    itemsets = mined([[0, 1, 2], [0, 3], [1, 3], [2, 3], [0, 4], [1, 4], [2, 4]], 1, 3)

    (table,) = rule_tables(itemsets, 0.9)

    assert table.antecedents.shape == (3, 2)


@pytest.mark.parametrize("lists", [[], [[0], [1], [0]]])
def test_without_pairs_there_are_no_rules(lists: list[list[int]]) -> None:
    assert rule_tables(mined(lists, 1), 0) == []


def test_rule_columns_have_the_models_types() -> None:
    (table,) = rule_tables(mined([[0, 1]], 1), 0)

    columns = (table.antecedents, table.antecedent_support_counts, table.consequents, table.support_counts)
    assert {column.dtype for column in columns} == {np.dtype(np.int32)}


def test_two_hundred_random_cases_match_brute_force() -> None:
    chance = random.Random(20251122)
    for _ in range(200):
        share = chance.random()
        spread = chance.randint(1, 5)  # gaps between ids: a row number is not an id
        lists = [[i * spread for i in range(8) if chance.random() < share] for _ in range(chance.randint(1, 20))]
        min_confidence = chance.choice([0, 0.25, 0.5, 2 / 3, 1, chance.random()])
        min_count, max_length = chance.randint(1, 4), chance.randint(0, 4)

        tables = rule_tables(mined(lists, min_count, max_length), min_confidence)

        counts = counts_by_brute_force(lists, min_count, max_length)
        assert rules_in(tables) == rules_by_brute_force(counts, min_confidence), (lists, min_count, min_confidence)
        sizes = [table.antecedents.shape[1] for table in tables]
        assert sizes == sorted(set(sizes))


def test_every_itemset_without_an_item_is_found_in_the_level_before() -> None:
    itemsets = mined([[2, 5, 7, 11], [2, 5, 7], [5, 7, 11], [2, 11]], 1)

    for shorter, level, columns in zip(
        itemsets.levels, itemsets.levels[1:], rows_without_each_item(itemsets), strict=False
    ):
        for column, rows in enumerate(columns):
            np.testing.assert_array_equal(shorter.items[rows], np.delete(level.items, column, axis=1))


def test_rule_count_covers_every_split_of_every_itemset() -> None:
    itemsets = mined([[0, 1, 2]], 1)

    # Three pairs with a rule each way; of the triple one of three items alone, or two of three.
    assert rule_count(itemsets) == 3 * 2 + 6


@pytest.mark.parametrize(("name", "single_consequent_rules"), [("ds1.csv.gz", 6_669), ("ds2.csv.gz", 4_822)])
def test_playlists_have_one_rule_for_each_item_of_each_itemset(name: str, single_consequent_rules: int) -> None:
    transactions, _ = playlists(name)
    itemsets = ENGINES["eclat"](
        transactions,
        min_support_count=min_support_count(0.05, len(transactions)),
        max_length=0,
        max_itemsets=10_000,
    )

    rules = rules_in(rule_tables(itemsets, 0))

    assert len(rules) == single_consequent_rules
    assert rules == rules_by_brute_force(counts_of(itemsets), 0)
