"""Sending the head of an answer with its body: uvicorn writes them one after the other, in two packets."""

from typing import Any

_INTERIM = b"HTTP/1.1 1"


class JoinedWrites:
    """The transport of one answer, as uvicorn's cycle uses it.

    Attributes:
        is_half_closed: whether the client has closed its side, so that it waits for the answer or has given up.
    """

    __slots__ = ("_had_head", "_head", "_transport", "is_closing", "is_half_closed")

    def __init__(self, transport: Any) -> None:
        """Write to a transport."""
        self._transport = transport
        self._head = b""
        self._had_head = False
        self.is_half_closed = False
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Write, or keep the head until the next write."""
        if self._had_head or data.startswith(_INTERIM):
            self._transport.write(self._head + data)
            self._head = b""
        else:
            self._head, self._had_head = data, True

    def flush(self) -> None:
        """Write the head of an answer without a body."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        """Close, once all is written."""
        self.flush()
        self._transport.close()
