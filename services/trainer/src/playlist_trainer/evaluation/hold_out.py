"""The playlists that a training never learns from, so that models can be compared by them.

They are chosen by a hash of the playlist's id: the same ones in every training, whatever else the dataset holds.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playlist_model import HeldOut
from playlist_model.ragged import offsets_of
from playlist_trainer.evaluation.split import MIN_SONGS
from playlist_trainer.evaluation.verdict import MIN_REQUESTS
from playlist_trainer.mining.transactions import Transactions

if TYPE_CHECKING:
    from playlist_trainer.dataset.playlists import Playlists

_SHARE = 0.02
_MAX_SHARE = 0.05
# With 200 requests held out, a drop of a quarter is seen; the hash does not hit the number exactly.
_WANTED_REQUESTS = 240
_MAX_REQUESTS = 3000


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
    chosen = (hashes < np.uint64(int(share * 2.0**64))) & (lengths >= MIN_SONGS)
    return chosen if share and int(chosen.sum()) >= MIN_REQUESTS else np.zeros(len(hashes), dtype=np.bool_)


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
    return rest, _to_ask_with(transactions, playlists.playlist_hashes, np.flatnonzero(held_out), new_number)


def _to_ask_with(
    transactions: Transactions,
    hashes: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    new_number: NDArray[np.int32],
) -> HeldOut:
    chosen = chosen[np.argsort(hashes[chosen], kind="stable")]
    playlists = []
    for playlist in chosen.tolist():
        songs = new_number[transactions[playlist]]
        songs = np.sort(songs[songs >= 0])
        playlists.append(np.random.default_rng(int(hashes[playlist])).permutation(songs))
    offsets = offsets_of(np.array([len(songs) for songs in playlists], dtype=np.int64))
    return HeldOut(hashes[chosen], offsets, np.concatenate(playlists).astype(np.int32, copy=False))
