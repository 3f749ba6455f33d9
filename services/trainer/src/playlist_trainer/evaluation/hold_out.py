"""The playlists that a training never learns from, so that models can be compared by them.

They are chosen by a hash of the playlist's id: the same ones in every training, whatever else the dataset holds.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playlist_model import HeldOut
from playlist_model.ragged import offsets_of
from playlist_trainer.evaluation.split import MIN_SONGS
from playlist_trainer.evaluation.verdict import MIN_REQUESTS

if TYPE_CHECKING:
    from playlist_trainer.dataset.playlists import Playlists

_SHARE = 0.02
MAX_SHARE = 0.05
# With 200 requests held out, a drop of a quarter is seen; the hash does not hit the number exactly.
_WANTED_REQUESTS = 240
_MAX_REQUESTS = 3000


def hold_out_share(lengths: NDArray[np.int64]) -> float:
    """Return which share of the playlists to hold out, 0..1; 0 where too few requests would come of it.

    Args:
        lengths: songs of each playlist; those with fewer than six make no request.
    """
    return share_of_usable(int((lengths >= MIN_SONGS).sum()))


def share_of_usable(usable: int) -> float:
    """Return which share to hold out of so many playlists that make a request."""
    share = min(max(_SHARE, _WANTED_REQUESTS / max(usable, 1)), _MAX_REQUESTS / max(usable, 1))
    return share if share <= MAX_SHARE else 0.0


def is_held_out(hashes: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each playlist whether it is held out: by its hash, and only where it makes a request.

    Args:
        hashes: of the playlists' ids.
        lengths: songs of each playlist.
    """
    share = hold_out_share(lengths)
    chosen = (hashes < np.uint64(int(share * 2.0**64))) & (lengths >= MIN_SONGS)
    return chosen if are_enough(share, int(chosen.sum())) else np.zeros(len(hashes), dtype=np.bool_)


def are_enough(share: float, requests: int) -> bool:
    """Tell whether so many requests of that share can judge a model; otherwise everything is learned from."""
    return share > 0 and requests >= MIN_REQUESTS


def hold_out(playlists: "Playlists") -> "tuple[Playlists, HeldOut]":
    """Divide playlists into those to learn from and those to ask with.

    Returns:
        The first with songs numbered by their own counts, as if the others had never been there: a song that only the
        others hold is not in the catalogue. The others in the same numbers, each in an order drawn by its hash.
    """
    transactions = playlists.transactions
    held_out = is_held_out(playlists.playlist_hashes, np.diff(transactions.offsets))
    if not held_out.any():
        return playlists, HeldOut.none()
    learned = transactions.subset(np.flatnonzero(~held_out))
    counts = learned.support_counts()
    # By name where counts are equal, as in any catalogue: the order of the whole dataset's popularity would tell the
    # model of what is held out.
    order = np.lexsort((playlists.songs["song"].rank("ordinal").to_numpy(), -counts))[: np.count_nonzero(counts)]
    new_number = np.full(transactions.item_count, -1, dtype=np.int32)
    new_number[order] = np.arange(len(order), dtype=np.int32)
    rest = replace(
        playlists,
        transactions=learned.renumbered(new_number, len(order)),
        songs=playlists.songs[order],
        support_counts=counts[order],
        playlist_hashes=playlists.playlist_hashes[~held_out],
    )
    chosen = np.flatnonzero(held_out)
    asked = [new_number[transactions[playlist]] for playlist in chosen.tolist()]
    return rest, to_ask_with(playlists.playlist_hashes[chosen], asked)


def to_ask_with(hashes: NDArray[np.uint64], playlists_songs: Sequence[NDArray[np.int32]]) -> HeldOut:
    """Order playlists by their hashes, and the songs of each by chance.

    Args:
        hashes: of the playlists' ids.
        playlists_songs: each one's songs, in the numbers of what was learned; -1 for a song that it does not hold.
    """
    order = np.argsort(hashes, kind="stable")
    hashes, playlists = hashes[order], []
    for playlist_hash, found in zip(hashes.tolist(), (playlists_songs[place] for place in order), strict=True):
        songs = np.sort(found[found >= 0])
        playlists.append(np.random.default_rng(playlist_hash).permutation(songs))
    offsets = offsets_of(np.array([len(songs) for songs in playlists], dtype=np.int64))
    return HeldOut(hashes, offsets, np.concatenate(playlists).astype(np.int32, copy=False))
