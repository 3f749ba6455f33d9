"""The same requests for any model: held-out playlists by the names of their songs."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model import HeldOut, Rules, Songs, rank
from playlist_trainer.evaluation.split import LIMIT, MIN_SONGS

SEED_COUNT = 5


@dataclass(frozen=True)
class Request:
    """One held-out playlist.

    Attributes:
        seeds: names of the songs asked with.
        wanted: names of its other songs; at least one.
    """

    seeds: tuple[str, ...]
    wanted: frozenset[str]


@dataclass(frozen=True)
class Answers:
    """How one model did.

    Attributes:
        recalls: float64, one per request: hits / min(10, songs wanted).
        answered: bool, one per request: whether a rule led to a song.
    """

    recalls: NDArray[np.float64]
    answered: NDArray[np.bool_]

    @property
    def recall(self) -> float:
        """Mean over the requests, 0..1; 0 without requests."""
        return float(self.recalls.mean()) if len(self.recalls) else 0.0

    @property
    def coverage(self) -> float:
        """Share of the requests that a rule answered, 0..1; 0 without requests."""
        return float(self.answered.mean()) if len(self.answered) else 0.0


Key = tuple[int, frozenset[str]]


def requests_of(held_out: HeldOut, songs: Songs, hashes_to: int = 2**64) -> dict[Key, Request]:
    """Return the requests of a model's held-out playlists, by playlist and songs: equal keys, equal questions.

    Args:
        held_out: of the model.
        songs: of the same model.
        hashes_to: playlists with a larger hash are left out.
    """
    requests = {}
    for playlist, playlist_hash in enumerate(held_out.playlist_hashes.tolist()):
        names = [songs.names[song] for song in held_out[playlist].tolist()]
        if playlist_hash <= hashes_to and len(names) >= MIN_SONGS:
            request = Request(tuple(names[:SEED_COUNT]), frozenset(names[SEED_COUNT:]))
            requests[playlist_hash, frozenset(names)] = request
    return requests


def answers(songs: Songs, rules: Rules, requests: Iterable[Request]) -> Answers:
    """Ask a model; what it does not know can neither be asked with nor be hit."""
    recalls, answered = [], []
    for request in requests:
        asked = np.unique([song for name in request.seeds for song in songs.match(name).song_ids[:1]]).astype(np.int32)
        ranking = rank(rules, asked, asked, LIMIT)
        hits = sum(songs.names[song] in request.wanted for song in ranking.song_ids.tolist())
        recalls.append(hits / min(LIMIT, len(request.wanted)))
        answered.append(len(ranking.values) > 0)
    return Answers(np.array(recalls, dtype=np.float64), np.array(answered, dtype=np.bool_))


def popular_answers(songs: Songs, requests: Iterable[Request]) -> Answers:
    """Answer each request with the most popular songs that it does not name."""
    return answers(songs, Rules.build(len(songs), []), requests)
