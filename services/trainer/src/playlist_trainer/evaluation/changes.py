"""Which songs came and went from one model to the next: noted with the new model, as the old one may soon be gone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model import Model, Songs

_EXAMPLES = 5


def changes_since(before: Model, songs: Songs) -> dict[str, Any]:
    """Return what differs in the songs, and what the model before had.

    Names are compared by their hashes: of two million songs on either side, sets of names would take half a gigabyte.
    Two names share a hash once in 2**64 pairs.

    Args:
        before: the model that is current.
        songs: of the new one.

    Returns:
        compared_with, songs_before, rules_before, songs_added, songs_gone, and the most popular few of the last two.
    """
    old, new = _hashes(before.songs), _hashes(songs)
    added, gone = _rows_not_in(new, old), _rows_not_in(old, new)
    return {
        "compared_with": before.manifest.model_id,
        "songs_before": len(before.songs),
        "rules_before": before.manifest.rule_count,
        "songs_added": len(added),
        "songs_gone": len(gone),
        # Songs are numbered by popularity.
        "most_popular_added": [songs.names[song] for song in added[:_EXAMPLES].tolist()],
        "most_popular_gone": [before.songs.names[song] for song in gone[:_EXAMPLES].tolist()],
    }


def _hashes(songs: Songs) -> NDArray[np.int64]:
    return np.fromiter(map(hash, songs.names), np.int64, len(songs))


def _rows_not_in(hashes: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of hashes that are not among others, ascending; np.isin takes three times the memory."""
    ordered = np.append(np.sort(others), np.iinfo(np.int64).max)  # so that there is always one to look at
    return np.flatnonzero(ordered[np.searchsorted(ordered, hashes)] != hashes)
