"""Flask in threads: a request that has arrived goes in, a whole answer comes out."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote_from_bytes

from a2wsgi.wsgi import build_environ
from flask import Flask

# Long requests one after the other: side by side they would end no sooner, and leave less of the processor to others.
_LONG_THREADS = 1
_QUERY_CHARACTERS = "".join(chr(code) for code in range(0x21, 0x7F))


class BusyError(Exception):
    """As many long requests wait as are taken."""


@dataclass(slots=True)
class WsgiAnswer:
    """What Flask answered.

    Attributes:
        status: of the answer.
        headers: by names in lower case.
        content: the body.
    """

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], object]:
        """Take status and headers; what WSGI calls ``start_response``."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._write

    def _write(self, content: bytes) -> None:
        self.content += content


class FlaskThreads:
    """The threads, and who waits for them."""

    def __init__(self, threads: int, most_waiting: int) -> None:
        """Make threads for ordinary requests, beside those for long ones; of these, only so many may wait."""
        self._ordinary = ThreadPoolExecutor(threads, thread_name_prefix="flask")
        self._long = ThreadPoolExecutor(_LONG_THREADS, thread_name_prefix="flask-long")
        self._most_waiting = most_waiting
        self._waiting = 0

    async def answer(
        self,
        app: Flask,
        scope: dict[str, Any],
        body: bytes,
        has_left: Callable[[float], bool],
        *,
        is_long: bool = False,
    ) -> WsgiAnswer | None:
        """Answer a request in a thread; None where it is not worth while any more.

        Args:
            app: to ask.
            scope: of the request.
            body: of the request.
            has_left: tells whether the client is gone, from the seconds that the request waited for a thread.
            is_long: whether it may take long.

        Raises:
            BusyError: it is a long one, and too many wait already.
        """
        loop = asyncio.get_running_loop()
        asked_at = loop.time()

        def answer() -> WsgiAnswer | None:
            return None if has_left(loop.time() - asked_at) else answer_now(app, scope, body)

        if not is_long:
            return await loop.run_in_executor(self._ordinary, answer)
        if self._waiting >= self._most_waiting:
            raise BusyError
        self._waiting += 1
        try:
            return await loop.run_in_executor(self._long, answer)
        finally:
            self._waiting -= 1


def answer_now(app: Flask, scope: dict[str, Any], body: bytes) -> WsgiAnswer:
    """Answer a request in this thread."""
    answer = WsgiAnswer()
    chunks: Iterable[bytes] = app(_environ(scope, body), answer.start)
    try:
        answer.content += b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    return answer


def _environ(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    query: bytes = scope["query_string"]
    # In WSGI, X_Request_ID and X-Request-ID have the same name, so whoever sends the first would pass for the second.
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name and name != b"transfer-encoding"]
    text = query if query.isascii() else quote_from_bytes(query, safe=_QUERY_CHARACTERS).encode()
    environ: dict[str, Any] = dict(build_environ({**scope, "headers": headers, "query_string": text}, BytesIO(body)))  # type: ignore[arg-type, typeddict-item]
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.errors"] = sys.stderr
    environ["wsgi.multiprocess"] = False
    return environ
