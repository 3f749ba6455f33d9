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

from .fake_answers import MODEL_DATE, TITLES, Json, matched, problem, recommended, songs, version


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
            return 200, version(self.version, self.model_date)
        if self.model_date is None:
            return 503, problem(503)
        if asked.path == "/api/recommend":
            return 200, recommended(asked.body, self.version, self.model_date)
        if asked.path == "/api/songs/match":
            return 200, matched(asked.body)
        return songs(asked.path, asked.query)


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
