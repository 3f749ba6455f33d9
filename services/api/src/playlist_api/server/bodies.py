"""Reading a request's body before anybody works on it, so that a slow client holds nobody up."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Body:
    """What came of a body.

    Attributes:
        content: the bytes; one more than the limit at most.
        is_whole: whether the client has sent all of it; else its connection can't be used again.
    """

    content: bytes
    is_whole: bool


async def read_body(headers: Iterable[tuple[bytes, bytes]], receive: Receive, limit: int) -> Body | None:
    """Read a body; None where the client went away.

    Of one that is too large, the rest is read and forgotten where that is not too much: most clients look at an
    answer only once they have sent everything.
    """
    if _announced(headers) > 2 * limit:
        return Body(bytes(limit + 1), is_whole=False)
    message = await receive()
    if message["type"] != "http.request":
        return None
    if not message["more_body"]:  # the way of nearly all requests
        return Body(message["body"][: limit + 1], is_whole=True)
    content, size = bytearray(message["body"]), len(message["body"])
    while message["more_body"]:
        if size > 2 * limit:
            return Body(bytes(content), is_whole=False)
        message = await receive()
        if message["type"] != "http.request":
            return None
        size += len(message["body"])
        content += message["body"][: limit + 1 - len(content)] if len(content) <= limit else b""
    return Body(bytes(content[: limit + 1]), is_whole=True)


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b"content-length":
            return int(value)
    return 0
