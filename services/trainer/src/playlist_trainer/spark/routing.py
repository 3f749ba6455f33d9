"""Playlists on their way to the tasks that count their songs' pairs, and what is summed up before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of, rows_of
from playlist_trainer.spark.numbering import NumberedPlaylists
from playlist_trainer.spark.units import Units

_BLOCK_ITEMS = 1 << 17
# Of one record: what Spark's own code holds of them at a time is a number of records.
_RECORD_ITEMS = 1 << 15
_LOWER = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class Routed:
    """Whole playlists, for one task.

    Attributes:
        lengths: int32, one per playlist.
        weights: float32, one per playlist.
        items: int32, song ids, ascending within a playlist; frequent ones only.
    """

    lengths: NDArray[np.int32]
    weights: NDArray[np.float32]
    items: NDArray[np.int32]


@dataclass(frozen=True)
class Sums:
    """What some playlists add up to, by song.

    Attributes:
        songs: int32, ascending.
        weights: float64, one per song; of the playlists that hold it.
        work: int64, one per song; frequent songs in those playlists.
    """

    songs: NDArray[np.int32]
    weights: NDArray[np.float64]
    work: NDArray[np.int64]


def summed(
    playlists: NumberedPlaylists, weights_by_length: NDArray[np.float32], limit: int, songs_per_target: int
) -> Iterator[tuple[int, Sums]]:
    """Yield the sums of a range of playlists, for the tasks that have a range of songs each.

    Args:
        playlists: of the range.
        weights_by_length: the weight of a playlist by its length.
        limit: the songs below it are frequent.
        songs_per_target: how many songs a task has.
    """
    if not len(playlists.items):
        return
    lengths = playlists.lengths
    kept_lengths = np.add.reduceat(playlists.items < limit, playlists.offsets[:-1], dtype=np.int64)
    songs, codes = np.unique(playlists.items, return_inverse=True)
    weights: NDArray[np.float64] = np.bincount(codes, np.repeat(weights_by_length[lengths], lengths)).astype(np.float64)
    work = np.bincount(codes, weights=np.repeat(kept_lengths, lengths)).astype(np.int64)
    edges = np.searchsorted(songs, np.arange(0, int(songs[-1]) + songs_per_target + 1, songs_per_target))
    for target, (begin, end) in enumerate(pairwise(edges.tolist())):
        if end > begin:
            yield target, Sums(songs[begin:end], weights[begin:end], work[begin:end])


def added_up(parts: Iterable[Sums], first: int, count: int) -> Sums:
    """Return the sums of all parts for the songs from ``first`` on, ``count`` of them."""
    weights, work = np.zeros(count), np.zeros(count, dtype=np.int64)
    for part in parts:
        weights[part.songs - first] += part.weights
        work[part.songs - first] += part.work
    return Sums(np.arange(first, first + count, dtype=np.int32), weights, work)


def routed(
    playlists: NumberedPlaylists, weights_by_length: NDArray[np.float32], limit: int, units: Units
) -> Iterator[tuple[int, Routed]]:
    """Yield each playlist once for every task that counts one of its songs, some playlists at a time."""
    weights = weights_by_length[playlists.lengths]
    begin = 0
    while begin < len(weights):
        end = block_end(playlists.offsets, begin, _BLOCK_ITEMS)
        offsets, items = _frequent(playlists, begin, end, limit)
        yield from _by_task(offsets, items, weights[begin:end], begin, units)
        begin = end


def _frequent(
    playlists: NumberedPlaylists, begin: int, end: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    bounds = playlists.offsets[begin : end + 1]
    items = playlists.items[bounds[0] : bounds[-1]]
    numbers = np.repeat(np.arange(end - begin), np.diff(bounds))
    kept = items < limit
    return offsets_of(np.bincount(numbers[kept], minlength=end - begin)), items[kept]


def _by_task(
    offsets: NDArray[np.int64], items: NDArray[np.int32], weights: NDArray[np.float32], first: int, units: Units
) -> Iterator[tuple[int, Routed]]:
    lengths = np.diff(offsets)
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    wanted = units.tasks_of(items, numbers + first).astype(np.int64) << 32 | numbers
    wanted = np.unique(wanted)
    tasks, chosen = wanted >> 32, wanted & _LOWER
    edges = np.append(np.flatnonzero(np.diff(tasks, prepend=-1)), len(tasks))
    for begin, end in pairwise(edges.tolist()):
        for part in _records(chosen[begin:end], lengths):
            picked = rows_of(offsets[part], lengths[part])
            yield int(tasks[begin]), Routed(lengths[part].astype(np.int32), weights[part], items[picked])


def _records(playlists: NDArray[np.int64], lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    offsets = offsets_of(lengths[playlists])
    begin = 0
    while begin < len(playlists):
        end = block_end(offsets, begin, _RECORD_ITEMS)
        yield playlists[begin:end]
        begin = end
