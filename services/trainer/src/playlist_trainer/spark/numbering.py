"""Songs by their numbers in the catalogue: what was counted by keys becomes transactions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of, rows_of
from playlist_trainer.evaluation.split import MIN_SONGS
from playlist_trainer.spark.gathering import GatheredPlaylists

_LOWER = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class HoldOut:
    """Which playlists are held out: those with enough songs, and a hash below a bound; 0 for none."""

    below: int

    def is_held_out(self, hashes: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell it for each playlist."""
        return (hashes < np.uint64(self.below)) & (lengths >= MIN_SONGS)


@dataclass(frozen=True)
class SongNumbers:
    """The ids of songs by their keys.

    Attributes:
        keys: uint64, ascending.
        ids: int32, one per key.
    """

    keys: NDArray[np.uint64]
    ids: NDArray[np.int32]

    @classmethod
    def of(cls, keys: NDArray[np.uint64]) -> "SongNumbers":
        """Number songs by their places."""
        order = np.argsort(keys)
        return cls(keys[order], order.astype(np.int32))

    def of_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the id of each key, -1 where it has none."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int32)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.ids[places], np.int32(-1))


@dataclass(frozen=True)
class NumberedPlaylists:
    """The playlists of a range, by their ids' order, with songs by number.

    Attributes:
        offsets: int64, learned playlists + 1; of ``items``.
        items: int32, song ids, ascending within a playlist.
        held_hashes: uint64, one per playlist that is held out.
        held_offsets: int64, those + 1.
        held_items: int32, song ids; -1 for one that nothing is learned of.
    """

    offsets: NDArray[np.int64]
    items: NDArray[np.int32]
    held_hashes: NDArray[np.uint64]
    held_offsets: NDArray[np.int64]
    held_items: NDArray[np.int32]

    @classmethod
    def of(cls, gathered: GatheredPlaylists, numbers: SongNumbers, hold_out: HoldOut) -> "NumberedPlaylists":
        """Number the songs, and set apart what is held out."""
        ids = numbers.of_keys(gathered.keys)
        lengths = gathered.lengths
        held = np.flatnonzero(hold_out.is_held_out(gathered.hashes, lengths))
        learned = np.setdiff1d(np.arange(len(lengths)), held, assume_unique=True)
        offsets, items = _subset(gathered, learned, ids)
        held_offsets, held_items = _subset(gathered, held, ids)
        rows = np.repeat(np.arange(len(learned), dtype=np.int64) << 32, lengths[learned])
        rows |= items
        rows.sort()
        return cls(offsets, (rows & _LOWER).astype(np.int32), gathered.hashes[held], held_offsets, held_items)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Songs of each learned playlist."""
        return np.diff(self.offsets)


def _subset(
    gathered: GatheredPlaylists, kept: NDArray[np.int64], ids: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    lengths = gathered.lengths[kept]
    return offsets_of(lengths), ids[gathered.codes[rows_of(gathered.offsets[kept], lengths)]]
