"""Itemset counts that others have published or that were worked out with other programs."""

from collections import Counter

import pytest

from playlist_trainer.mining.association_rules import rule_count
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import Itemsets, min_support_count
from playlist_trainer.mining.transactions import Transactions

from .builders import counts_of
from .shared_data import known_itemsets, market_baskets, playlists

BOTH = ("eclat", "efficient-apriori")
ECLAT = ("eclat",)  # efficient-apriori takes ten seconds and more for these


def mined(engine: str, transactions: Transactions, min_support: float) -> Itemsets:
    count = min_support_count(min_support, len(transactions))
    return ENGINES[engine](transactions, min_support_count=count, max_length=0, max_itemsets=1_000_000)


@pytest.mark.parametrize(
    ("name", "min_support", "itemset_count", "engines"),
    [
        ("retail.dat.gz", 0.001, 7_589, ECLAT),
        ("T10I4D100K.dat.gz", 0.001, 27_532, ECLAT),
        ("T10I4D100K.dat.gz", 0.005, 1_073, BOTH),
        ("mushroom.dat.gz", 0.5, 153, BOTH),
        ("mushroom.dat.gz", 0.4, 565, BOTH),
        ("mushroom.dat.gz", 0.3, 2_735, BOTH),
        ("mushroom.dat.gz", 0.1, 574_431, ECLAT),
        ("groceries.csv.gz", 0.01, 333, BOTH),
        ("groceries.csv.gz", 0.005, 1_001, BOTH),
        ("groceries.csv.gz", 0.001, 13_492, BOTH),
    ],
)
def test_market_baskets_have_the_known_number_of_itemsets(
    name: str, min_support: float, itemset_count: int, engines: tuple[str, ...]
) -> None:
    transactions = market_baskets(name)

    found = {engine: counts_of(mined(engine, transactions, min_support)) for engine in engines}

    assert len(found["eclat"]) == itemset_count
    assert all(counts == found["eclat"] for counts in found.values())


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("name", "itemset_count", "any_rule_count"), [("ds1.csv.gz", 2_878, 14_868), ("ds2.csv.gz", 2_366, 9_328)]
)
def test_playlists_have_the_known_number_of_itemsets_and_rules(
    engine: str, name: str, itemset_count: int, any_rule_count: int
) -> None:
    transactions, _ = playlists(name)

    itemsets = mined(engine, transactions, 0.05)

    assert len(itemsets) == itemset_count
    assert rule_count(itemsets) == any_rule_count


@pytest.mark.parametrize("engine", BOTH)
def test_every_itemset_of_the_course_sample_has_its_known_count(engine: str) -> None:
    transactions, songs = playlists("course_sample.csv.gz")

    counts = counts_of(mined(engine, transactions, 0.01))

    assert Counter(map(len, counts)) == {1: 448, 2: 61, 3: 12, 4: 1}
    named = {frozenset(songs[item] for item in items): count for items, count in counts.items()}
    assert named == known_itemsets("course_sample_itemsets_at_0.01.json")
