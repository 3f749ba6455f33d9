"""From what requests raises to one sentence that says what to do."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3

from playlist_client.address import shown_url
from playlist_client.errors import DroppedError, ForeignAnswerError, TimedOutError, UnreachableError


class _Kind(NamedTuple):
    causes: tuple[type[BaseException], ...]
    error: type[UnreachableError]
    sentence: str


# What OpenSSL finds where the other side answers in HTTP; the name depends on its version.
_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
# OpenSSL's codes for a certificate of another host, and of another IP address.
_OTHER_NAME = {62, 64}
# requests wraps what happened in layers that differ by when it happened, so the whole chain of causes is looked at;
# the first line with one of them says it.
_KINDS = (
    _Kind((socket.gaierror,), UnreachableError, "can't resolve {host}; check --url or PLAYLIST_URL"),
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
        "nothing answers at {where}; start the API there, or check --url or PLAYLIST_URL",
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
        (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError),
        ForeignAnswerError,
        "{where} is not a recommendation API: its answer can't be decoded",
    ),
)
_UNKNOWN = _Kind((), UnreachableError, "nothing answers at {where}: {words}")


def failure(error: Exception, url: str, timeout_s: float, has_answered: bool) -> UnreachableError:
    """Return what to raise for an error of requests.

    Args:
        error: that requests raised.
        url: base address.
        timeout_s: that was set.
        has_answered: whether anything at that address has begun an answer so far.
    """
    causes = list(_causes(error))
    known = (kind for kind in _KINDS if any(isinstance(cause, kind.causes) for cause in causes))
    kind = next(known, _UNKNOWN)
    where, host = shown_url(url), urlsplit(url).hostname
    sentence = _sentence_of_tls(causes) or kind.sentence
    if kind.error is DroppedError and url.startswith("http:") and not has_answered:
        sentence += ", or is it https://?"
    return kind.error(sentence.format(where=where, host=host, timeout_s=timeout_s, words=_words(causes)))


def _sentence_of_tls(causes: list[BaseException]) -> str:
    """Return what is wrong with a connection of TLS where certificates are not to blame, or not their issuer."""
    if any(getattr(cause, "reason", None) in _NO_TLS for cause in causes if isinstance(cause, ssl.SSLError)):
        return "{where} doesn't speak TLS; try http:// instead of https://"
    if any(getattr(cause, "verify_code", None) in _OTHER_NAME for cause in causes):
        return "can't verify {where}: {words}; use a name that the certificate has"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, outermost first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(causes: list[BaseException]) -> str:
    """Return the words of the system where there are some: ``Network is unreachable`` not a chain of classes."""
    said = [getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) for cause in causes]
    return next((str(words).rstrip(".") for words in reversed(said) if words), type(causes[0]).__name__)
