"""Which playlists hold a song: transactions turned around, and cut down to the songs that are frequent."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_trainer.mining.transactions import Transactions

_BLOCK_ROWS = 1 << 22  # rows looked at together: int64 copies of all of them would be the largest arrays of a training
_TRANSACTION_BITS = 32


@dataclass(frozen=True)
class SongIndex:
    """Transactions by song.

    Songs that are not frequent are left out where that costs nothing: ids ascend by falling popularity, so the frequent
    ones stand at the front of each transaction.

    Attributes:
        support_counts: int32, one per song; transactions that hold it.
        antecedents: int32, the frequent songs, ascending.
        lengths: int32, one per transaction; how many of its first items may be frequent.
        offsets: int64, songs + 1; transactions of song s are ``transactions[offsets[s]:offsets[s + 1]]``. Songs behind
            the last frequent one have none.
        transactions: int32, ascending within a song.
        work: int64, one per antecedent; items in all of its transactions: what counting its pairs looks at.
        first: the song that ``offsets`` begin with; no antecedent stands before it.
    """

    support_counts: NDArray[np.int32]
    antecedents: NDArray[np.int32]
    lengths: NDArray[np.int32]
    offsets: NDArray[np.int64]
    transactions: NDArray[np.int32]
    work: NDArray[np.int64]
    first: int = 0

    @classmethod
    def of(cls, transactions: Transactions, min_support_count: int) -> "SongIndex":
        """Turn transactions around, a block of them at a time.

        Args:
            transactions: to turn around.
            min_support_count: transactions that hold a frequent song, at least; 1 or more.
        """
        support_counts = _support_counts(transactions)
        antecedents = np.flatnonzero(support_counts >= min_support_count).astype(np.int32)
        limit = int(antecedents[-1]) + 1 if len(antecedents) else 0
        offsets = offsets_of(np.where(np.arange(transactions.item_count) < limit, support_counts, 0))
        lengths = np.zeros(len(transactions), dtype=np.int32)
        by_song = np.empty(int(offsets[-1]), dtype=np.int32)
        work = np.zeros(limit)
        free = offsets[:-1].copy()  # where the next transaction of each song goes
        for begin, end in _blocks(transactions):
            numbers, items = _rows(transactions, begin, end, limit)
            lengths[begin:end] = np.bincount(numbers - begin, minlength=end - begin)
            work += np.bincount(items, weights=lengths[numbers], minlength=limit)
            _place(by_song, free, numbers, items)
        return cls(support_counts, antecedents, lengths, offsets, by_song, work.astype(np.int64)[antecedents])

    def lists_of(self, songs: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the transactions of songs, one song after the other, and how many each song has."""
        starts = self.offsets[songs - self.first]
        counts = (self.offsets[songs - self.first + 1] - starts).astype(np.int32)
        return self.transactions[rows_of(starts, counts)], counts


def _blocks(transactions: Transactions) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < len(transactions):
        end = block_end(transactions.offsets, begin, _BLOCK_ROWS)
        yield begin, end
        begin = end


def _support_counts(transactions: Transactions) -> NDArray[np.int32]:
    counts = np.zeros(transactions.item_count, dtype=np.int64)
    for begin in range(0, len(transactions.items), _BLOCK_ROWS):
        counts += np.bincount(transactions.items[begin : begin + _BLOCK_ROWS], minlength=transactions.item_count)
    return counts.astype(np.int32)


def _rows(transactions: Transactions, begin: int, end: int, limit: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return transaction and item of each row of a block of transactions, without the items from ``limit`` on."""
    offsets = transactions.offsets[begin : end + 1]
    items = transactions.items[offsets[0] : offsets[-1]]
    numbers = np.repeat(np.arange(begin, end), np.diff(offsets))
    if limit == transactions.item_count:
        return numbers, items
    kept = items < limit
    return numbers[kept], items[kept]


def _place(
    by_song: NDArray[np.int32], free: NDArray[np.int64], numbers: NDArray[np.int64], items: NDArray[np.int32]
) -> None:
    """Write a block's transaction numbers to their songs, and move on what is free."""
    keys = items.astype(np.int64)
    keys <<= _TRANSACTION_BITS
    keys |= numbers
    keys.sort()
    songs = keys >> _TRANSACTION_BITS
    begins = np.flatnonzero(np.diff(songs, prepend=-1))
    counts = np.diff(np.append(begins, len(songs)))
    songs = songs[begins]
    by_song[rows_of(free[songs], counts)] = keys & ((1 << _TRANSACTION_BITS) - 1)
    free[songs] += counts
