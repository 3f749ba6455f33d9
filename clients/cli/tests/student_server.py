"""A server of the assignment as somebody may write it in an hour: one endpoint, three keys, nothing of the product."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class StudentServer:
    """A running server; a context.

    Attributes:
        path: of its endpoint.
        is_careful: whether it refuses wrong requests; otherwise they are an error of its own.
        model_dates: said one after the other, the last one for ever.
        more: put into each answer.
        content_type: of answers.
        asked: how many requests came.
    """

    path: str = "/api/recommend"
    is_careful: bool = True
    model_dates: list[str] = field(default_factory=lambda: ["2026-11-22"])
    more: dict[str, object] = field(default_factory=dict)
    content_type: str = "application/json"
    asked: int = 0

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.student = self
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

    def answer(self, body: bytes) -> tuple[int, dict[str, object]]:
        """Answer a body, with its status."""
        try:
            songs = json.loads(body)["songs"]
        except (ValueError, KeyError, TypeError):
            songs = None
        if not isinstance(songs, list) or not all(isinstance(song, str) for song in songs):
            return (400, {"error": "songs is missing"}) if self.is_careful else (500, {"error": "oops"})
        place = min(self.asked, len(self.model_dates) - 1)
        return 200, {"songs": ["Africa"], "version": "1.0", "model_date": self.model_dates[place]} | self.more


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    student: StudentServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._send(405, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        student = self.server.student
        self._send(*(student.answer(body) if self.path == student.path else (404, {})))
        student.asked += self.path == student.path

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""

    def _send(self, status: int, values: dict[str, object]) -> None:
        content = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Type", self.server.student.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
