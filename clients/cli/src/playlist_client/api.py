"""The API, as a class with one method for each question."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Generic, Self, TypeVar

from playlist_client.address import shown_url
from playlist_client.answers import Answer, Identified, Json, MatchedSong, RelatedSong, Song, many, read
from playlist_client.errors import ForeignAnswerError, RefusedError
from playlist_client.replies import json_of
from playlist_client.transport import Transport

DEFAULT_TIMEOUT_S = 10.0
RECOMMEND = "/api/recommend"
_CLOSE_MATCHES = 3
T = TypeVar("T")


@dataclass(frozen=True)
class ApiResult(Generic[T]):
    """An answer.

    Attributes:
        value: what it says.
        json: as it came, for ``--json``.
    """

    value: T
    json: Json


class Api:
    """A recommendation API at some address; a context that closes its connections at the end.

    Methods raise RefusedError when the API rejected the request, UnreachableError when no answer of this API came.
    """

    def __init__(self, url: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Get ready; nothing is sent.

        Args:
            url: such as http://127.0.0.1:8080.
            timeout_s: for each whole answer.
        """
        self.url = url
        self._transport = Transport(url, timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def recommend(self, songs: Sequence[str], limit: int | None = None) -> ApiResult[Answer]:
        """Ask what goes with some songs, and for artists, reasons and unknown songs where the server knows such."""
        try:
            return self._recommend(question(songs, limit, explain=True))
        except RefusedError as error:
            if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
                raise
        # A server of the assignment alone may refuse keys that it does not know; what it says to this counts.
        return self._recommend(question(songs, limit))

    def search(self, text: str, limit: int | None = None) -> ApiResult[Identified]:
        """Ask for the songs whose title begins with a text or contains it, or else reads like it.

        The most popular ones are answered for "".
        """
        values = self._get("/api/songs", {"q": text, "limit": limit, "close_matches": _CLOSE_MATCHES})
        close = many(values, "close_matches", Song) if "close_matches" in values else ()
        return ApiResult(Identified(text, many(values, "songs", Song), close), values)

    def identify(self, text: str) -> Identified:
        """Ask which songs a text stands for, and what may have been meant if it stands for none."""
        body = json.dumps({"songs": [text]}).encode()
        values = json_of(self._transport.exchange("POST", "/api/songs/match", body=body))
        (found,) = many(values, "songs", MatchedSong) or (MatchedSong(text, ()),)
        if found.matches:
            return Identified(text, found.matches)
        similar = self.search(text, _CLOSE_MATCHES).value
        return Identified(text, (), similar.matches or similar.close_matches)

    def random(self, count: int | None = None, seed: int | None = None) -> ApiResult[tuple[Song, ...]]:
        """Ask for random songs; the same ones for the same seed and model."""
        values = self._get("/api/songs/random", {"n": count, "seed": seed})
        return ApiResult(many(values, "songs", Song), values)

    def related(self, song: str, limit: int | None = None) -> ApiResult[tuple[RelatedSong, ...]]:
        """Ask for the songs that follow from one."""
        values = self._get("/api/songs/related", {"song": song, "limit": limit})
        return ApiResult(many(values, "songs", RelatedSong), values)

    def version(self) -> Json:
        """Ask which code answers, and from which model."""
        values = self._get("/api/version", {})
        if not isinstance(values.get("version"), str):
            raise ForeignAnswerError(f"{shown_url(self.url)} is not a recommendation API: it names no version")
        return values

    def _recommend(self, body: bytes) -> ApiResult[Answer]:
        reply = self._transport.exchange("POST", RECOMMEND, body=body)
        values = json_of(reply)
        return ApiResult(replace(read(Answer, values), source=reply.headers.get("Playlist-Source", "")), values)

    def _get(self, path: str, query: Mapping[str, object]) -> Json:
        given = {name: str(value) for name, value in query.items() if value is not None}
        return json_of(self._transport.exchange("GET", path, given))


def question(songs: Sequence[str], limit: int | None = None, explain: bool = False) -> bytes:
    """Return the body that asks for recommendations; without options the one that every client may send."""
    values: dict[str, object] = {"songs": list(songs)}
    if limit is not None:
        values["limit"] = limit
    if explain:
        values["explain"] = True
    return json.dumps(values).encode()
