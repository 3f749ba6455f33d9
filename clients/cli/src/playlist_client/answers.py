"""The API's answers as values, checked when they are read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, NoReturn, Self, TypeVar, get_args, get_type_hints

from playlist_client.errors import ForeignAnswerError

Json = Mapping[str, object]
T = TypeVar("T")
_LONGEST_SHOWN = 40


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


def many(values: Json, key: str, kind: type[T]) -> tuple[T, ...]:
    """Return a list of values of an answer; raises as ``read`` does."""
    value = values.get(key)
    if not isinstance(value, list) or not _is_list_of(dict, value):
        _refuse(key, "a list of objects", value)
    return tuple(read(kind, entry) for entry in value)


# What a value has to be, by the type of its field.
_EXPECTED: Mapping[object, tuple[str, Callable[[object], bool]]] = {
    str: ("a text", lambda value: isinstance(value, str)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    tuple[str, ...]: ("a list of texts", lambda value: _is_list_of(str, value)),
}


def in_json(value: object) -> str:
    """Return a value as JSON has it, with its kind: ``the number 1``, ``the list ["a"]``; a long one is cut."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    kinds: dict[type, str] = {str: "text", dict: "object", list: "list"}
    written = json.dumps(value, ensure_ascii=False)
    cut = written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…"
    return f"the {kinds.get(type(value), 'number')} {cut}"


def _is_list_of(kind: type, value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, kind) for entry in value)


@cache
def _hints(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _is_told(values: Json, field: Field[Any], hint: object) -> bool:
    return field.name in values or field.default is MISSING or is_dataclass(hint)


def _field(values: Json, field: Field[Any], hint: Any) -> object:
    if hint not in _EXPECTED:
        items = get_args(hint)
        return many(values, field.name, items[0]) if items else read(hint, values)
    value = values.get(field.name)
    expected, fits = _EXPECTED[hint]
    if not fits(value):
        _refuse(field.name, expected, value)
    return tuple(value) if isinstance(value, list) else value


def _refuse(key: str, expected: str, found: object) -> NoReturn:
    kind = "missing" if found is None else in_json(found)
    raise ForeignAnswerError(f"not an answer of the recommendation API: {key} is {kind}, expected {expected}")
