"""HTTP/1.1 on one connection: uvicorn's protocol, with bounds on bytes, and an answer to whatever is not HTTP.

uvicorn itself takes headers without end and requests in advance without number, loses the body of a request that also
asks for another protocol, and answers what it can't parse before what came before it.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from playlist_api.middleware.request_log import new_request_id
from playlist_api.server import problems
from playlist_api.server.bounds import Bounds
from playlist_api.server.heads import end_of_piece, head_without_upgrade, is_unambiguous
from playlist_api.server.joined_writes import JoinedWrites

# No more than this is parsed while an earlier request is answered: thousands of tiny ones fit into one read.
_PIECE_BYTES = 4096
# Of a body; what follows it may be tiny requests again.
_BODY_PIECE_BYTES = 16_384
_VERSIONS = frozenset({"1.0", "1.1"})
# Each costs the loop's time, however short it is; browsers and proxies together send some thirty.
_MOST_HEADERS = 100
# How long, and how much, a client may go on sending that was refused: closed at once, it would not see the answer.
_LINGER_S = 2.0
_LINGER_BYTES = 2**20
# Chunks of a byte each are framed by five more, and what is too large by little is read to its end.
_FRAMING, _FRAMING_BYTES = 8, 2**19


class Phase(Enum):
    """What is arriving."""

    NOTHING = 0
    HEADERS = 1
    BODY = 2


class _Flow(FlowControl):
    """Reads nothing more while there is something unread: a cycle of uvicorn's that waits for a body reads on."""

    def __init__(self, transport: Any, may_read: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._may_read = may_read

    def resume_reading(self) -> None:
        """Read on, if all that was read has been parsed."""
        if self._may_read():
            super().resume_reading()


class PipelinedProtocol(HttpToolsProtocol):
    """One connection. ``config.app`` is the ``asgi.Application``; it has the bounds, and notes what was refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._application = self.app
        self._bounds: Bounds = self.app.bounds
        self._piece_bytes = min(_PIECE_BYTES, self._bounds.header_bytes)
        self._body_piece_bytes = min(_BODY_PIECE_BYTES, self._bounds.header_bytes)
        self._phase = Phase.NOTHING
        self._since = self.loop.time()
        self._has_asked = False
        self._is_refused = False
        self._is_spared = False
        self._is_half_closed = False
        self._begun = 0  # requests that began within the piece that is parsed
        self._header_bytes = 0
        self._body_bytes = 0
        self._unread = bytearray()
        self._running: RequestResponseCycle | None = None
        # Set once nothing more is taken from this client: the answer that is still owed, and until when it is heard.
        self._failure: bytes | None = None
        self._failure_note = ("", 0, "")
        self._lingers_until: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or decide to refuse it once its request is read."""
        super().connection_made(transport)
        self.flow = _Flow(transport, lambda: not self._unread)
        self._is_spared = self.server is not None and self.server[1] == self._bounds.spared_port
        if len(self.connections) > self._bounds.connections and not self._is_spared:
            self._is_refused = True
            if len(self.connections) > 2 * self._bounds.connections:
                self._application.note_closed("too_many")
                transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all requests that nobody waits for their answers; uvicorn itself tells the last one alone."""
        self._unread.clear()
        waiting = [cycle for cycle, _ in self.pipeline]
        for cycle in [self._running, *waiting]:
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, as far as it may be."""
        if self._failure is not None or self._lingers_until is not None:
            self._body_bytes += len(data)
            if self._body_bytes > _LINGER_BYTES:
                self.transport.abort()
            return
        self._unread += data
        self._parse()

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's own type
        """Go on answering a client that has said all it wants to say."""
        if self._phase is Phase.BODY and self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()  # cut off, and behind others that are whole: they will be answered
            self._phase = Phase.NOTHING
        if self._phase is not Phase.BODY and self._is_answering():
            self._phase = Phase.NOTHING
            self._is_half_closed = True
            for cycle in (self._running, *(cycle for cycle, _ in self.pipeline)):
                transport: object = cycle and cycle.transport
                if isinstance(transport, JoinedWrites):
                    transport.is_half_closed = True
            return True
        return False

    def on_message_begin(self) -> None:
        """Begin with a request's headers."""
        super().on_message_begin()
        self._phase = Phase.HEADERS
        self._since = self.loop.time()
        self._has_asked = True
        self._begun += 1
        self._header_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind a chunked body is none."""
        if self._phase is Phase.HEADERS:
            # White space behind a value is no part of it (RFC 9110, 5.5), and the parser leaves it there.
            super().on_header(name, value.rstrip(b" \t"))
            if len(self.headers) > _MOST_HEADERS:
                raise httptools.HttpParserError

    def on_headers_complete(self) -> None:
        """Begin with a request's body, and to answer; what stands behind an answer that closes is passed over."""
        if self.transport.is_closing():
            self._phase = Phase.NOTHING
            return
        if self.parser.should_upgrade():
            return  # the parser would leave the body out; see _without_upgrade
        if self.parser.get_http_version() not in _VERSIONS:
            raise httptools.HttpParserError  # HTTP/0.9 has neither headers nor a status
        if not is_unambiguous(self.parser.get_http_version(), self.headers):
            raise httptools.HttpParserError
        if self.parser.get_http_version() == "1.0":
            self.expect_100_continue = False  # it would take 100 for the answer (RFC 9110, 10.1.1)
        is_refused = self._is_refused and not self._application.is_spared(self.url)
        self.app = self._application.refuse if is_refused else self._application
        super().on_headers_complete()
        # Its task has not begun yet.
        self.cycle.transport = JoinedWrites(self.transport)  # type: ignore[assignment]
        self._phase = Phase.BODY
        self._body_bytes = 0
        if is_refused:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if self._phase is Phase.BODY:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has arrived."""
        if self._phase is Phase.BODY:
            self._phase = Phase.NOTHING
            self._since = self.loop.time()
            super().on_message_complete()
            if not self.parser.should_keep_alive():  # a trailer may say so, and the parser is deaf from then on
                self.cycle.keep_alive = False
                if self.cycle.response_complete:
                    self.transport.close()

    def on_response_complete(self) -> None:
        """Go on with what the client has sent meanwhile, or wait for it; uvicorn's own makes a timer per request."""
        self.server_state.total_requests += 1
        if self._running is not None:
            self._running.transport.flush()  # type: ignore[attr-defined]
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._failure is not None:
            self._send_failure()
        elif self._is_half_closed:
            self.transport.close()
        elif self._phase is Phase.NOTHING:
            self._since = self.loop.time()
        if not self.pipeline and self._failure is None:
            self.flow.resume_reading()
            if self._unread:  # with the rest of the request that was begun just now, it may be
                self.loop.call_soon(self._parse)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _parse(self) -> None:
        while self._may_go_on():
            before = self._phase
            size = self._body_piece_bytes if before is Phase.BODY else self._piece_bytes
            size = end_of_piece(self._unread, size)
            self._begun = 0
            piece = bytes(self._unread[:size])
            del self._unread[:size]
            if before is Phase.BODY:
                self._body_bytes += len(piece)
                if self._body_bytes > _FRAMING * self._bounds.body_bytes + _FRAMING_BYTES:
                    self._fail("body_too_large", 413, problems.BODY_TOO_LARGE)
                    return
            try:
                self._feed(piece)
            except httptools.HttpParserUpgrade as upgrade:
                self._unread[:0] = self._without_upgrade() + piece[upgrade.args[0] :]
            except httptools.HttpParserError:
                if not self.transport.is_closing():
                    self._fail_to_parse()
            else:
                self._count_header(len(piece), before)
        if self._unread:
            self.flow.pause_reading()
        elif not self.pipeline and not self.transport.is_closing():
            self.flow.resume_reading()

    def _may_go_on(self) -> bool:
        return bool(self._unread and not self.pipeline and self._failure is None and not self.transport.is_closing())

    def _feed(self, piece: bytes) -> None:
        self.parser.feed_data(piece)

    def _without_upgrade(self) -> bytes:
        """Return the headers that were parsed, without the wish for another protocol: none is spoken here.

        Java's HttpClient, for one, asks every server whether it speaks HTTP/2.
        """
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"CONNECT" or version not in _VERSIONS:
            self._fail("bad_request", 400, problems.BAD_REQUEST)
            return b""
        self.parser = httptools.HttpRequestParser(self)
        # As uvicorn's own: what stands behind a request that closes is no error.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return head_without_upgrade(method, self.url, version, self.headers)

    def _count_header(self, size: int, before: Phase) -> None:
        if self._phase is Phase.HEADERS:
            # A piece that held the end of another request as well tells nothing: this one's headers begin in it.
            if self._begun == (1 if before is Phase.NOTHING else 0):
                self._header_bytes += size
            if self._header_bytes > self._bounds.header_bytes:
                self._fail("headers_too_large", 431, problems.HEADERS_TOO_LARGE.format(self._bounds.header_bytes))

    def _fail_to_parse(self) -> None:
        if self._phase is Phase.HEADERS and len(self.headers) > _MOST_HEADERS:
            self._fail("headers_too_large", 431, problems.TOO_MANY_HEADERS.format(_MOST_HEADERS))
        else:
            self._fail("bad_request", 400, problems.BAD_REQUEST)

    def _fail(self, reason: str, status: int, detail: str) -> None:
        """Take nothing more from the client; tell it why, once what it asked before is answered."""
        request_id = new_request_id()
        self._failure_note = (reason, status, request_id)
        self._failure = problems.raw_problem(status, detail, request_id)
        self._unread.clear()
        self._body_bytes = 0
        is_cut = self._phase is Phase.BODY
        self._phase = Phase.NOTHING
        if is_cut and self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()  # it waits behind others; they will be answered
        elif is_cut and not self.cycle.response_started:
            self.cycle.disconnected = True  # whoever waits for its body gives up
            self.cycle.message_event.set()
            self._send_failure()
        elif not self._is_answering():
            self._send_failure()

    def _send_failure(self) -> None:
        if self._failure is not None and not self.transport.is_closing():
            self.transport.write(self._failure)
            self._application.note_failure(*self._failure_note)
            self.flow.resume_reading()
            self._lingers_until = self.loop.time() + _LINGER_S
            if self.transport.can_write_eof():
                self.transport.write_eof()
