"""An HTTP server that fails on demand, and remembers what it was asked."""

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playlist_trainer.dataset.download import Downloaded, DownloadLimits, NotModified


@dataclass(frozen=True)
class Request:
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What one request gets.

    Attributes:
        length: announced as Content-Length; None for the body's own, -1 for no announcement.
        chunked: send the body by chunked transfer encoding.
        cut_after: close the connection after so many bytes of the body; chunked: without the end mark.
        reset: close it with a reset.
        silent_s: say nothing for so long first.
        trickle_s: wait so long after each byte of the body.
        raw: sent instead of all this, whatever it is.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    chunked: bool = False
    cut_after: int | None = None
    reset: bool = False
    silent_s: float = 0
    trickle_s: float = 0
    raw: bytes | None = None


Route = Callable[[Request], Answer]
NewOrigin = Callable[..., "Origin"]
BODY = b"pid,track_name\n1,Nocturne\n1,Prelude\n"
OK = Answer(body=BODY)
BUSY = Answer(503)
QUICK = DownloadLimits(connect_timeout_s=10, read_timeout_s=10, backoff_s=0.01, max_wait_s=0.2)
ONCE = replace(QUICK, retries=0)


def left_in(into: Path) -> list[str]:
    """Return the names of all files beside and at the place that was downloaded to."""
    return sorted(path.name for path in into.parent.iterdir())


def fetched(found: Downloaded | NotModified) -> Downloaded:
    assert isinstance(found, Downloaded)
    return found


class Origin:
    """A server on a free port of 127.0.0.1, until ``close``.

    Attributes:
        url: scheme, host and port.
        requests: what was asked, oldest first.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._routes: dict[str, Route] = {}
        self._server = _Server(self, tls)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def script(self, path: str, *answers: Answer) -> str:
        """Return these answers one after the other, the last one for ever; returns the path's URL."""
        left = list(answers)
        return self.route(path, lambda _: left.pop(0) if len(left) > 1 else left[0])

    def route(self, path: str, route: Route) -> str:
        self._routes[path] = route
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        return self.script(path, Answer(status, {"Location": location}))

    def file(self, path: str, body: bytes, cuts: tuple[int, ...] = (), **headers: str) -> str:
        """Serve a file with working ranges; answer number i breaks off after ``cuts[i]`` bytes.

        Keywords are headers: ``ETag='"1"'``, ``Last_Modified=…``.
        """
        named = {"Accept-Ranges": "bytes", **{name.replace("_", "-"): value for name, value in headers.items()}}
        cut = iter(cuts)

        def route(request: Request) -> Answer:
            found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
            bound = request.headers.get("If-Range") in {named.get("ETag"), named.get("Last-Modified")}
            if not found or not bound:
                return Answer(200, named, body, cut_after=next(cut, None))
            first = int(found[1])
            content_range = {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"}
            return Answer(206, named | content_range, body[first:], cut_after=next(cut, None))

        return self.route(path, route)

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return self._routes.get(request.target.partition("?")[0], lambda _: Answer(404))(request)

    def sent(self, header: str) -> list[str | None]:
        """Return what each request had for a header."""
        return [request.headers.get(header) for request in self.requests]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for every handler, and no socket outlives its test

    def __init__(self, origin: Origin, tls: ssl.SSLContext | None) -> None:
        self.origin = origin
        self._tls = tls
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        try:
            with self._tls.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)
        except OSError:
            pass  # the client did not trust us: what the test is about

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave early are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.close_connection = True
        answer = self.server.origin.answer(Request(self.path, dict(self.headers.items())))
        self._sleep(answer.silent_s)
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            return
        self.send_response(answer.status)
        self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.length != -1:
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        self.end_headers()
        self._send_body(answer)
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _send_body(self, answer: Answer) -> None:
        body = answer.body[: answer.cut_after]
        size = 1 if answer.trickle_s else max(len(body), 1)
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.chunked else piece)
            self._sleep(answer.trickle_s)
        if answer.chunked and answer.cut_after is None:
            self.wfile.write(b"0\r\n\r\n")

    def _sleep(self, seconds: float) -> None:
        if seconds:
            self.server.origin.stopping.wait(seconds)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""
