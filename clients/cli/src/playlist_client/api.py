"""The API, as a class with one method for each question."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Generic, Self, TypeVar

from playlist_client.address import shown_url
from playlist_client.answers import Answer, Json, RelatedSong, Song, many
from playlist_client.errors import ForeignAnswerError, RefusedError, UnreachableError
from playlist_client.transport import Reply, Transport

DEFAULT_TIMEOUT_S = 10.0
RECOMMEND = "/api/recommend"
T = TypeVar("T")


@dataclass(frozen=True)
class Told(Generic[T]):
    """An answer.

    Attributes:
        value: what it says.
        json: as it came, for ``--json``.
    """

    value: T
    json: Json


class Api:
    """A recommendation API at some address; a context that closes its connections at the end.

    Every method raises RefusedError when the API said no, and UnreachableError when no answer of this API came.
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def recommend(self, songs: Sequence[str], limit: int | None = None, explain: bool = False) -> Told[Answer]:
        """Ask what goes with some songs."""
        reply = self._transport.exchange("POST", RECOMMEND, body=question(songs, limit, explain))
        values = json_of(reply, self.url)
        return Told(Answer.from_json(values, reply.headers.get("Playlist-Source", "")), values)

    def search(self, text: str, limit: int | None = None) -> Told[tuple[Song, ...]]:
        """Ask for the songs whose title begins with a text, or holds it; the most popular ones for ""."""
        values = self._get("/api/songs", {"q": text, "limit": limit})
        return Told(many(values, "songs", Song.from_json), values)

    def random(self, count: int | None = None, seed: int | None = None) -> Told[tuple[Song, ...]]:
        """Ask for songs drawn by chance; the same ones for the same seed and model."""
        values = self._get("/api/songs/random", {"n": count, "seed": seed})
        return Told(many(values, "songs", Song.from_json), values)

    def related(self, song: str, limit: int | None = None) -> Told[tuple[RelatedSong, ...]]:
        """Ask for the songs that follow from one."""
        values = self._get("/api/songs/related", {"song": song, "limit": limit})
        return Told(many(values, "songs", RelatedSong.from_json), values)

    def version(self) -> Json:
        """Ask which code answers, and from which model."""
        values = self._get("/api/version", {})
        if not isinstance(values.get("version"), str):
            raise ForeignAnswerError(f"{shown_url(self.url)} is not a recommendation API: it names no version")
        return values

    def _get(self, path: str, query: Mapping[str, object]) -> Json:
        given = {name: str(value) for name, value in query.items() if value is not None}
        return json_of(self._transport.exchange("GET", path, given), self.url)


def question(songs: Sequence[str], limit: int | None = None, explain: bool = False) -> bytes:
    """Return the body that asks for recommendations; without options the one that every client may send."""
    values: dict[str, object] = {"songs": list(songs)}
    if limit is not None:
        values["limit"] = limit
    if explain:
        values["explain"] = True
    return json.dumps(values).encode()


def json_of(reply: Reply, url: str) -> Json:
    """Return the object that an answer holds.

    Raises:
        RefusedError: a status other than 200, with the API's own words.
        ForeignAnswerError: not an object in JSON, whatever the status.
        UnreachableError: a redirect, which is not followed: a POST would become a GET on the way.
    """
    if 300 <= reply.status < 400:
        target = reply.headers.get("Location", "another address")
        raise UnreachableError(f"{shown_url(url)} sends on to {target}: give that server's address")
    try:
        values = json.loads(reply.content)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ForeignAnswerError(
            f"{shown_url(url)} is not a recommendation API: it answered {_named(reply.status)}, not JSON"
        )
    if reply.status != HTTPStatus.OK:
        raise RefusedError(str(values.get("detail") or values.get("title") or f"it answered {_named(reply.status)}"))
    return values


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
