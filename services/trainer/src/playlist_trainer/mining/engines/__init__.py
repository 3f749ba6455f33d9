"""The engines that find frequent itemsets: one interface, equal answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from playlist_trainer.mining.engines.eclat import eclat
from playlist_trainer.mining.engines.efficient_apriori import efficient_apriori
from playlist_trainer.mining.itemsets import Itemsets
from playlist_trainer.mining.transactions import Transactions


class Engine(Protocol):
    """Finds every frequent itemset."""

    def __call__(
        self, transactions: Transactions, *, min_support_count: int, max_length: int, max_itemsets: int
    ) -> Itemsets:
        """Return the itemsets that at least ``min_support_count`` transactions hold.

        Args:
            transactions: what is mined.
            min_support_count: transactions an itemset must be in, inclusive; 1 or more.
            max_length: items in the largest itemset; 0 for no limit.
            max_itemsets: itemsets that may be found, inclusive.

        Raises:
            LimitError: There are more than ``max_itemsets``.
        """
        ...


ENGINES: Mapping[str, Engine] = MappingProxyType({"eclat": eclat, "efficient-apriori": efficient_apriori})
