"""A server of datasets that goes wrong on demand; runs in a pod, with the standard library alone.

PUT /files/NAME              keeps the body
GET /files/NAME              gives it, with an ETag; 304 to whom has it
GET /slow/SECONDS/NAME       the same, later
GET /truncated/NAME          announces all of it, sends half
GET /status/CODE             answers with that status
GET /hang                    accepts, and says nothing
GET /html, /empty, /columns  200, and not a dataset
"""

import hashlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8080
_HANG_S = 120
_FILES: dict[str, bytes] = {}
_NOT_DATASETS = {
    "html": ("text/html", b"<!DOCTYPE html><html><body>Please log in</body></html>"),
    "empty": ("text/csv", b""),
    "columns": ("text/csv", b"playlist,title\n1,Clair de lune\n"),
}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """Keep a file."""
        _FILES[self.path.removeprefix("/files/")] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201)

    def do_GET(self) -> None:
        """Answer as the path says."""
        what, *rest = self.path.strip("/").split("/")
        if what == "slow":
            time.sleep(float(rest.pop(0)))
        if what in {"files", "slow", "truncated"}:
            self._file(rest[0], is_whole=what != "truncated")
        elif what == "status":
            self._answer(int(rest[0]))
        elif what == "hang":
            time.sleep(_HANG_S)
        elif what in _NOT_DATASETS:
            kind, body = _NOT_DATASETS[what]
            self._answer(200, body, {"Content-Type": kind})
        else:
            self._answer(200, b"ready")

    def _file(self, name: str, *, is_whole: bool) -> None:
        body = _FILES.get(name)
        if body is None:
            self._answer(404)
            return
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, headers={"ETag": etag})
        elif is_whole:
            self._answer(200, body, {"ETag": etag, "Content-Type": "text/csv"})
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
