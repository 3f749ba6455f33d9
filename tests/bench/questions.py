"""Data sets, and how each is divided into playlists to learn from and playlists to ask with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from tests.bench import data
from tests.bench.playlists import read_playlists, together

from playlist_trainer.evaluation.split import Split, part_of, split

MPD, COURSE, DS1, DS2, SAMPLE = "mpd_dev", "course_sample", "ds1", "ds2", "builtin:sample"
ACROSS, ACROSS_UNSEEN = "ds1 → ds2", "ds1 → ds2, unseen"
_FILES = (MPD, DS1, DS2, COURSE)


@dataclass(frozen=True)
class Questions:
    """One data set.

    Attributes:
        name: in the tables.
        words: what it is, for a reader of the results.
        parts: the division that a seed draws.
    """

    name: str
    words: str
    parts: Callable[[int], Split]


def questions(*, quick: bool) -> Iterator[Questions]:
    """Yield the data sets that are here; only the sample to try things out with."""
    if not quick:
        yield from (within(name) for name in _FILES if data.shared(f"{name}.csv.gz"))
        if data.shared(f"{DS1}.csv.gz") and data.shared(f"{DS2}.csv.gz"):
            yield from _across()
    yield within(SAMPLE)


def within(name: str) -> Questions:
    """Hold out a fifth of a data set's playlists, as the trainer's own evaluation does."""
    transactions = read_playlists(_address(name)).transactions
    words = f"{len(transactions):,} playlists, {transactions.item_count:,} songs; a fifth is held out"
    return Questions(name, words, lambda seed: split(transactions, seed))


def _across() -> Iterator[Questions]:
    """Learn from ds1 and ask with ds2; the seed draws the songs that are asked with.

    A song that ds1 does not know can neither help nor be hit, and is wanted all the same.
    """
    first, second = (read_playlists(_address(name)) for name in (DS1, DS2))
    transactions, begin = together(first, second), len(first.transactions)
    is_unseen = ~np.isin(second.playlist_hashes, first.playlist_hashes)
    unknown = transactions.item_count - first.transactions.item_count

    def parts(seed: int, is_asked: np.ndarray) -> Split:
        """Hold out all of ds2, so that nothing of it is learned; then ask with the chosen part."""
        both = part_of(transactions, np.arange(begin, len(transactions)), np.random.default_rng(seed))
        return Split(
            both.training, tuple(songs for songs, wanted in zip(both.held_out, is_asked, strict=True) if wanted)
        )

    everything = np.ones(len(second.transactions), dtype=np.bool_)
    yield Questions(
        ACROSS,
        f"learned from all of ds1, asked with all of ds2, {unknown} of whose songs ds1 does not know; "
        f"**{len(is_unseen) - is_unseen.sum()} of ds2's {len(is_unseen)} playlists are in ds1 too** (the same pid)",
        lambda seed: parts(seed, everything),
    )
    yield Questions(
        ACROSS_UNSEEN,
        f"the same, asked only with the {is_unseen.sum()} playlists of ds2 that are not in ds1",
        lambda seed: parts(seed, is_unseen),
    )


def _address(name: str) -> str:
    return name if name == SAMPLE else str(data.shared(f"{name}.csv.gz"))
