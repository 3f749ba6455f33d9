"""Problems that are answered before a request gets to Flask, in the form that ``errors`` gives all others."""

from http import HTTPStatus

from playlist_api.errors import problem_document
from playlist_api.responses import encode

BAD_REQUEST = (
    "The request is not HTTP/1.1: send a request line, headers with one Host, and a body whose length is as announced."
)
HEADERS_TOO_LARGE = "The request line and headers exceed the {} bytes allowed: send a shorter query or fewer headers."
TOO_MANY_HEADERS = "The request has more than {} headers: send fewer."
BODY_TOO_LARGE = "The body is larger than allowed, with what frames it: send fewer or shorter songs."
TOO_LATE = "The request did not arrive in full within {:g} seconds: send it faster, or less of it."
TOO_MANY = "The server has as many connections as it takes: ask again in a second."
TOO_BUSY = "The server has as many long requests to answer as it takes: ask again in a second."


def problem_content(status: int, detail: str, request_id: str) -> bytes:
    """Return the body of a problem document."""
    return encode(problem_document(status, detail, request_id)).encode()


def problem_headers(content: bytes, request_id: str, retry_after_s: int | None = None) -> list[tuple[bytes, bytes]]:
    """Return the headers of a problem document that ends its connection."""
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    return headers


def raw_problem(status: int, detail: str, request_id: str) -> bytes:
    """Return a whole HTTP/1.1 answer, for a connection that is then closed."""
    content = problem_content(status, detail, request_id)
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in problem_headers(content, request_id)]
    return b"\r\n".join([*lines, b"", content])
