"""The ASGI app: small, valid recommendations are answered in the event loop, everything else by Flask in threads.

Nothing that may take longer than about 2 ms runs in the loop. Flask gets a request only once its body has arrived, and
its answer leaves without it: so no client holds a thread.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask

from playlist_api.app import create_operations_app
from playlist_api.context import EXTENSION, Context
from playlist_api.middleware.request_log import NO_REQUEST, Answered, request_id_of
from playlist_api.paths import BATCH, LIVE, MATCH, OPERATIONS, READY, RECOMMEND
from playlist_api.server import problems
from playlist_api.server.bodies import Body, Receive, read_body
from playlist_api.server.bounds import Bounds
from playlist_api.server.drain import Draining
from playlist_api.server.flask_threads import BusyError, FlaskThreads, WsgiAnswer, answer_now
from playlist_api.server.hot_route import Headers, HotRoute
from playlist_api.server.leaving import has_left

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A request with a longer body, or with more texts in it, is one with many songs.
_SHORT_BYTES, _SHORT_QUOTES = 2048, 80


class Application:
    """What uvicorn calls, once per request.

    Attributes:
        bounds: of each connection.
        draining: whether clients are being sent away.
        observer: notes requests.
    """

    def __init__(self, app: Flask) -> None:
        """Serve an app that ``create_app`` made."""
        context: Context = app.extensions[EXTENSION]
        settings = context.settings
        self.bounds = Bounds.of(settings, settings.metrics_port)
        self.draining = Draining()
        self.observer = context.observer
        self._app = app
        self._operations = create_operations_app(app)
        self._hot = HotRoute(context)
        self._hot_urls = frozenset(path.encode() for path in self._hot.paths)
        self._threads = FlaskThreads(settings.threads, settings.max_waiting)
        self._quick = {f"{base}{path}" for path in (LIVE, READY) for base in ("", settings.base_path)}
        self._spared = {f"{settings.base_path}{path}".encode() for path in OPERATIONS}
        # A body too large for the loop is one with many songs; a batch is many requests.
        self._long = tuple(f"{settings.base_path}{path}" for path in (RECOMMEND, BATCH, MATCH))

    def listen_for_operations(self, port: int) -> None:
        """Answer /metrics and probes on this port alone, where settings leave the port to the system."""
        self.bounds = replace(self.bounds, spared_port=port)

    def close(self) -> None:
        """End: write what is left of the log, send what is left of traces, and be found by no drain any more."""
        self.observer.close()
        self.draining.withdraw()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await read_body(scope["headers"], receive, self.bounds.body_bytes)
        if body is None:
            return
        if self._is_hot(scope):
            answer = self._hot.answer(scope["path"], scope["headers"], body.content)
            if answer is not None:
                await self._send(send, 200, *answer, closes=not body.is_whole)
                return
        try:
            answered = await self._by_flask(scope, body, receive)
        except BusyError:
            await self._refuse(send, scope, problems.TOO_BUSY)
            return
        if answered is None:
            self.note_closed("client_left")
            return
        await self._send(send, answered.status, answered.headers, answered.content, closes=not body.is_whole)

    def is_hot(self, url: bytes) -> bool:
        """Tell whether a POST to a URL may be answered without Flask; on the port of metrics alone, none is."""
        return url in self._hot_urls

    def answer_at_once(self, url: bytes, headers: Headers, body: bytes) -> tuple[Headers, bytes] | None:
        """Return the headers and the body of an answer with status 200; None where ``__call__`` has to answer."""
        try:
            return self._hot.answer(url.decode(), headers, body)
        except Exception:  # noqa: BLE001 - it will happen again there, and be logged and answered with 500
            return None

    async def refuse(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a request on one connection too many."""
        self.note_closed("too_many")
        await self._refuse(send, scope, problems.TOO_MANY)

    def is_spared(self, url: bytes) -> bool:
        """Tell whether a URL is answered however many connections there are: or the pod would be taken for dead."""
        return self.bounds.spared_port is None and url in self._spared

    def note_closed(self, reason: str) -> None:
        """Count a connection that was closed."""
        self.observer.metrics.count_closed(reason)

    def note_failure(self, reason: str, status: int, request_id: str) -> None:
        """Count and log a request that never became one."""
        self.note_closed(reason)
        self.observer.note(Answered(NO_REQUEST, None, reason, status, 0.0, request_id))

    def _is_hot(self, scope: Scope) -> bool:
        return (
            scope["path"] in self._hot.paths
            and scope["method"] == "POST"
            and not scope["query_string"]
            and scope["server"][1] != self.bounds.spared_port
        )

    async def _by_flask(self, scope: Scope, body: Body, receive: Receive) -> WsgiAnswer | None:
        is_operations = scope["server"][1] == self.bounds.spared_port
        app = self._operations if is_operations else self._app
        path: str = scope["path"]
        if path in self._quick and not body.content:
            return answer_now(app, scope, b"")
        is_long = scope["method"] == "POST" and path.startswith(self._long) and _is_long(scope, body)
        return await self._threads.answer(app, scope, body.content, partial(has_left, receive), is_long=is_long)

    async def _refuse(self, send: Send, scope: Scope, detail: str) -> None:
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = request_id_of(given.decode("latin-1"))
        self.observer.note(Answered(scope["method"], None, scope["path"], 503, 0.0, request_id))
        content = problems.problem_content(503, detail, request_id)
        headers = problems.problem_headers(content, request_id, retry_after_s=1)
        await self._send(send, 503, headers, content, closes=False)

    async def _send(self, send: Send, status: int, headers: Headers, content: bytes, *, closes: bool) -> None:
        if closes or self.draining.is_active:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _is_long(scope: Scope, body: Body) -> bool:
    if scope["path"].rstrip("/").endswith(BATCH) or len(body.content) > _SHORT_BYTES:
        return True
    # Compressed, few bytes may be many songs.
    return body.content.count(b'"') > _SHORT_QUOTES or any(name == b"content-encoding" for name, _ in scope["headers"])
