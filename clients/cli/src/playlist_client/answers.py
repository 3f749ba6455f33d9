"""The API's answers as values, checked when they are read."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, NoReturn, Self, TypeVar, get_args, get_type_hints

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
        support_count: playlists that contain the song.
    """

    song: str
    title: str
    artist: str
    artist_count: int
    support_count: int

    @classmethod
    def named(cls, name: str) -> Self:
        """Return a song of which only the name is known."""
        return cls(name, name, "", 0, 0)


@dataclass(frozen=True)
class RelatedSong:
    """A song that follows from another; ``together_count`` playlists contain both."""

    song: Song
    together_count: int
    confidence: float


@dataclass(frozen=True)
class Reason:
    """Why a song was recommended: it is in ``together_count`` of the ``song_count`` playlists with ``song``."""

    song: str
    together_count: int
    song_count: int


@dataclass(frozen=True)
class Recommendation:
    """A recommended song; ``because`` is empty for one that is only popular."""

    song: Song
    because: tuple[Reason, ...]


@dataclass(frozen=True)
class UnknownSong:
    """A song of the request that the model does not know, and what may have been meant."""

    song: str
    close_matches: tuple[str, ...]


@dataclass(frozen=True)
class MatchedSong:
    """The songs that a text stands for; none, one or several."""

    song: str
    matches: tuple[Song, ...]


@dataclass(frozen=True)
class Identified(MatchedSong):
    """The songs that a text stands for, and what reads like it where it stands for none."""

    close_matches: tuple[Song, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What ``recommend`` answers.

    Attributes:
        songs: best first.
        version: of the code that answered.
        model_date: of the model that it answered from.
        recommendations: the songs with their reasons; like the next two, empty unless ``explain`` asked for it.
        unknown: songs of the request that the model does not know.
        ambiguous: songs of the request that stand for several.
        source: ``rule``, ``mixed`` or ``popular``; empty where the server does not say.
    """

    songs: tuple[str, ...]
    version: str
    model_date: str
    recommendations: tuple[Recommendation, ...] = ()
    unknown: tuple[UnknownSong, ...] = ()
    ambiguous: tuple[MatchedSong, ...] = ()
    source: str = ""


def read(kind: type[T], values: Json) -> T:
    """Return a value of an answer, each of its fields read from the key of that name.

    A field that is a value itself is read from the same object: the API puts what it knows of a song beside its name.

    Raises:
        ForeignAnswerError: a key without default is missing, or something is of another type than promised.
    """
    # Any: mypy takes no type for hashable that it does not know.
    hashable: Any = kind
    told = ((field, hint) for field, hint in _hints(hashable) if _is_told(values, field, hint))
    return kind(**{field.name: _field(values, field, hint) for field, hint in told})


def text(values: Json, key: str) -> str:
    """Return a text of an answer; raises as ``read`` does."""
    value = values.get(key)
    return value if isinstance(value, str) else _refuse(key, "a text", value)


def many(values: Json, key: str, kind: type[T]) -> tuple[T, ...]:
    """Return a list of values of an answer; raises as ``read`` does."""
    value = values.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        _refuse(key, "a list of objects", value)
    return tuple(read(kind, entry) for entry in value)


def _texts(values: Json, key: str) -> tuple[str, ...]:
    value = values.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        _refuse(key, "a list of texts", value)
    return tuple(value)


def _whole(values: Json, key: str) -> int:
    value = values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else _refuse(key, "a whole number", value)


def _number(values: Json, key: str) -> float:
    value = values.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        _refuse(key, "a number", value)
    return float(value)


_READERS: Mapping[object, Callable[[Json, str], object]] = {
    str: text,
    int: _whole,
    float: _number,
    tuple[str, ...]: _texts,
}


@cache
def _hints(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _is_told(values: Json, field: Field[Any], hint: object) -> bool:
    return field.name in values or field.default is MISSING or is_dataclass(hint)


def _field(values: Json, field: Field[Any], hint: Any) -> object:
    if hint in _READERS:
        return _READERS[hint](values, field.name)
    items = get_args(hint)
    return many(values, field.name, items[0]) if items else read(hint, values)


def _refuse(key: str, expected: str, found: object) -> NoReturn:
    kind = "missing" if found is None else f"{type(found).__name__} {str(found)[:40]!r}"
    raise ForeignAnswerError(f"not an answer of the recommendation API: {key} is {kind}, expected {expected}")
