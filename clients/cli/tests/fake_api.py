"""A small API over a real socket, whose answers have the shapes that services/api's OpenAPI document gives.

tests/contract/ holds the same client against the real API; here it is what the real one can't be asked for: slow,
broken, in the middle of a rollout.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

NASTY = 'Hello, "World"\r\nand\tgoodbye'
TITLES = ("Für Elise", "Clair de lune", "Ode to Joy", "Greensleeves", "[red]Bolero[/red]", NASTY)
MODEL_DATE = "2026-11-22T10:00:00.000Z"

Json = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """A request as it came in; ``connection`` numbers the connections of the server."""

    method: str
    path: str
    query: dict[str, str]
    body: Json
    headers: dict[str, str]
    connection: int
    time: float


@dataclass
class Mood:
    """What the server does instead of answering well.

    Attributes:
        delay_s: before anything is sent.
        status: instead of 200, with a problem document.
        page: instead of JSON.
        drop: close the connection without a word.
        cut: send half of the answer, then close.
        drip_s: between two bytes of the answer.
        json: answered instead of the right content.
        location: redirects there.
    """

    delay_s: float = 0.0
    status: int = 200
    page: str | None = None
    drop: bool = False
    cut: bool = False
    drip_s: float = 0.0
    json: object = None
    location: str | None = None


GOOD = Mood()
NO_MODEL = Mood(status=503)
PROBLEMS = {
    404: "The model has no song 'Greenslee': did you mean Greensleeves?",
    422: "limit is the number 0, expected a whole number from 1 to 100.",
    500: "An error of the server's own: its log holds the cause under request id 8f14e45fceea167a.",
    503: "No model is loaded yet: run playlist-trainer train, or ask again in a second.",
}
TITLES_OF_STATUS = {
    404: "Not Found",
    422: "Unprocessable Entity",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def song(title: str) -> Json:
    """A song as answers carry it."""
    place = TITLES.index(title)
    artist = "" if title == "Greensleeves" else "Ludwig van Beethoven"
    return {
        "song": title,
        "title": title,
        "artist": artist,
        "artist_count": 2 if title == "Ode to Joy" else int(bool(artist)),
        "support_count": 100 - 10 * place,
    }


@dataclass
class FakeApi:
    """A running server; a context that ends with all of its connections.

    Attributes:
        version: of the code it pretends to be.
        model_date: of the model it pretends to have; None is no model.
        mood: gives what to do with a request, from its path and how many came before it.
        asked: the requests so far.
    """

    version: str = "0.1.0"
    model_date: str | None = MODEL_DATE
    mood: Callable[[str, int], Mood] = lambda _path, _count: GOOD
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> tuple[int, Json]:
        """What a request is answered with, by the OpenAPI document."""
        if asked.path == "/api/version":
            return 200, self._version()
        if self.model_date is None:
            return 503, problem(503)
        if asked.path == "/api/recommend":
            return 200, self._recommended(asked.body)
        return self._songs(asked.path, asked.query)

    def _songs(self, path: str, query: dict[str, str]) -> tuple[int, Json]:
        found = [song(title) for title in TITLES]
        limit = int(query.get("limit", query.get("n", "20")))
        if path == "/api/songs":
            text = query.get("q", "").casefold()
            return 200, {"songs": [entry for entry in found if text in str(entry["title"]).casefold()][:limit]}
        if path == "/api/songs/random":
            return 200, {"songs": found[-limit:]}
        return self._related(query["song"], limit) if path == "/api/songs/related" else (404, problem(404))

    def _recommended(self, body: Json) -> Json:
        asked_with = body["songs"]
        assert isinstance(asked_with, list)
        known = [title for title in TITLES if title in asked_with]
        songs = [title for title in TITLES if title not in asked_with]
        limit = body.get("limit", 10)
        assert isinstance(limit, int)
        answer: Json = {"songs": songs[:limit], "version": self.version, "model_date": self.model_date}
        if body.get("explain"):
            answer |= {
                "recommendations": [_recommendation(title, known) for title in songs[:limit]],
                "unknown": [
                    {"song": title, "close_matches": ["Greensleeves"] if title == "Greenslee" else []}
                    for title in asked_with
                    if title not in TITLES
                ],
                "ambiguous": [
                    {"song": title, "matches": [song("Ode to Joy"), song("Greensleeves")]}
                    for title in asked_with
                    if title == "ode"
                ],
            }
        return answer

    def _related(self, title: str, limit: int) -> tuple[int, Json]:
        if title not in TITLES:
            return 404, problem(404)
        others = [other for other in TITLES if other != title]
        songs = [song(other) | {"confidence": 0.25, "together_count": 30} for other in others]
        return 200, {"songs": songs[:limit]}

    def _version(self) -> Json:
        has_model = self.model_date is not None
        dataset = {"url": "builtin:sample", "playlists": 400, "songs": 175}
        return {
            "version": self.version,
            "model_id": "20261122T100000Z-d9b57c42" if has_model else None,
            "model_date": self.model_date,
            "fingerprint": "d9b57c42" if has_model else None,
            "dataset": dataset if has_model else None,
            "parameters": {"min_support": 0.002} if has_model else None,
            "engine": "eclat" if has_model else None,
            "trainer_version": "0.1.0" if has_model else None,
            "song_count": 175 if has_model else None,
            "rule_count": 13200 if has_model else None,
            "evaluation": {"recall_at_10": 0.64} if has_model else None,
            "last_reload": self.model_date,
            "last_reload_error": None if has_model else {"message": "rules.npy is damaged", "time": MODEL_DATE},
        }


def problem(status: int) -> Json:
    """A problem of RFC 9457 as the API words it."""
    return {
        "type": "about:blank",
        "title": TITLES_OF_STATUS[status],
        "status": status,
        "detail": PROBLEMS[status],
        "request_id": "8f14e45fceea167a",
    }


def _recommendation(title: str, known: list[str]) -> Json:
    if not known:
        return song(title) | {"value": None, "confidence": None, "source": "popular", "because": []}
    because = [{"song": name, "together_count": 37, "song_count": 120} for name in known]
    return song(title) | {
        "value": 0.28,
        "confidence": 0.31,
        "support_count": 37,
        "source": "rule",
        "because": because,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # More clients than the default of 5 may knock at the same moment.
    request_queue_size = 200
    api: FakeApi

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""

    def _answer(self, body: Json) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        api = self.server.api
        asked = Asked(
            self.command, parts.path, query, body, dict(self.headers), self.client_address[1], time.perf_counter()
        )
        mood = api.mood(parts.path, len(api.asked))
        api.asked.append(asked)
        time.sleep(mood.delay_s)
        if mood.drop:
            self.close_connection = True
            return
        status, content, content_type = self._content(asked, mood)
        self._send(status, content, content_type, asked, mood)

    def _content(self, asked: Asked, mood: Mood) -> tuple[int, bytes, str]:
        if mood.location is not None:
            return 308, b"", "text/plain"
        if mood.page is not None:
            return mood.status, mood.page.encode(), "text/html"
        if mood.json is not None:
            return mood.status, json.dumps(mood.json).encode(), "application/json"
        status, values = (mood.status, problem(mood.status)) if mood.status != 200 else self.server.api.answer(asked)
        kind = "application/json" if status == 200 else "application/problem+json"
        return status, json.dumps(values, ensure_ascii=False).encode(), kind

    def _send(self, status: int, content: bytes, content_type: str, asked: Asked, mood: Mood) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Request-ID", "8f14e45fceea167a")
        if mood.location is not None:
            self.send_header("Location", mood.location)
        if status == 503:
            self.send_header("Retry-After", "1")
        if asked.path == "/api/recommend" and status == 200:
            songs = asked.body.get("songs", [])
            known = isinstance(songs, list) and any(title in TITLES for title in songs)
            self.send_header("Playlist-Source", "rule" if known else "popular")
        self.end_headers()
        if mood.cut:
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif mood.drip_s:
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(mood.drip_s)
        else:
            self.wfile.write(content)
