"""Small recommendations without a task of their own: what came whole with one read is answered by one write.

uvicorn makes a task, a scope and five awaits of every request; for one that the event loop answers at once, those cost
as much as its answer. Whatever is not plain goes uvicorn's way: it is held back until the parser has seen all that
came, and is passed on then as if it had not been.
"""

from playlist_api.server.heads import is_unambiguous
from playlist_api.server.protocol import Phase, PipelinedProtocol


class DirectProtocol(PipelinedProtocol):
    """One connection; at most one request of each piece is answered directly, so that other clients get their turn."""

    # The body, as far as it has come, of a request that uvicorn does not know of yet; None where there is none.
    _held: list[bytes] | None = None
    _has_answered = False

    def on_headers_complete(self) -> None:
        """Hold a request back that may be answered directly."""
        if not self.transport.is_closing() and self._may_be_direct():
            self._held = []
            self._phase = Phase.BODY
            self._body_bytes = 0
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if self._held is None:
            super().on_body(body)
        else:
            self._held.append(body)

    def on_message_complete(self) -> None:
        """Answer directly, or let uvicorn go on."""
        if self._held is not None and self._answer(b"".join(self._held)):
            self._held = None
            self._has_answered = True
            self._phase = Phase.NOTHING
            self._since = self.loop.time()
            self.server_state.total_requests += 1
            return
        self._pass_on()
        super().on_message_complete()

    def _parse(self) -> None:
        self._has_answered = False
        super()._parse()
        if self._has_answered and super()._may_go_on():
            self.loop.call_soon(self._parse)

    def _may_go_on(self) -> bool:
        return super()._may_go_on() and not self._has_answered

    def _feed(self, piece: bytes) -> None:
        try:
            super()._feed(piece)
        finally:
            self._pass_on()

    def _may_be_direct(self) -> bool:
        return (
            self._application.is_hot(self.url)
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and is_unambiguous("1.1", self.headers)
            and not (self._has_answered or self._is_refused or self._is_spared or self.expect_100_continue)
            and not (self.pipeline or self._is_answering() or self.flow.write_paused)
        )

    def _answer(self, body: bytes) -> bool:
        """Write the answer; False where there is none to be had at once."""
        found = self._application.answer_at_once(self.url, self.headers, body)
        if found is None:
            return False
        headers, content = found
        is_kept = self.parser.should_keep_alive() and not self._application.draining.is_active
        lines = [b"%b: %b\r\n" % pair for pair in (*self.server_state.default_headers, *headers)]
        end = b"\r\n" if is_kept else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((b"HTTP/1.1 200 OK\r\n", *lines, end, content)))
        if not is_kept:
            self.transport.close()
        return True

    def _pass_on(self) -> None:
        """Let uvicorn know of what was held back."""
        if self._held is not None:
            parts, self._held = self._held, None
            super().on_headers_complete()
            for part in parts:
                super().on_body(part)
