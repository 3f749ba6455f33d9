"""From the texts of a request to the songs of an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playlist_model import Match, Model, Ranking, Songs, rank

Source = Literal["rule", "mixed", "popular"]


@dataclass(frozen=True)
class Recommendation:
    """The songs that a model recommends.

    Attributes:
        matches: what each text of the request stands for, in the request's order.
        ranking: the songs, best first.
    """

    matches: Mapping[str, Match]
    ranking: Ranking

    @property
    def song_ids(self) -> list[int]:
        """The recommended songs, best first."""
        song_ids: list[int] = self.ranking.song_ids.tolist()
        return song_ids

    @property
    def source(self) -> Source:
        """Whether rules gave all of the songs, some of them or none."""
        ruled = len(self.ranking.values)
        if not ruled:
            return "popular"
        return "rule" if ruled == len(self.ranking.song_ids) else "mixed"


def recommend(model: Model, texts: Iterable[str], limit: int) -> Recommendation:
    """Recommend songs that go with the ones asked with; unknown ones are left out of account.

    Args:
        model: to answer from.
        texts: what the request calls its songs; distinct.
        limit: how many songs at most.
    """
    matches = {text: model.songs.match(text) for text in texts}
    asked = _ids(match.song_ids for match in matches.values())
    # Another spelling of a song that was asked with is no recommendation either.
    excluded = _ids(match.same_key for match in matches.values())
    return Recommendation(matches, rank(model.rules, asked, excluded, limit))


def names_of(songs: Songs, song_ids: Sequence[int]) -> list[str]:
    """Give the names that answers carry."""
    names = songs.names
    return [names[song_id] for song_id in song_ids]


def _ids(groups: Iterable[tuple[int, ...]]) -> NDArray[np.int32]:
    """Give the ids of all groups, each once, ascending."""
    return np.array(sorted({song_id for group in groups for song_id in group}), dtype=np.int32)
