"""The data sets with known answers; they are not part of the project, so that tests skip where they are missing."""

import csv
import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from playlist_trainer.mining.transactions import Transactions

from .builders import transactions_from

_FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def market_baskets(name: str) -> Transactions:
    """Read a file of one transaction a line: numbers with spaces between (.dat.gz), or names as CSV."""
    with gzip.open(path_of(name), "rt", encoding="utf-8") as file:
        lines = csv.reader(file) if ".csv" in name else (line.split() for line in file)
        return _transactions(lines)[0]


def playlists(name: str) -> tuple[Transactions, list[str]]:
    """Read a file of one playlist's song a line; gives the song names too, by id."""
    rows = pl.read_csv(path_of(name), columns=["pid", "track_name"]).drop_nulls()
    return _transactions(rows.group_by("pid").agg("track_name")["track_name"].to_list())


def known_itemsets(name: str) -> dict[frozenset[str], int]:
    """Read a list of itemsets with their counts."""
    return {frozenset(songs): count for songs, count in json.loads(path_of(name).read_text(encoding="utf-8"))}


def _transactions(lists: Iterable[list[str]]) -> tuple[Transactions, list[str]]:
    ids: dict[str, int] = {}
    rows = [[ids.setdefault(name, len(ids)) for name in names] for names in lists]
    return transactions_from(rows), list(ids)


def path_of(name: str) -> Path:
    if not (_FOLDER / name).exists():
        pytest.skip(f"{name} with its known answers is not beside this repository, in shared/data")
    return _FOLDER / name
