"""What a request asks for, read from its body or its query and checked against the limits."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from playlist_api.errors import BadBodyError, BodyTooLargeError, InvalidRequestError
from playlist_api.settings import Settings

MAX_LIMIT = 100
DEFAULT_LIMIT = 10
_EXAMPLE = '{"songs": ["Ode to Joy", "Greensleeves"]}'
_KEYS = ("songs", "limit", "explain")
_KINDS = {str: "a text", bool: "true or false", type(None): "null", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class RecommendRequest:
    """What ``POST /api/recommend`` asks for.

    Attributes:
        songs: distinct, in the order of the request, trimmed.
        limit: how many songs at most.
        explain: whether to say why.
    """

    songs: tuple[str, ...]
    limit: int
    explain: bool


def body_of(request: Request, settings: Settings) -> bytes:
    """Read a body of bounded size.

    Raises:
        BadBodyError: the client broke off, or fell silent.
        BodyTooLargeError: it is larger than the bound.
    """
    # One byte more than allowed: of a body whose length is not announced, Werkzeug gives just the first bytes.
    request.max_content_length = settings.max_body_bytes + 1
    try:
        body = request.get_data(cache=False)
    except ClientDisconnected as error:
        raise BadBodyError("The body did not arrive whole: send as many bytes as Content-Length says.") from error
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > settings.max_body_bytes:
        raise BodyTooLargeError(
            f"The body is larger than the {settings.max_body_bytes} bytes allowed: send fewer or shorter songs."
        )
    return body


def recommend_request_from_body(body: bytes, settings: Settings) -> RecommendRequest:
    """Read the body of a request for recommendations, whatever its Content-Type.

    Raises:
        BadBodyError: not UTF-8 or not JSON.
        InvalidRequestError: of the wrong shape, or over a limit.
    """
    values = _json_from(body)
    if not isinstance(values, dict):
        raise InvalidRequestError(f"The body is {_kind(values)}, expected an object such as {_EXAMPLE}.")
    if not values.keys() <= set(_KEYS):
        unknown = next(key for key in values if key not in _KEYS)
        raise InvalidRequestError(f"{_shown(unknown)} is not a known key: the known ones are {', '.join(_KEYS)}.")
    explain = values.get("explain", False)
    if type(explain) is not bool:
        raise InvalidRequestError(f"explain is {_kind(explain)}, expected true or false.")
    return RecommendRequest(_songs_from(values, settings), _limit_from(values), explain)


def text_from_query(query: Mapping[str, str], name: str, settings: Settings) -> str:
    """Read a text of the query; "" where it is not given.

    Raises:
        InvalidRequestError: longer than a song may be.
    """
    text = query.get(name, "")
    if len(text) > settings.max_song_length:
        raise InvalidRequestError(
            f"{name} has {len(text)} characters, expected at most {settings.max_song_length}: send a shorter one."
        )
    return text.strip()


def whole_number_from_query(query: Mapping[str, str], name: str, default: int, at_most: int, at_least: int = 1) -> int:
    """Read a whole number of the query within bounds, both inclusive.

    Raises:
        InvalidRequestError: not a whole number, or out of bounds.
    """
    text = query.get(name)
    if text is None:
        return default
    # The pattern's length bound keeps int() from work, and from refusing thousands of digits in its own way.
    if not re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) or not at_least <= int(text) <= at_most:
        raise InvalidRequestError(
            f"{name} is {_shown(text)}, expected a whole number from {at_least} to {at_most}, such as {name}={default}."
        )
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Made once: json.loads builds a new decoder for each call with parse_constant.
_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _json_from(body: bytes) -> object:
    try:
        # RFC 8259 lets a reader ignore a byte order mark, and some clients on Windows send one.
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBodyError(
            f"The body is not UTF-8: byte 0x{body[error.start]:02x} at {error.start}. Send JSON such as {_EXAMPLE}."
        ) from error
    try:
        values: object = _decode(text)
    except ValueError as error:
        raise BadBodyError(f"The body is not JSON: {error}. Send JSON such as {_EXAMPLE}.") from error
    except RecursionError as error:
        raise BadBodyError(f"The body is nested too deeply. Send JSON such as {_EXAMPLE}.") from error
    return values


def _songs_from(values: Mapping[str, object], settings: Settings) -> tuple[str, ...]:
    songs = values.get("songs")
    if not isinstance(songs, list):
        found = "missing" if "songs" not in values else _kind(songs)
        raise InvalidRequestError(f"songs is {found}, expected a list of texts, as in {_EXAMPLE}.")
    if len(songs) > settings.max_songs:
        raise InvalidRequestError(f"songs has {len(songs)} entries, expected at most {settings.max_songs}: send fewer.")
    return tuple(dict.fromkeys(_song(song, position, settings) for position, song in enumerate(songs)))


def _limit_from(values: Mapping[str, object]) -> int:
    limit = values.get("limit", DEFAULT_LIMIT)
    # In JSON 3.0 is the whole number 3; true is none, though Python takes it for 1.
    if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit in range(1, MAX_LIMIT + 1):
        return int(limit)
    raise InvalidRequestError(f"limit is {_kind(limit)}, expected a whole number from 1 to {MAX_LIMIT}.")


def _song(song: object, position: int, settings: Settings) -> str:
    if not isinstance(song, str):
        raise InvalidRequestError(f"songs[{position}] is {_kind(song)}, expected a text, as in {_EXAMPLE}.")
    if len(song) > settings.max_song_length:
        raise InvalidRequestError(
            f"songs[{position}] has {len(song)} characters, expected at most {settings.max_song_length}."
        )
    if not song.isascii() and any("\ud800" <= character <= "\udfff" for character in song):
        raise InvalidRequestError(
            f"songs[{position}] holds half a surrogate pair, which is no text: send whole characters."
        )
    return song.strip()


def _kind(value: object) -> str:
    """Say what a JSON value is, without repeating a long one."""
    return _KINDS.get(type(value)) or f"the number {str(value)[:20]}"


def _shown(text: str) -> str:
    """Quote a text from outside, short, and in ASCII: it may hold what an answer in UTF-8 can't."""
    return json.dumps(text[:40])
