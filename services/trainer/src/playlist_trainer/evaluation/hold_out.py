"""The playlists that a training never learns from, so that models can be compared by them.

They are chosen by a hash of the playlist's id: the same ones in every training, whatever else the dataset holds.
"""

import numpy as np
from numpy.typing import NDArray

from playlist_trainer.evaluation.split import MIN_SONGS

_SHARE = 0.02
_MAX_SHARE = 0.05
# With 200 requests held out, a drop of a quarter is seen; the hash does not hit the number exactly.
_WANTED_REQUESTS = 240
_MAX_REQUESTS = 3000
MIN_REQUESTS = 200


def hashes_below(share: float) -> int:
    """Return the bound below which hashes of 64 bits make up a share of all."""
    return int(share * 2.0**64)


def hold_out_share(lengths: NDArray[np.int64]) -> float:
    """Return which share of the playlists to hold out, 0..1; 0 where too few requests would come of it.

    Args:
        lengths: songs of each playlist; those with fewer than six make no request.
    """
    usable = int((lengths >= MIN_SONGS).sum())
    share = min(max(_SHARE, _WANTED_REQUESTS / max(usable, 1)), _MAX_REQUESTS / max(usable, 1))
    return share if share <= _MAX_SHARE else 0.0


def is_held_out(hashes: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each playlist whether it is held out: by its hash, and only where it makes a request.

    Args:
        hashes: of the playlists' ids.
        lengths: songs of each playlist.
    """
    share = hold_out_share(lengths)
    chosen = (hashes < np.uint64(hashes_below(share))) & (lengths >= MIN_SONGS)
    return chosen if share and int(chosen.sum()) >= MIN_REQUESTS else np.zeros(len(hashes), dtype=np.bool_)
