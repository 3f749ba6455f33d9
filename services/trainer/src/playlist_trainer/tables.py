"""Itemsets and rules as tables of text and numbers, for people and their spreadsheets."""

import json
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_model import Model
from playlist_trainer.mining.itemsets import Itemsets


def itemset_table(itemsets: Itemsets, names: Iterable[str]) -> pl.DataFrame:
    """Return one row an itemset, small ones first.

    Returns:
        columns size, support_count, support (0..1), itemset (a JSON list of songs).
    """
    quoted = _quoted(names)
    tables = [
        pl.DataFrame(
            {
                "size": np.full(len(level), size, dtype=np.int32),
                "support_count": level.support_counts,
                "support": level.support_counts / itemsets.transaction_count,
                "itemset": _lists(quoted, level.items),
            }
        )
        for size, level in enumerate(itemsets.levels, start=1)
    ]
    schema = {"size": pl.Int32, "support_count": pl.Int64, "support": pl.Float64, "itemset": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *tables])


def rule_table(model: Model) -> pl.DataFrame:
    """Return one row a rule.

    Returns:
        columns antecedent (a JSON list of songs), consequent, antecedent_support_count, consequent_support_count,
        support_count, support (0..1), confidence (0..1), lift.
    """
    rules, songs = model.rules, model.songs
    # Counts are of the playlists that were learned from; the dataset also has those that were held out.
    playlists = int(model.manifest.dataset["playlists"]) - len(model.held_out)
    antecedents = np.repeat(np.arange(len(rules.antecedent_support_counts)), np.diff(rules.rule_offsets))
    table = pl.DataFrame(
        {
            "antecedent": _antecedents(model).gather(antecedents),
            "consequent": pl.Series(list(songs.names), dtype=pl.String).gather(rules.consequents),
            "antecedent_support_count": rules.antecedent_support_counts[antecedents],
            "consequent_support_count": songs.support_counts[rules.consequents],
            "support_count": rules.support_counts,
        }
    )
    confidence = pl.col("support_count") / pl.col("antecedent_support_count")
    return table.with_columns(
        support=pl.col("support_count") / playlists,
        confidence=confidence,
        lift=confidence * playlists / pl.col("consequent_support_count"),
    )


def _antecedents(model: Model) -> pl.Series:
    """Return each antecedent row of a model as a JSON list."""
    quoted, rules = _quoted(model.songs.names), model.rules
    sizes = np.diff(rules.antecedent_offsets)
    lists = np.empty(len(sizes), dtype=object)
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        items = rules.antecedent_songs[rules.antecedent_offsets[rows][:, None] + np.arange(size)]
        lists[rows] = _lists(quoted, items).to_list()
    return pl.Series(lists.tolist(), dtype=pl.String)


def _quoted(names: Iterable[str]) -> pl.Series:
    return pl.Series([json.dumps(name, ensure_ascii=False) for name in names], dtype=pl.String)


def _lists(quoted: pl.Series, items: NDArray[np.int32]) -> pl.Series:
    """Return one JSON list for each row of ids."""
    columns = pl.DataFrame({str(place): quoted.gather(column) for place, column in enumerate(items.T)})
    return columns.select(pl.format("[{}]", pl.concat_str(pl.all(), separator=", "))).to_series()
