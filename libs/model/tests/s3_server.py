"""A bucket of S3, or of Google's, in this process, with conditional writes; it fails or loses answers on demand.

Moto, which crashes and rivals are tried against, does none of the last three; and it stands beside the tests of
playlist-model alone, where this serves those of trainer and API as well.
"""

import hashlib
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

BUCKET = "models"
ACCESS_KEY, SECRET_KEY, TOKEN = "AKIDhunter2", "hunter2secret", "hunter2token"

# What happens to one request: answered with a status and without effect; not answered, without effect or with it.
Fault = int | Literal["drop", "lose answer"] | None


@dataclass
class Bucket:
    """The objects, and what is to go wrong.

    Attributes:
        url: of the server.
        objects: content by key.
        generations: how often each was written, by which Google's conditions tell versions apart.
        ignored: conditions that are not kept to, as "PUT if-match".
        fault: says what happens to a request, by its method and key.
        requests: method and key of each, in order.
        statuses: of the answers, in order.
    """

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    generations: Counter[str] = field(default_factory=Counter)
    ignored: set[str] = field(default_factory=set)
    fault: Callable[[str, str], Fault] = lambda _method, _key: None
    requests: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def below(self, prefix: str) -> dict[str, bytes]:
        """Return the objects whose keys begin with a folder's name, by the rest of the key."""
        return {
            key.removeprefix(f"{prefix}/"): content
            for key, content in sorted(self.objects.items())
            if key.startswith(f"{prefix}/")
        }

    def written(self) -> list[tuple[str, str]]:
        """Return the requests that change something."""
        return [(method, key) for method, key in self.requests if method in {"PUT", "DELETE"}]


def etag_of(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer takes 40 ms
    bucket: Bucket

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle()

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        name, _, key = unquote(parts.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Objects are removed by one request for many.
        removed = [unescape(each) for each in re.findall("<Key>(.*?)</Key>", body.decode())] if not key and body else []
        asked = [("DELETE", each) for each in removed] or [(self.command, key)]
        with self.bucket.lock:
            fault = next(filter(None, (self.bucket.fault(*each) for each in asked)), None)
            self.bucket.requests += asked
            if fault == "drop":
                self._hang_up()
                return
            if isinstance(fault, int):
                self._answer(fault, b"<Error><Code>Fault</Code></Error>")
                return
            if name != BUCKET:
                self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
                return
            self._headers: dict[str, str] = {}
            status, content = self._done(key, body) if key else self._done_with_many(removed, parts.query)
            if fault == "lose answer":
                self._hang_up()
            else:
                self._answer(status, content, **self._headers)

    def _done(self, key: str, body: bytes) -> tuple[int, bytes]:
        if self.command == "PUT":
            return self._put(key, body)
        if self.command == "DELETE":
            return (204 if self.bucket.objects.pop(key, None) is not None else 404), b""
        return self._get(key)

    def _done_with_many(self, removed: list[str], query: str) -> tuple[int, bytes]:
        if self.command != "POST":
            return self._list(query)
        for key in removed:
            self.bucket.objects.pop(key, None)
        entries = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in removed)
        return 200, f"<DeleteResult>{entries}</DeleteResult>".encode()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(2)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.bucket.statuses.append(status)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _condition(self, name: str) -> str:
        return "" if f"{self.command} {name}" in self.bucket.ignored else self.headers.get(name, "")

    def _get(self, key: str) -> tuple[int, bytes]:
        content = self.bucket.objects.get(key)
        if content is None:
            return 404, b"<Error><Code>NoSuchKey</Code></Error>"
        self._headers = {"Last_Modified": "Thu, 26 Nov 2026 15:26:54 GMT", **self._version(key, content)}
        if self._condition("if-none-match") == etag_of(content):
            return 304, b""
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        if found:
            first, last = int(found[1]), min(int(found[2]), len(content) - 1)
            if first > last:
                return 416, b""
            self._headers["Content_Range"] = f"bytes {first}-{last}/{len(content)}"
            return 206, content[first : last + 1]
        return 200, content

    def _put(self, key: str, body: bytes) -> tuple[int, bytes]:
        there = self.bucket.objects.get(key)
        generation = self._condition("x-goog-if-generation-match")
        if generation and int(generation) != (0 if there is None else self.bucket.generations[key]):
            return 412, b"<Error><Code>PreconditionFailed</Code></Error>"
        if self._condition("if-none-match") == "*" and there is not None:
            return 412, b"<Error><Code>PreconditionFailed</Code></Error>"
        if wanted := self._condition("if-match"):
            if there is None:
                return 404, b"<Error><Code>NoSuchKey</Code></Error>"
            if etag_of(there) != wanted:
                return 412, b"<Error><Code>PreconditionFailed</Code></Error>"
        if source := unquote(self.headers.get("x-amz-copy-source", "")):
            body = self.bucket.objects[source.lstrip("/").partition("/")[2]]
        self.bucket.objects[key] = body
        self.bucket.generations[key] += 1
        self._headers = self._version(key, body)
        return 200, b"<CopyObjectResult></CopyObjectResult>" if source else b""

    def _version(self, key: str, content: bytes) -> dict[str, str]:
        return {"ETag": etag_of(content), "X_Goog_Generation": str(self.bucket.generations[key])}

    def _list(self, query: str) -> tuple[int, bytes]:
        prefix = parse_qs(query).get("prefix", [""])[0]
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-26T15:26:54.000Z</LastModified>"
            f"<ETag>{escape(etag_of(content))}</ETag><Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.bucket.objects.items())
            if key.startswith(prefix)
        )
        return 200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Bucket]:
    """Serve an empty bucket on a free port of 127.0.0.1."""
    bucket = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        bucket.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield bucket
        finally:
            server.shutdown()
            thread.join()
