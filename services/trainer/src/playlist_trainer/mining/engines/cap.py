"""The cap on the number of itemsets: what keeps a low support from filling the memory."""

from dataclasses import dataclass

from playlist_trainer.errors import LimitError


@dataclass
class ItemsetCap:
    """Counts itemsets as they are found.

    Attributes:
        max_itemsets: how many may be found, inclusive.
        min_support_count: for the message alone.
        transaction_count: for the message alone.
        found: how many have been counted.
    """

    max_itemsets: int
    min_support_count: int
    transaction_count: int
    found: int = 0

    def add(self, itemset_count: int) -> None:
        """Count some more, before anything is allocated for them.

        Raises:
            LimitError: They are more than ``max_itemsets`` together.
        """
        self.found += itemset_count
        if self.found > self.max_itemsets:
            raise LimitError(
                f"found more than {self.max_itemsets:,} itemsets at a min_support count of {self.min_support_count:,}"
                f" of {self.transaction_count:,} transactions: raise min_support, lower max_length,"
                " sample with max_playlists, or raise max_itemsets"
            )
