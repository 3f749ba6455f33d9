"""From what requests raises to one sentence that says what to do."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from playlist_client.address import shown_url
from playlist_client.errors import DroppedError, ForeignAnswerError, TimedOutError, UnreachableError


class _Kind(NamedTuple):
    causes: tuple[type[BaseException], ...]
    error: type[UnreachableError]
    sentence: str


# requests wraps what happened in layers that differ by when it happened, so the whole chain of causes is looked at;
# the first line with one of them says it.
_KINDS = (
    _Kind((socket.gaierror,), UnreachableError, "can't resolve {host}; check --url"),
    _Kind(
        (ssl.SSLError, requests.exceptions.SSLError),
        UnreachableError,
        "can't verify {where}: {words}; set REQUESTS_CA_BUNDLE to a file of trusted certificates",
    ),
    _Kind(
        (requests.exceptions.ProxyError,),
        UnreachableError,
        "the proxy can't reach {where}; check HTTP_PROXY, HTTPS_PROXY and NO_PROXY",
    ),
    _Kind(
        (ConnectionRefusedError,),
        UnreachableError,
        "nothing answers at {where}; start the API there or check --url",
    ),
    _Kind(
        (requests.Timeout, TimeoutError),
        TimedOutError,
        "{where} did not answer within {timeout_s:g} s; retry, or raise --timeout",
    ),
    _Kind(
        (ConnectionResetError, BrokenPipeError, http.client.HTTPException, requests.exceptions.ChunkedEncodingError),
        DroppedError,
        "{where} closed the connection before the answer was complete; retry",
    ),
    _Kind(
        (requests.exceptions.ContentDecodingError,),
        ForeignAnswerError,
        "{where} is not a recommendation API: its answer can't be decoded",
    ),
)
_UNKNOWN = _Kind((), UnreachableError, "nothing answers at {where}: {words}")


def failure(error: Exception, url: str, timeout_s: float) -> UnreachableError:
    """Return what to raise for an error of requests."""
    causes = list(_causes(error))
    known = (kind for kind in _KINDS if any(isinstance(cause, kind.causes) for cause in causes))
    kind = next(known, _UNKNOWN)
    host = urlsplit(url).hostname
    return kind.error(kind.sentence.format(where=shown_url(url), host=host, timeout_s=timeout_s, words=_words(causes)))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, outermost first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(causes: list[BaseException]) -> str:
    """Return the words of the system where there are some: ``Network is unreachable`` not a chain of classes."""
    said = [getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) for cause in causes]
    return next((str(words) for words in reversed(said) if words), type(causes[0]).__name__)
