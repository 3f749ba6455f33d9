"""The engines held against mlxtend, which shares no line with them: every itemset, and every count."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.bench import data
from tests.bench.playlists import read_playlists
from tests.bench.processes import MeasurementError, say

from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.mining.itemsets import Itemsets, min_support_count
from playlist_trainer.mining.transactions import Transactions

_Counts = dict[frozenset[int], int]


@dataclass(frozen=True)
class Case:
    """A data set and a support at which all its itemsets, of any size, are few enough for mlxtend."""

    name: str
    min_support: float


QUICK_CASES = (Case("builtin:sample", 0.05),)
CASES = (
    Case("builtin:sample", 0.02),
    Case("course_sample.csv.gz", 0.01),
    Case("groceries.csv.gz", 0.005),
    Case("mushroom.dat.gz", 0.4),
    Case("T10I4D100K.dat.gz", 0.005),
    Case("ds1.csv.gz", 0.05),
    Case("ds2.csv.gz", 0.05),
)


def compared(case: Case) -> tuple[object, ...] | None:
    """Mine a data set with eclat and with mlxtend's FP-growth; None where the data set is not here.

    Returns:
        a row for a table: data set, min_support, itemsets.

    Raises:
        MeasurementError: an itemset or a count differs.
    """
    transactions = _transactions_of(case.name)
    if transactions is None:
        return None
    say(f"mlxtend as oracle on {case.name}")
    ours = _counts_by_eclat(transactions, case.min_support)
    theirs = _counts_by_mlxtend(transactions, case.min_support)
    if ours != theirs:
        different = {itemset for itemset in ours.keys() | theirs.keys() if ours.get(itemset) != theirs.get(itemset)}
        raise MeasurementError(f"{case.name}: eclat and mlxtend differ in {len(different)} itemsets")
    return case.name, case.min_support, f"{len(ours):,}"


def _counts_by_eclat(transactions: Transactions, min_support: float) -> _Counts:
    count = min_support_count(min_support, len(transactions))
    found: Itemsets = ENGINES["eclat"](transactions, min_support_count=count, max_length=0, max_itemsets=10**6)
    return {
        frozenset(items): count
        for level in found.levels
        for items, count in zip(level.items.tolist(), level.support_counts.tolist(), strict=True)
    }


def _counts_by_mlxtend(transactions: Transactions, min_support: float) -> _Counts:
    import pandas as pd  # noqa: PLC0415 - both take seconds to import
    from mlxtend.frequent_patterns import fpgrowth  # noqa: PLC0415

    held = np.zeros((len(transactions), transactions.item_count), dtype=np.bool_)
    held[np.repeat(np.arange(len(transactions)), np.diff(transactions.offsets)), transactions.items] = True
    found = fpgrowth(pd.DataFrame(held), min_support=min_support)
    counts = (found["support"] * len(transactions)).round().astype(int)
    return dict(zip(found["itemsets"], counts.tolist(), strict=True))


def _transactions_of(name: str) -> Transactions | None:
    if name == "builtin:sample":
        return read_playlists(name).transactions
    path = data.shared(name)
    if path is None:
        return None
    if name.endswith(".dat.gz") or name.startswith("groceries"):
        return _numbered(_baskets(path))
    return read_playlists(str(path)).transactions


def _baskets(path: Path) -> Iterator[list[str]]:
    """Yield the lines of a file of one transaction a line: names as CSV, or numbers with spaces between."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.reader(file) if ".csv" in path.name else (line.split() for line in file)


def _numbered(baskets: Iterable[list[str]]) -> Transactions:
    numbers: dict[str, int] = {}
    rows = [sorted({numbers.setdefault(name, len(numbers)) for name in basket}) for basket in baskets]
    offsets = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    return Transactions(offsets, np.concatenate([np.array(row, dtype=np.int32) for row in rows]), len(numbers))
