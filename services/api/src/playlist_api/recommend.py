"""From the texts of a request to the songs of an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playlist_api.parsing import TitledSong
from playlist_model import Match, Model, Ranking, Songs, fold, rank

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
    def unknown_count(self) -> int:
        """How many texts of the request stand for no song of the model."""
        return sum(not match.song_ids for match in self.matches.values())

    @property
    def source(self) -> Source:
        """Whether rules gave all of the songs, some of them or none."""
        ruled = len(self.ranking.values)
        if not ruled:
            return "popular"
        return "rule" if ruled == len(self.ranking.song_ids) else "mixed"


def recommend(model: Model, texts: Iterable[str | TitledSong], limit: int) -> Recommendation:
    """Recommend songs that go with the ones asked with; unknown ones are left out of account.

    Args:
        model: to answer from.
        texts: what the request calls its songs: texts, or titles with an artist.
        limit: how many songs at most.
    """
    matches = Matcher(model.songs).match_all(texts)
    asked = _ids(match.song_ids for match in matches.values())
    # Another spelling of a song that was asked with is no recommendation either.
    excluded = _ids(match.same_key for match in matches.values())
    return Recommendation(matches, rank(model.rules, asked, excluded, limit))


def names_of(songs: Songs, song_ids: Sequence[int]) -> list[str]:
    """Return the names that answers carry."""
    names = songs.names
    return [names[song_id] for song_id in song_ids]


class Matcher:
    """Finds what the songs of one request stand for; of a title that thousands share, artists are looked at once."""

    def __init__(self, songs: Songs) -> None:
        self._songs = songs
        self._titles: dict[str, tuple[Match, dict[str, tuple[int, ...]]]] = {}

    def match(self, song: str | TitledSong) -> Match:
        """Return what a text stands for, or a title: of several songs the artist's, if he has one of them."""
        if isinstance(song, str):
            return self._songs.match(song)
        known = self._titles.get(song.title)
        if known is None:
            match = self._songs.match(song.title)
            known = self._titles[song.title] = match, self._by_artist(match.same_key)
        found, by_artist = known
        artist = fold(song.artist)
        named = by_artist.get(artist) if artist else None
        return found if named is None else Match(named, found.same_key)

    def match_all(self, texts: Iterable[str | TitledSong]) -> dict[str, Match]:
        """Return what each text or title stands for; all of it where one title comes with several artists."""
        matches: dict[str, Match] = {}
        repeated: dict[str, set[int]] = {}
        for song in texts:
            title, match = song if isinstance(song, str) else song.title, self.match(song)
            before = matches.setdefault(title, match)
            if match.song_ids != before.song_ids:
                repeated.setdefault(title, set(before.song_ids)).update(match.song_ids)
        for title, song_ids in repeated.items():
            matches[title] = Match(tuple(sorted(song_ids)), matches[title].same_key)
        return matches

    def _by_artist(self, song_ids: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        groups: dict[str, list[int]] = {}
        for song_id in song_ids:
            groups.setdefault(fold(self._songs.artists[song_id]), []).append(song_id)
        return {artist: tuple(ids) for artist, ids in groups.items()}


def _ids(groups: Iterable[tuple[int, ...]]) -> NDArray[np.int32]:
    """Return the ids of all groups, each once, ascending."""
    return np.array(sorted({song_id for group in groups for song_id in group}), dtype=np.int32)
