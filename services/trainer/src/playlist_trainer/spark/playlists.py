"""The driver's side of numbering: playlists brought together, songs described, counted and numbered over all."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_model import HeldOut
from playlist_model.ragged import offsets_of
from playlist_trainer.dataset.playlists import song_columns
from playlist_trainer.errors import TransientError
from playlist_trainer.evaluation.choice import sample_of
from playlist_trainer.evaluation.hold_out import MAX_SHARE, are_enough, share_of_usable, to_ask_with
from playlist_trainer.evaluation.split import MIN_SONGS
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.settings import Settings
from playlist_trainer.spark.gathering import GatheredPlaylists, Sample, gathered_playlists, range_bounds, rows_by_range
from playlist_trainer.spark.numbering import HoldOut, NumberedPlaylists, SongNumbers
from playlist_trainer.spark.reading import Reading
from playlist_trainer.spark.rules import Numbered
from playlist_trainer.spark.session import Session
from playlist_trainer.spark.song_rows import SongRows, counted_songs, described_songs, song_rows
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)
# A song's key is 64 bits of its name: of a hundred million songs, two share one with a probability of 1 in 3,700.
_MOST_CLASHES = 5
# Of which each is a new song, at worst.
_ROWS_PER_SONG_TASK = 1 << 22


@dataclass(frozen=True)
class SparkPlaylists:
    """A dataset in numbers, most of it on the executors.

    Attributes:
        numbered: the playlists that are learned from.
        songs: the catalogue, as in ``Playlists``.
        held_out: the playlists that are not learned from.
        playlist_count, song_count: of the dataset, with what is held out.
    """

    numbered: Numbered
    songs: pl.DataFrame
    held_out: HeldOut
    playlist_count: int
    song_count: int

    def song_columns(self) -> dict[str, Any]:
        """Return what ``Songs.build`` makes a table from."""
        return song_columns(self.songs, self.numbered.support_counts)

    def sample(self, random: np.random.Generator, spark: Session, timer: StageTimer) -> Transactions:
        """Return the playlists that ``choose_damping`` would draw from all of them."""
        counts = self.numbered.playlist_counts
        count = int(counts.sum())
        chosen = sample_of(count, float(np.dot(counts, np.arange(len(counts), dtype=np.float64) ** 2)), random)
        shared = spark.context.broadcast(chosen)
        starts = offsets_of(
            np.array(spark.run("counting playlists", self.numbered.playlists.map(_count).collect, timer))
        )

        def some(found: NumberedPlaylists, first: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
            own = Transactions(found.offsets, found.items, 0)
            if shared.value is not None:
                begin, end = np.searchsorted(shared.value, [first, first + len(own)])
                own = own.subset(shared.value[begin:end] - first)
            return np.diff(own.offsets), own.items

        # One element per partition, in their order.
        firsts = self.numbered.playlists.zipWithIndex().map(lambda pair: some(pair[0], int(starts[pair[1]])))
        parts = spark.run("fetching playlists to choose by", firsts.collect, timer)
        return Transactions(
            offsets_of(np.concatenate([lengths for lengths, _ in parts])),
            np.concatenate([items for _, items in parts]),
            len(self.songs),
        )


class _Clash(Exception):  # noqa: N818 - no error: the next seed gives other keys
    """Two songs have the same key."""


def number_playlists(reading: Reading, settings: Settings, spark: Session, timer: StageTimer) -> SparkPlaylists:
    """Bring playlists together, describe, count and number songs, and set apart what is held out.

    Raises:
        TrainerError: Spark failed.
    """
    for key_seed in range(_MOST_CLASHES):
        try:
            return _numbered(reading, settings, key_seed, spark, timer)
        except _Clash:
            _log.info("two songs have the same key: numbering again with other keys")
    raise TransientError("two songs had the same key each time: try again")


def _numbered(reading: Reading, settings: Settings, key_seed: int, spark: Session, timer: StageTimer) -> SparkPlaylists:
    sample = Sample.of(reading.notes, settings.max_playlists, settings.seed)
    pieces = reading.pieces.map(sample.of_piece)
    gathered = _gathered(pieces, range_bounds(reading.notes, spark.task_count), key_seed).persist(spark.on_disk)
    lengths = spark.run("bringing playlists together", gathered.map(_looked_at).collect, timer)
    hold_out = _hold_out(lengths) if settings.gate else HoldOut(0)
    tasks = max(spark.task_count, reading.row_count // _ROWS_PER_SONG_TASK)
    songs, song_count = _catalogue(pieces, gathered, hold_out, (key_seed, tasks), spark, timer)
    numbers = spark.context.broadcast(SongNumbers.of(songs["key"].to_numpy()))
    playlists = gathered.map(lambda found: NumberedPlaylists.of(found, numbers.value, hold_out)).persist(spark.on_disk)
    counted = spark.run("numbering songs", playlists.map(_counted).collect, timer)
    gathered.unpersist()
    return SparkPlaylists(
        numbered=Numbered(
            playlists, songs["support_count"].to_numpy().astype(np.int32), _added([counts for counts, *_ in counted])
        ),
        songs=songs.drop("key", "support_count"),
        held_out=_held_out(counted),
        playlist_count=sum(count for count, *_ in lengths),
        song_count=song_count,
    )


def _gathered(pieces: Any, bounds: pl.Series, key_seed: int) -> Any:
    """Return an RDD of ``GatheredPlaylists``, in the order of playlist ids."""

    def by_range(found: Iterable[Any]) -> Iterator[Any]:
        return rows_by_range(found, bounds, key_seed)

    def together(records: Iterable[Any]) -> Iterator[GatheredPlaylists]:
        found = gathered_playlists(rows for _, rows in records)
        return iter([] if found is None else [found])

    return pieces.mapPartitions(by_range).partitionBy(len(bounds) + 1, _itself).mapPartitions(together)


def _catalogue(
    pieces: Any, gathered: Any, hold_out: HoldOut, keyed: tuple[int, int], spark: Session, timer: StageTimer
) -> tuple[pl.DataFrame, int]:
    """Return the songs by falling support_count, then by name; and how many there are with those held out.

    Args:
        pieces: of all files.
        gathered: the playlists.
        hold_out: which of them don't count.
        keyed: the seed of the songs' keys, and among how many tasks songs are divided by them.
        spark: where.
        timer: told how far it is.
    """
    key_seed, targets = keyed

    def described(found: Iterable[Any]) -> Iterator[Any]:
        return described_songs(found, targets, key_seed)

    def counted(found: Iterable[GatheredPlaylists]) -> Iterator[Any]:
        for some in found:
            learned = ~hold_out.is_held_out(some.hashes, some.lengths)
            yield from counted_songs(some, learned, targets)

    def put_together(records: Iterable[Any]) -> Iterator[SongRows]:
        found = song_rows((part for _, part in records), key_seed)
        return iter(()) if found is None else found.parts()

    both = pieces.mapPartitions(described).union(gathered.mapPartitions(counted))
    rows = both.partitionBy(targets, _itself).mapPartitions(put_together).persist(spark.on_disk)
    try:
        counts = spark.run("describing songs", rows.map(_described).collect, timer)
        if any(has_clash for _, has_clash in counts):
            raise _Clash
        frames = spark.run("fetching songs", lambda: _one_by_one(rows, len(counts)), timer)
    finally:
        rows.unpersist()
    # Equal keys of two tasks can't be: the key decides which task has a song.
    songs = pl.concat(frames).sort("support_count", "song", descending=[True, False])
    return songs, sum(count for count, _ in counts)


def _looked_at(found: GatheredPlaylists) -> tuple[int, int, NDArray[np.uint64]]:
    """Return how many playlists there are, how many make a request, and the hashes that may be held out."""
    usable = found.hashes[found.lengths >= MIN_SONGS]
    return len(found.hashes), len(usable), usable[usable < np.uint64(int(MAX_SHARE * 2.0**64))]


def _hold_out(lengths: Sequence[tuple[int, int, NDArray[np.uint64]]]) -> HoldOut:
    share = share_of_usable(sum(usable for _, usable, _ in lengths))
    below = int(share * 2.0**64)
    requests = sum(int((hashes < np.uint64(below)).sum()) for *_, hashes in lengths)
    return HoldOut(below if are_enough(share, requests) else 0)


_Counted = tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]


def _counted(found: NumberedPlaylists) -> _Counted:
    return np.bincount(found.lengths), found.held_hashes, found.held_offsets, found.held_items


def _one_by_one(rows: Any, count: int) -> list[pl.DataFrame]:
    """Return the songs of each record, a record per partition: all of a task's may be more than Java's memory holds."""
    single = rows.zipWithIndex().map(_turned).partitionBy(count, _itself)
    return [part.frame for _, part in single.toLocalIterator(prefetchPartitions=True)]


def _described(part: SongRows) -> tuple[int, bool]:
    return part.song_count, part.has_clash


def _turned(pair: tuple[SongRows, int]) -> tuple[int, SongRows]:
    return pair[1], pair[0]


def _count(found: NumberedPlaylists) -> int:
    return len(found.offsets) - 1


def _added(counts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    total = np.zeros(max(map(len, counts)), dtype=np.int64)
    for one in counts:
        total[: len(one)] += one
    return total


def _held_out(counted: Sequence[_Counted]) -> HeldOut:
    hashes = np.concatenate([found for _, found, *_ in counted])
    if not len(hashes):
        return HeldOut.none()
    songs = [part for *_, offsets, items in counted for part in np.split(items, offsets[1:-1]) if len(offsets) > 1]
    return to_ask_with(hashes, songs)


def _itself(task: int) -> int:
    return task
