"""The API's answers as values, checked when they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, Self, TypeVar

from playlist_client.errors import ForeignAnswerError

Json = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True)
class Song:
    """A song of the model.

    Attributes:
        song: the name to ask with.
        title: for people to read.
        artist: the most frequent one; empty where none is known.
        artist_count: how many artists share the name.
        support_count: playlists that hold the song.
    """

    song: str
    title: str
    artist: str
    artist_count: int
    support_count: int

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``songs``."""
        return cls(
            text(values, "song"),
            text(values, "title"),
            text(values, "artist"),
            whole(values, "artist_count"),
            whole(values, "support_count"),
        )


@dataclass(frozen=True)
class RelatedSong:
    """A song that follows from another; ``together_count`` playlists hold both."""

    song: Song
    together_count: int
    confidence: float

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``songs``."""
        return cls(Song.from_json(values), whole(values, "together_count"), number(values, "confidence"))


@dataclass(frozen=True)
class Reason:
    """Why a song was recommended: it is in ``together_count`` of the ``song_count`` playlists that hold ``song``."""

    song: str
    together_count: int
    song_count: int

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``because``."""
        return cls(text(values, "song"), whole(values, "together_count"), whole(values, "song_count"))


@dataclass(frozen=True)
class Recommendation:
    """A recommended song; ``because`` is empty for one that is only popular."""

    song: Song
    because: tuple[Reason, ...]

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``recommendations``."""
        return cls(Song.from_json(values), many(values, "because", Reason.from_json))


@dataclass(frozen=True)
class UnknownSong:
    """A song of the request that the model does not know, and what may have been meant."""

    song: str
    close_matches: tuple[str, ...]

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``unknown``."""
        return cls(text(values, "song"), texts(values, "close_matches"))


@dataclass(frozen=True)
class AmbiguousSong:
    """A song of the request that stands for several of the model's."""

    song: str
    matches: tuple[Song, ...]

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read one entry of ``ambiguous``."""
        return cls(text(values, "song"), many(values, "matches", Song.from_json))


@dataclass(frozen=True)
class Answer:
    """What ``recommend`` answers.

    Attributes:
        songs: best first.
        version: of the code that answered.
        model_date: of the model that it answered from.
        source: ``rule``, ``mixed`` or ``popular``; empty where the server does not say.
        recommendations: the songs with their reasons; like the next two, empty unless ``explain`` asked for it.
        unknown: songs of the request that the model does not know.
        ambiguous: songs of the request that stand for several.
    """

    songs: tuple[str, ...]
    version: str
    model_date: str
    source: str = ""
    recommendations: tuple[Recommendation, ...] = ()
    unknown: tuple[UnknownSong, ...] = ()
    ambiguous: tuple[AmbiguousSong, ...] = ()

    @classmethod
    def from_json(cls, values: Json, source: str = "") -> Self:
        """Read an answer.

        Raises:
            ForeignAnswerError: one of the three keys is missing, or something is of another type than promised.
        """
        return cls(
            texts(values, "songs"),
            text(values, "version"),
            text(values, "model_date"),
            source,
            many(values, "recommendations", Recommendation.from_json) if "recommendations" in values else (),
            many(values, "unknown", UnknownSong.from_json) if "unknown" in values else (),
            many(values, "ambiguous", AmbiguousSong.from_json) if "ambiguous" in values else (),
        )


def text(values: Json, key: str) -> str:
    """Return a text of an answer.

    Raises:
        ForeignAnswerError: missing, or something else.
    """
    value = values.get(key)
    return value if isinstance(value, str) else _refuse(key, "a text", value)


def whole(values: Json, key: str) -> int:
    """Return a whole number of an answer, as ``text`` does."""
    value = values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else _refuse(key, "a whole number", value)


def number(values: Json, key: str) -> float:
    """Return a number of an answer, as ``text`` does."""
    value = values.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        _refuse(key, "a number", value)
    return float(value)


def texts(values: Json, key: str) -> tuple[str, ...]:
    """Return a list of texts of an answer, as ``text`` does."""
    value = values.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        _refuse(key, "a list of texts", value)
    return tuple(value)


def many(values: Json, key: str, from_json: Callable[[Json], T]) -> tuple[T, ...]:
    """Return a list of objects of an answer, as ``text`` does."""
    value = values.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        _refuse(key, "a list of objects", value)
    return tuple(from_json(entry) for entry in value)


def _refuse(key: str, expected: str, found: object) -> NoReturn:
    kind = "nothing" if found is None else f"{type(found).__name__} {str(found)[:40]!r}"
    raise ForeignAnswerError(f"not an answer of the recommendation API: {key} is {kind}, expected {expected}")
