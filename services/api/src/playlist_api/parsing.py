"""What a request asks for, read from its body and checked against the limits."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from playlist_api.errors import BadBodyError, BodyTooLargeError, InvalidRequestError, UnknownEncodingError
from playlist_api.settings import Settings

MAX_LIMIT = 100
DEFAULT_LIMIT = 10
_EXAMPLE = '{"songs": ["Ode to Joy", "Greensleeves"]}'
_BATCH_EXAMPLE = '{"playlists": [{"songs": ["Ode to Joy"]}]}'
_KEYS = ("songs", "limit", "explain")
_SONG_KEYS = ("title", "artist")
_KINDS = {str: "a text", bool: "true or false", type(None): "null", list: "a list", dict: "an object"}


class TitledSong(NamedTuple):
    """A song that is named by its title and its artist.

    Attributes:
        title: as a text would name it.
        artist: chooses between songs of the same title; does not matter where it is none of theirs. May be "".
    """

    title: str
    artist: str


@dataclass(frozen=True)
class RecommendRequest:
    """What ``POST /api/recommend`` asks for.

    Attributes:
        songs: distinct, in the order of the request, trimmed.
        limit: how many songs at most.
        explain: whether to say why.
    """

    songs: tuple[str | TitledSong, ...]
    limit: int
    explain: bool


def body_of(request: Request, settings: Settings) -> bytes:
    """Read a body of bounded size.

    Raises:
        BadBodyError: the client broke off, or fell silent.
        BodyTooLargeError: it is larger than the bound.
        UnknownEncodingError: it is compressed in another way than by gzip.
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
        raise _too_large(settings)
    return _decoded(body, request.headers.get("Content-Encoding", ""), settings)


def recommend_request_from_body(body: bytes, settings: Settings, longest_song: int = 0) -> RecommendRequest:
    """Read the body of a request for recommendations, whatever its Content-Type.

    Args:
        body: as it was sent.
        settings: the limits.
        longest_song: of the model; what the catalogue offers is taken back, however long it is.

    Raises:
        BadBodyError: not UTF-8 or not JSON.
        InvalidRequestError: of the wrong shape, or over a limit.
    """
    return _request_from(_json_from(body), "The body", _KEYS, max(settings.max_song_length, longest_song), settings)


def batch_from_body(body: bytes, settings: Settings, longest_song: int = 0) -> list[RecommendRequest]:
    """Read the body of a batch: what each playlist asks for, none of them with ``explain``.

    Raises:
        BadBodyError: not UTF-8 or not JSON.
        InvalidRequestError: of the wrong shape, or over a limit.
    """
    values = _json_from(body)
    playlists = values.get("playlists") if isinstance(values, dict) and values.keys() == {"playlists"} else None
    if not isinstance(playlists, list):
        raise InvalidRequestError(f"The body is not an object of playlists alone: send JSON such as {_BATCH_EXAMPLE}.")
    if len(playlists) > settings.max_batch:
        raise InvalidRequestError(
            f"playlists has {len(playlists)} entries, expected at most {settings.max_batch}: send fewer at a time."
        )
    length = max(settings.max_song_length, longest_song)
    requests = []
    for position, entry in enumerate(playlists):
        try:
            requests.append(_request_from(entry, "it", _KEYS[:2], length, settings))
        except InvalidRequestError as error:
            raise InvalidRequestError(f"playlists[{position}]: {error}") from error
    return requests


def songs_to_match_from_body(body: bytes, settings: Settings, longest_song: int = 0) -> list[str | TitledSong]:
    """Read the body of a request for what songs are known: all of its songs, equal ones too, in their order.

    Raises:
        BadBodyError: not UTF-8 or not JSON.
        InvalidRequestError: of the wrong shape, or over a limit.
    """
    values = _object_of(_json_from(body), "The body", _KEYS[:1])
    return _songs_from(values, max(settings.max_song_length, longest_song), settings)


def _object_of(values: object, name: str, keys: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(values, dict):
        raise InvalidRequestError(f"{name} is {_kind(values)}, expected an object such as {_EXAMPLE}.")
    if not values.keys() <= set(keys):
        unknown = next(key for key in values if key not in keys)
        raise InvalidRequestError(f"{shown(unknown)} is not a known key: the known ones are {', '.join(keys)}.")
    return values


def _request_from(
    content: object, name: str, keys: tuple[str, ...], max_length: int, settings: Settings
) -> RecommendRequest:
    values = _object_of(content, name, keys)
    explain = values.get("explain", False)
    if type(explain) is not bool:
        raise InvalidRequestError(f"explain is {_kind(explain)}, expected true or false.")
    songs = tuple(dict.fromkeys(_songs_from(values, max_length, settings)))
    return RecommendRequest(songs, _limit_from(values), explain)


def _too_large(settings: Settings) -> BodyTooLargeError:
    return BodyTooLargeError(
        f"The body is larger than the {settings.max_body_bytes} bytes allowed: send fewer or shorter songs."
    )


def _decoded(body: bytes, encoding: str, settings: Settings) -> bytes:
    """Undo a body's compression, within the bound that holds for all bodies."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip"}:
        raise UnknownEncodingError(f"Content-Encoding is {shown(encoding)}, expected gzip or none.")
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        decoded = unzip.decompress(body, settings.max_body_bytes + 1)
    except zlib.error as error:
        raise BadBodyError("The body is not gzip, though its Content-Encoding says so.") from error
    if len(decoded) > settings.max_body_bytes:
        raise _too_large(settings)
    if not unzip.eof:
        raise BadBodyError("The body's gzip data end too early: send all of them.")
    if unzip.unused_data:
        raise BadBodyError("The body goes on behind its gzip data: send one gzip member and nothing else.")
    return decoded


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
        # Python's own bound on the digits of a whole number is the one ValueError that is about no JSON.
        is_json = "set_int_max_str_digits" in str(error)
        found = "contains a number with thousands of digits" if is_json else f"is not JSON: {error}"
        raise BadBodyError(f"The body {found}. Send JSON such as {_EXAMPLE}.") from error
    except RecursionError as error:
        raise BadBodyError(f"The body is nested too deeply. Send JSON such as {_EXAMPLE}.") from error
    return values


def _songs_from(values: Mapping[str, object], max_length: int, settings: Settings) -> list[str | TitledSong]:
    songs = values.get("songs")
    if not isinstance(songs, list):
        found = "missing" if "songs" not in values else _kind(songs)
        raise InvalidRequestError(f"songs is {found}, expected a list of texts, as in {_EXAMPLE}.")
    if len(songs) > settings.max_songs:
        raise InvalidRequestError(f"songs has {len(songs)} entries, expected at most {settings.max_songs}: send fewer.")
    return [_song(song, position, max_length) for position, song in enumerate(songs)]


def _limit_from(values: Mapping[str, object]) -> int:
    limit = values.get("limit", DEFAULT_LIMIT)
    # In JSON 3.0 is the whole number 3; true is none, though Python takes it for 1.
    if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit in range(1, MAX_LIMIT + 1):
        return int(limit)
    raise InvalidRequestError(f"limit is {_kind(limit)}, expected a whole number from 1 to {MAX_LIMIT}.")


def _song(song: object, position: int, max_length: int) -> str | TitledSong:
    if isinstance(song, str):
        return _text(song, f"songs[{position}]", max_length)
    if not isinstance(song, dict):
        expected = 'a text, or an object such as {"title": "Ode to Joy", "artist": "Beethoven"}'
        raise InvalidRequestError(f"songs[{position}] is {_kind(song)}, expected {expected}.")
    if "title" not in song:
        raise InvalidRequestError(f"songs[{position}] has no title, expected one and, if you like, an artist.")
    if not song.keys() <= set(_SONG_KEYS):
        raise InvalidRequestError(f"songs[{position}] has other keys than title and, if you like, artist.")
    title, artist = song["title"], song.get("artist", "")
    for name, text in (("title", title), ("artist", artist)):
        if not isinstance(text, str):
            raise InvalidRequestError(f"songs[{position}].{name} is {_kind(text)}, expected a text.")
    names = (f"songs[{position}].title", f"songs[{position}].artist")
    return TitledSong(_text(title, names[0], max_length), _text(artist, names[1], max_length))


def _text(text: str, name: str, max_length: int) -> str:
    if len(text) > max_length:
        raise InvalidRequestError(f"{name} has {len(text)} characters, expected at most {max_length}.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidRequestError(f"{name} holds half a surrogate pair, which is no text: send whole characters.")
    return text.strip()


def _kind(value: object) -> str:
    """Say what a JSON value is, without repeating a long one."""
    return _KINDS.get(type(value)) or f"the number {str(value)[:20]}"


def shown(text: str) -> str:
    """Quote a text from outside, short, and in ASCII: it may hold what an answer in UTF-8 can't."""
    return json.dumps(text[:40])
