"""Association rules with one consequent from frequent itemsets."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from playlist_model.rules import RuleTable
from playlist_trainer.mining.itemsets import Itemsets, Level, rows_without_each_item

_ROUNDING = 1e-9  # 3 of 10 must pass a min_confidence of .3, whatever floats the two become


def rule_tables(itemsets: Itemsets, min_confidence: float) -> list[RuleTable]:
    """Return all rules with one consequent: for every itemset, each of its items once as the consequent of the others.

    Args:
        itemsets: complete, as an engine gives them.
        min_confidence: 0..1, inclusive.

    Returns:
        One table for each antecedent size that has rules, by ascending size.
    """
    levels_and_rows = zip(pairwise(itemsets.levels), rows_without_each_item(itemsets), strict=True)
    tables = (_rule_table(shorter, level, rows, min_confidence) for (shorter, level), rows in levels_and_rows)
    return [table for table in tables if len(table.consequents)]


def rule_count(itemsets: Itemsets) -> int:
    """Return the number of rules with any number of consequents and any confidence: 2^k - 2 of k items."""
    return sum(len(level) * (2 ** level.items.shape[1] - 2) for level in itemsets.levels)


def _rule_table(
    shorter: Level, level: Level, antecedent_rows: Sequence[NDArray[np.int64]], min_confidence: float
) -> RuleTable:
    """Return the rules of one level's itemsets.

    Args:
        shorter: the level before: the antecedents.
        level: the itemsets.
        antecedent_rows: for each item of an itemset, which row of ``shorter`` is the itemset without it.
        min_confidence: 0..1, inclusive.
    """
    parts = []
    for rows, consequents in zip(antecedent_rows, level.items.T, strict=True):  # by column: a fraction of the memory
        counts = shorter.support_counts[rows]
        kept = np.flatnonzero(level.support_counts / counts >= min_confidence - _ROUNDING)
        columns = (shorter.items[rows[kept]], counts[kept], consequents[kept], level.support_counts[kept])
        parts.append([column.astype(np.int32, copy=False) for column in columns])
    return RuleTable(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
