import random
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pytest

from playlist_model import Rules, RuleTable
from playlist_model.ragged import offsets_of

Mined = Callable[[Sequence[frozenset[int]], int], list[RuleTable]]
# antecedent → (its count, its rules as (consequent, count), in order)
Grouped = dict[tuple[int, ...], tuple[int, list[tuple[int, int]]]]


def _grouped(tables: Sequence[RuleTable]) -> Grouped:
    """Group rules by antecedent the slow way."""
    groups: Grouped = {}
    for table in tables:
        for antecedent, antecedent_count, consequent, count in zip(
            map(tuple, table.antecedents.tolist()),
            table.antecedent_support_counts.tolist(),
            table.consequents.tolist(),
            table.support_counts.tolist(),
            strict=True,
        ):
            groups.setdefault(antecedent, (antecedent_count, []))[1].append((consequent, count))
    return {
        antecedent: (count, sorted(found, key=lambda rule: (-rule[1], rule[0])))
        for antecedent, (count, found) in groups.items()
    }


def _as_grouped(rules: Rules) -> Grouped:
    """Read rules back, one antecedent row at a time."""
    groups: Grouped = {}
    for row, count in enumerate(rules.antecedent_support_counts.tolist()):
        part = slice(rules.rule_offsets[row], rules.rule_offsets[row + 1])
        found = list(zip(rules.consequents[part].tolist(), rules.support_counts[part].tolist(), strict=True))
        groups[tuple(rules.songs_of(row).tolist())] = (count, found)
    return groups


def _shuffled(rng: random.Random, table: RuleTable) -> RuleTable:
    order = rng.sample(range(len(table.consequents)), len(table.consequents))
    return RuleTable(*(column[order] for column in vars(table).values()))


def _random_case(rng: random.Random) -> tuple[int, list[frozenset[int]]]:
    song_count = rng.randint(1, 7)
    songs = range(song_count)
    return song_count, [frozenset(rng.sample(songs, rng.randint(0, song_count))) for _ in range(rng.randint(0, 6))]


def test_rules_of_a_small_model_stand_by_song_antecedent_and_count(rules: Rules) -> None:
    # Air 4, Bolero 2, Canon 2; Air and Bolero 2, Air and Canon 2, Bolero and Canon 1, all three 1.
    assert _as_grouped(rules) == {
        (0,): (4, [(1, 2), (2, 2)]),
        (1,): (2, [(0, 2), (2, 1)]),
        (0, 1): (2, [(2, 1)]),
        (2,): (2, [(0, 2), (1, 1)]),
        (0, 2): (2, [(1, 1)]),
        (1, 2): (1, [(0, 1)]),
    }
    assert rules.song_antecedents.tolist() == [0, 1, 3, 6]
    assert len(rules) == 9


def test_built_rules_are_those_of_a_slow_grouping(mined: Mined) -> None:
    rng = random.Random(3)

    for _ in range(300):
        song_count, transactions = _random_case(rng)
        tables = [_shuffled(rng, table) for table in mined(transactions, 3)]
        rules = Rules.build(song_count, tables)

        assert _as_grouped(rules) == _grouped(tables)
        assert len(rules) == sum(len(table.consequents) for table in tables)


def test_antecedents_stand_under_their_rarest_song_by_size_then_ids(mined: Mined) -> None:
    rng = random.Random(4)

    for _ in range(300):
        song_count, transactions = _random_case(rng)
        rules = Rules.build(song_count, mined(transactions, 3))
        antecedents = [tuple(rules.songs_of(row).tolist()) for row in range(len(rules.antecedent_support_counts))]

        assert antecedents == sorted(antecedents, key=lambda songs: (songs[-1], len(songs), songs))
        assert rules.song_antecedents.tolist() == [
            sum(songs[-1] < song for songs in antecedents) for song in range(song_count + 1)
        ]


@pytest.mark.parametrize("max_antecedent", [1, 2, 3])
def test_antecedents_within_a_request_are_its_subsets(mined: Mined, max_antecedent: int) -> None:
    rng = random.Random(max_antecedent)

    for _ in range(200):
        song_count, transactions = _random_case(rng)
        rules = Rules.build(song_count, mined(transactions, max_antecedent))
        asked = sorted(rng.sample(range(song_count), rng.randint(0, song_count)))
        subsets = {subset for size in range(1, max_antecedent + 1) for subset in combinations(asked, size)}

        found = rules.antecedents_within(np.array(asked, np.int32)).tolist()

        assert found == [
            row for row in range(len(rules.antecedent_support_counts)) if tuple(rules.songs_of(row).tolist()) in subsets
        ]


def test_rules_of_one_size_other_than_one_are_found_too(mined: Mined) -> None:
    triples = mined([frozenset({0, 1, 2, 3})], 3)[2:]
    rules = Rules.build(4, triples)

    assert rules.antecedents_within(np.array([0, 1, 3], np.int32)).tolist() == [1]
    assert rules.songs_of(1).tolist() == [0, 1, 3]
    assert rules.antecedents_within(np.array([0, 1], np.int32)).tolist() == []


@pytest.mark.parametrize("song_count", [0, 1, 3])
@pytest.mark.parametrize("with_empty_table", [False, True])
def test_no_rules_at_all_are_rules_too(mined: Mined, song_count: int, with_empty_table: bool) -> None:
    rules = Rules.build(song_count, mined([], 2) if with_empty_table else [])

    assert len(rules) == 0
    assert rules.song_antecedents.tolist() == [0] * (song_count + 1)
    assert rules.antecedents_within(np.arange(song_count, dtype=np.int32)).tolist() == []


def test_pair_rules_are_those_that_are_built_from_a_table(mined: Mined) -> None:
    rng = random.Random(6)

    for _ in range(300):
        song_count, transactions = _random_case(rng)
        tables = mined(transactions, 1)
        expected = Rules.build(song_count, tables)
        song_counts = [sum(song in transaction for transaction in transactions) for song in range(song_count)]
        rule_counts = np.bincount(tables[0].antecedents[:, 0], minlength=song_count)

        rules = Rules.of_pairs(
            np.array(song_counts, np.int32), offsets_of(rule_counts), expected.consequents, expected.support_counts
        )

        for name, column in vars(expected).items():
            found = getattr(rules, name)
            assert np.array_equal(found, column), name
            assert column is None or found.dtype == column.dtype
