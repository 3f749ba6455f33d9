import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from playlist_model import Rules
from playlist_trainer.errors import LimitError
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.pair_scoring import PairLimits, PairScoring
from playlist_trainer.mining.pairs import BlockSize, mine_pairs
from playlist_trainer.mining.transactions import Transactions

from .builders import counts_of, transactions_from
from .pair_rules_by_hand import as_found, pair_rules_by_hand
from .shared_data import playlists

# Four playlists: 0 in all, 1 in three, 2 in two, 3 in one; item 4 exists and is in none.
FOUR = [[0, 1, 2], [0, 1, 2], [0, 1], [0, 3]]
# Every antecedent by itself and by counters; a few together; all together.
BLOCK_SIZES = [BlockSize(1, 1), BlockSize(20, 40), BlockSize()]


def by_count(transactions: Transactions, limits: PairLimits) -> Rules:
    return mine_pairs(transactions, PairScoring.by_count(transactions), limits).rules


def random_lists(rng: random.Random) -> list[list[int]]:
    """Draw playlists of up to 30 songs, the smaller ids more often."""
    songs = rng.randint(1, 30)
    weights = [1 / (song + 1) for song in range(songs)]
    return [
        sorted({*rng.choices(range(songs), weights, k=rng.randint(1, 12))} if rng.random() < 0.9 else [])
        for _ in range(rng.randint(0, 40))
    ]


def random_scoring(rng: random.Random, transactions: Transactions, weight_classes: int) -> PairScoring:
    numpy_rng = np.random.default_rng(rng.randrange(2**32))
    # Few factors, so that scores are often equal.
    factors = numpy_rng.choice([0.25, 0.3, 1.0], size=(2, transactions.item_count))
    weights = numpy_rng.integers(1, weight_classes + 1, len(transactions)) ** -0.5
    return PairScoring(weights.astype(np.float32), *factors)


def test_four_playlists_give_the_rules_one_counts_by_hand() -> None:
    rules = by_count(transactions_from(FOUR, item_count=5), PairLimits())

    assert as_found(rules) == {
        0: [(1, 3, 3.0), (2, 2, 2.0), (3, 1, 1.0)],
        1: [(0, 3, 3.0), (2, 2, 2.0)],
        2: [(0, 2, 2.0), (1, 2, 2.0)],
        3: [(0, 1, 1.0)],
    }
    assert rules.antecedent_support_counts.tolist() == [4, 3, 2, 1]
    assert rules.song_antecedents.tolist() == [0, 1, 2, 3, 4, 4]


def test_a_score_is_the_weight_of_shared_playlists_times_both_factors() -> None:
    # 0 and 2 are together in the first two playlists, of weights 1 and 2.
    scoring = PairScoring(
        np.array([1, 2, 4, 8], np.float32),
        antecedent_factors=np.array([1.0, 1.0, 10.0, 1.0]),
        consequent_factors=np.array([0.5, 1.0, 1.0, 1.0]),
    )

    found = as_found(mine_pairs(transactions_from(FOUR), scoring, PairLimits()).rules)

    assert found[2] == [(1, 2, 3 * 10.0), (0, 2, 3 * 10.0 * 0.5)]
    assert found[0] == [(3, 1, 8.0), (1, 3, 7.0), (2, 2, 3.0)]


@pytest.mark.parametrize("block_size", BLOCK_SIZES)
def test_rules_are_those_of_a_slow_count(block_size: BlockSize) -> None:
    rng = random.Random(1)
    tied = 0

    for case in range(200):
        lists = random_lists(rng)
        transactions = transactions_from(lists)
        scoring = random_scoring(rng, transactions, weight_classes=rng.choice([1, 3, 1000]))
        confidence, least = rng.choice([0, 0.3, 0.5]), rng.choice([0, 0, 2, 5])
        limits = PairLimits(rng.randint(1, 4), rng.choice([0, 1, 3, 10]), 0, confidence, least)

        found = mine_pairs(transactions, scoring, limits, threads=case % 3 + 1, block_size=block_size)

        expected, most = pair_rules_by_hand(lists, scoring, limits)
        assert as_found(found.rules) == expected
        assert found.rules_per_song == most
        tied += any(len({score for *_, score in rules}) < len(rules) for rules in expected.values())
    assert tied > 50  # else equal scores were hardly put to the test


def test_a_song_with_few_rules_is_filled_up_with_rarer_pairs() -> None:
    # 0 and 1 are together twice; what 2 shares with others it shares once.
    lists = [[0, 1, 2], [0, 1], [2, 3]]
    limits = PairLimits(min_support_count=2, least_rules_per_song=2)

    found = as_found(by_count(transactions_from(lists), limits))

    assert found == {
        0: [(1, 2, 2.0), (2, 1, 1.0)],
        1: [(0, 2, 2.0), (2, 1, 1.0)],
        2: [(0, 1, 1.0), (1, 1, 1.0)],
        3: [(2, 1, 1.0)],
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_without_limits_pairs_are_those_of_the_engines(engine: str) -> None:
    rng = random.Random(2)

    for _ in range(50):
        transactions = transactions_from(random_lists(rng))
        count = rng.randint(1, 3)
        itemsets = ENGINES[engine](transactions, min_support_count=count, max_length=2, max_itemsets=10**6)

        assert pair_counts(by_count(transactions, PairLimits(count))) == both_ways(counts_of(itemsets))


@pytest.mark.parametrize("engine", ENGINES)
def test_real_playlists_have_the_pairs_that_the_engines_find(engine: str) -> None:
    transactions, _ = playlists("course_sample.csv.gz")
    itemsets = ENGINES[engine](transactions, min_support_count=5, max_length=2, max_itemsets=10**7)

    assert pair_counts(by_count(transactions, PairLimits(5))) == both_ways(counts_of(itemsets))


def pair_counts(rules: Rules) -> dict[tuple[int, int], int]:
    found = as_found(rules)
    return {(one, other): count for one, consequents in found.items() for other, count, _ in consequents}


def both_ways(counts: dict[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
    pairs = {items: count for items, count in counts.items() if len(items) == 2}
    return pairs | {(other, one): count for (one, other), count in pairs.items()}


@pytest.mark.parametrize("block_size", BLOCK_SIZES)
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_max_rules_leaves_every_song_the_same_number_of_its_best(block_size: BlockSize, threads: int) -> None:
    rng = random.Random(3)
    trimmed = 0

    for _ in range(100):
        lists = random_lists(rng)
        transactions = transactions_from(lists)
        scoring = random_scoring(rng, transactions, weight_classes=5)
        every, _ = pair_rules_by_hand(lists, scoring, PairLimits())
        total = sum(map(len, every.values()))
        limits = PairLimits(1, rng.choice([0, 5]), rng.randint(max(1, len(every)), max(1, total + 1)))

        found = mine_pairs(transactions, scoring, limits, threads=threads, block_size=block_size)

        assert (as_found(found.rules), found.rules_per_song) == pair_rules_by_hand(lists, scoring, limits)
        assert len(found.rules) <= limits.max_rules
        trimmed += found.rules_per_song != limits.rules_per_song
    assert trimmed > 30


@pytest.mark.parametrize("max_rules", [600, 2_000, 9_000])
def test_trimming_early_leaves_what_trimming_once_would(monkeypatch: pytest.MonkeyPatch, max_rules: int) -> None:
    # Without its slack the store trims again and again, a few antecedents at a time.
    monkeypatch.setattr("playlist_trainer.mining.rule_store._LEAST_GROWTH", 1)
    monkeypatch.setattr("playlist_trainer.mining.rule_store._SLICE_RULES", 100)
    rng = random.Random(4)
    lists = [sorted(rng.sample(range(300), rng.randint(2, 20))) for _ in range(400)]
    transactions = transactions_from(lists)
    scoring = random_scoring(rng, transactions, weight_classes=5)
    limits = PairLimits(1, 0, max_rules)

    found = mine_pairs(transactions, scoring, limits, block_size=BlockSize(500, 1000))

    assert (as_found(found.rules), found.rules_per_song) == pair_rules_by_hand(lists, scoring, limits)
    assert found.rules_per_song > 0


def test_fewer_rules_than_songs_are_refused_with_what_to_change() -> None:
    transactions = transactions_from(FOUR)

    with pytest.raises(LimitError, match=r"4 songs have rules, and max_rules is 3: raise it"):
        by_count(transactions, PairLimits(max_rules=3))


def skewed_lists(rng: random.Random) -> list[list[int]]:
    """Draw playlists half of which hold song 0, and one that holds every song."""
    lists = [sorted({*rng.sample(range(1, 500), 8), *([0] if number % 2 else [])}) for number in range(300)]
    return [*lists, list(range(500))]


@pytest.mark.parametrize("block_size", BLOCK_SIZES)
def test_a_song_in_half_of_all_playlists_and_a_playlist_of_all_songs_are_counted_too(block_size: BlockSize) -> None:
    rng = random.Random(5)
    lists = skewed_lists(rng)
    transactions = transactions_from(lists)
    scoring = random_scoring(rng, transactions, weight_classes=7)
    limits = PairLimits(1, 20)

    found = mine_pairs(transactions, scoring, limits, threads=2, block_size=block_size)

    assert as_found(found.rules) == pair_rules_by_hand(lists, scoring, limits)[0]


def test_ids_that_do_not_ascend_by_popularity_give_the_same_rules() -> None:
    rng = random.Random(6)
    for _ in range(50):
        lists = [sorted(29 - song for song in ids) for ids in random_lists(rng)]
        transactions = transactions_from(lists, item_count=30)
        scoring = random_scoring(rng, transactions, weight_classes=3)
        limits = PairLimits(rng.randint(1, 4))

        found = mine_pairs(transactions, scoring, limits)

        assert as_found(found.rules) == pair_rules_by_hand(lists, scoring, limits)[0]


@pytest.mark.parametrize("gap", [1, 100_000])
def test_a_large_catalogue_of_many_weights_is_counted_as_a_small_one(gap: int) -> None:
    # With the gap, an antecedent (5 bits), a song (22) and a weight (8) do not fit into 32 bits together.
    rng = random.Random(7)
    lists = [sorted(song * gap for song in rng.sample(range(30), 5)) for _ in range(200)]
    transactions = transactions_from(lists)
    scoring = random_scoring(rng, transactions, weight_classes=10**6)

    found = mine_pairs(transactions, scoring, PairLimits(2))

    assert as_found(found.rules) == pair_rules_by_hand(lists, scoring, PairLimits(2))[0]


def test_min_confidence_is_inclusive_whatever_fraction_it_makes() -> None:
    for whole in range(1, 30):
        for part in range(1, whole + 1):
            lists = [[0, 1] if number < part else [0] for number in range(whole)]

            rules = by_count(transactions_from(lists), PairLimits(min_confidence=part / whole))

            assert 0 in as_found(rules), (part, whole)


def test_a_confidence_below_the_least_is_no_rule_while_the_other_direction_is() -> None:
    # 3 → 0 in 1 of 1, 0 → 3 in 1 of 4.
    found = as_found(by_count(transactions_from(FOUR), PairLimits(min_confidence=0.26)))

    assert found[3] == [(0, 1, 1.0)]
    assert [consequent for consequent, *_ in found[0]] == [1, 2]


@pytest.mark.parametrize("lists", [[], [[]], [[0]], [[0], [1], []]])
def test_without_pairs_there_are_no_rules(lists: Sequence[Sequence[int]]) -> None:
    rules = by_count(transactions_from(lists, item_count=3), PairLimits())

    assert len(rules) == 0
    assert rules.song_antecedents.tolist() == [0, 0, 0, 0]
    assert [column.dtype for column in (rules.consequents, rules.support_counts)] == [np.int32, np.int32]


def test_progress_is_told_up_to_the_end() -> None:
    transactions = transactions_from(FOUR)
    told: list[tuple[int, int]] = []

    mine_pairs(
        transactions,
        PairScoring.by_count(transactions),
        PairLimits(),
        progress=lambda done, total: told.append((done, total)),
        block_size=BlockSize(1, 1),
    )

    # Items in the playlists of 0, then of 1, 2 and 3: 10, 8, 6 and 2.
    assert told == [(10, 26), (18, 26), (24, 26), (26, 26)]


@pytest.mark.parametrize("name", ["weights", "antecedent_factors", "consequent_factors"])
@pytest.mark.parametrize("number", [0.0, -1.0, np.nan, np.inf])
def test_a_number_that_makes_no_score_is_refused_by_name(name: str, number: float) -> None:
    transactions = transactions_from(FOUR)
    scoring = PairScoring.by_count(transactions)
    numbers = getattr(scoring, name).copy()
    numbers[1] = number

    with pytest.raises(ValueError, match=f"{name}: from .* expected positive, finite numbers"):
        mine_pairs(transactions, replace(scoring, **{name: numbers}), PairLimits())
    with pytest.raises(ValueError, match=f"{name}: 3 numbers, expected 4"):
        mine_pairs(transactions, replace(scoring, **{name: numbers[:3]}), PairLimits())


def test_a_score_that_float32_can_not_hold_is_refused() -> None:
    transactions = transactions_from(FOUR)
    factors = np.full(4, 1e-30)

    with pytest.raises(ValueError, match="scale the factors"):
        mine_pairs(transactions, PairScoring(np.ones(4, np.float32), factors, factors), PairLimits())
