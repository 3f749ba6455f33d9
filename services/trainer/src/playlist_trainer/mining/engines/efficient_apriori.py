"""The package efficient-apriori as an engine: slow, and the reference that the others are held against."""

import sys

import numpy as np

from playlist_trainer.mining.engines.cap import ItemsetCap
from playlist_trainer.mining.itemsets import Itemsets, Level
from playlist_trainer.mining.transactions import Transactions


def efficient_apriori(
    transactions: Transactions, *, min_support_count: int, max_length: int, max_itemsets: int
) -> Itemsets:
    """Return the itemsets that at least ``min_support_count`` transactions hold; see ``Engine``.

    The package gives all itemsets at once, so that the cap is checked only after they were found.
    """
    # Here and not above: the default engine starts without it.
    from efficient_apriori import itemsets_from_transactions  # noqa: PLC0415

    transaction_count = len(transactions)
    if min_support_count > transaction_count:
        return Itemsets([], transaction_count)  # the package knows no min_support above 1
    found, _ = itemsets_from_transactions(
        [items.tolist() for items in np.split(transactions.items, transactions.offsets[1:-1])],
        # It compares count / transactions with this: the same division on both sides makes the count exact.
        min_support=min_support_count / transaction_count,
        max_length=max_length or sys.maxsize,
    )
    ItemsetCap(max_itemsets, min_support_count, transaction_count).add(sum(map(len, found.values())))
    levels = [
        Level.canonical(np.array(list(counts), dtype=np.int32), np.fromiter(counts.values(), np.int64, len(counts)))
        for _, counts in sorted(found.items())
        if counts
    ]
    return Itemsets(levels, transaction_count)
