"""Playlists that a model was not learned from: what it, and the models after it, are asked with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class HeldOut:
    """Playlists kept from a training, in the ids of the song table beside them.

    They stay with the model, so that a later model can be asked the same questions whatever became of the dataset.

    Attributes:
        playlist_hashes: uint64, one per playlist, ascending; of the playlist's id.
        offsets: int64, playlists + 1; playlist p holds ``song_ids[offsets[p]:offsets[p + 1]]``.
        song_ids: int32, distinct within a playlist, in the order in which they are asked with.
    """

    playlist_hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    song_ids: NDArray[np.int32]

    @classmethod
    def none(cls) -> "HeldOut":
        """Return no playlist at all: everything was learned from."""
        return cls(np.empty(0, np.uint64), np.zeros(1, np.int64), np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self.playlist_hashes)

    def __getitem__(self, playlist: int) -> NDArray[np.int32]:
        return self.song_ids[self.offsets[playlist] : self.offsets[playlist + 1]]
