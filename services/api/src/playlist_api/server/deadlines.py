"""What one connection may take of time; uvicorn itself bounds nothing but idling.

A connection is always in one of three phases: its next request's headers are arriving, its body is, or nothing is.
``check``, called for every connection several times a second, ends what takes too long; a client that sends a byte now
and then gains no time by it.
"""

from typing import Any

from playlist_api.server import problems
from playlist_api.server.direct_answers import DirectProtocol
from playlist_api.server.protocol import Phase

# A refused connection has less time, or refusing would be no relief.
_REFUSED_S = 2.0


class BoundedProtocol(DirectProtocol):
    """One connection that can be looked at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unsent_since: float | None = None

    def check(self, now: float) -> None:
        """End what takes too long; ``now`` is the loop's time."""
        if self.transport.get_write_buffer_size():
            self._check_departure(now)
            return
        self._unsent_since = None
        if self.transport.is_closing():
            return
        if self._lingers_until is not None:
            if now > self._lingers_until:
                self.transport.abort()
        elif self.flow.read_paused:
            self._since = now  # the client waits for us
        elif self._phase is not Phase.NOTHING:
            self._check_arrival(now - self._since)
        elif not self._is_answering() and now - self._since > self._silence_s():
            self.transport.close()

    def is_idle(self, now: float, for_s: float) -> bool:
        """Tell whether nothing is arriving, being answered or on its way out, and hasn't been for a while."""
        return (
            self._phase is Phase.NOTHING
            and not self._is_answering()
            and not self._unread
            and not self.transport.get_write_buffer_size()
            and now - self._since >= for_s
        )

    def _silence_s(self) -> float:
        """Return how long nothing at all may come."""
        if self._has_asked:
            return self._bounds.idle_s
        return _REFUSED_S if self._is_refused else self._bounds.header_s

    def _check_departure(self, now: float) -> None:
        if self._unsent_since is None:
            self._unsent_since = now
        elif now - self._unsent_since > self._bounds.answer_s:
            self._application.note_closed("answer_not_taken")
            self.transport.abort()

    def _check_arrival(self, took_s: float) -> None:
        allowed_s = self._bounds.header_s if self._phase is Phase.HEADERS else self._bounds.request_s
        if self._is_refused:
            allowed_s = min(allowed_s, _REFUSED_S)
        if took_s > allowed_s:
            self._fail("too_late", 408, problems.TOO_LATE.format(allowed_s))
