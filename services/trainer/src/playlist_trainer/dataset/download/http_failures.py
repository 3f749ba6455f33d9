"""What went wrong with a request, in a sentence of our own.

The texts of requests' and urllib3's exceptions hold URLs with their query and headers with their value, so none of
them is ever passed on.
"""

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import requests
from urllib3 import exceptions as transport

from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError, TrainerError
from playlist_trainer.settings import names_of

_E = TypeVar("_E", bound=BaseException)
_CHECK_URL = f"check {names_of('dataset_url')}"
_CHECK_CREDENTIALS = (
    f"check the credentials in dataset.headers / {names_of('dataset_headers_file')}, "
    "or in the URL (a presigned one expires)"
)
_HINTS = {
    401: _CHECK_CREDENTIALS,
    403: _CHECK_CREDENTIALS,
    407: "check the credentials in HTTP_PROXY / HTTPS_PROXY",
}
# The first that fits: a name that did not resolve is also a connection that was not made.
_MAY_PASS_BY_KIND: Mapping[type[BaseException], str] = {
    transport.ProxyError: "can't be reached by the proxy in HTTP_PROXY / HTTPS_PROXY: check it, or try again later",
    transport.NameResolutionError: f"has a host name that did not resolve: try again later, or {_CHECK_URL}",
    ConnectionRefusedError: f"refused the connection: try again later, or {_CHECK_URL}",
    requests.exceptions.ConnectTimeout: f"did not take the connection in time: try again later, or {_CHECK_URL}",
    transport.ReadTimeoutError: "was silent for too long: try again later",
    transport.NewConnectionError: f"can't be reached from here: try again later, or {_CHECK_URL}",
    ssl.SSLError: f"broke off TLS: try again later, or {_CHECK_URL}",
}
# What OpenSSL calls an answer that is plain HTTP, by its versions.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_SPEAKS_NO_TLS = f"did not answer in TLS: it seems not to speak it; try http://, or {_CHECK_URL}"
_BAD_PROXY = "the proxy in HTTP_PROXY / HTTPS_PROXY is not an http(s) address: correct or unset it"
_BROKEN_OFF = "broke off the connection: try again later"
_MAY_PASS = frozenset({304, 408, 429})


class AskedToWaitError(DatasetUnavailableError):
    """The server said when to come back; only between an attempt and the next."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def failure_from_status(shown: str, status: int, headers: Mapping[str, str]) -> TrainerError:
    """Return the error for an answer that is no dataset.

    Args:
        shown: public form of the URL that answered.
        status: the HTTP status.
        headers: of the answer.
    """
    found = f"{shown} answered {status}{_phrase(status)}"
    if status in _MAY_PASS or status >= 500:
        retry_after_s = _retry_after_s(headers.get("Retry-After", ""))
        return AskedToWaitError(f"{found}, expected 200: try again later", retry_after_s)
    return DatasetError(f"{found}, expected 200: {_HINTS.get(status, _CHECK_URL)}")


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        return ""


def _retry_after_s(text: str) -> float:
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (aware - datetime.now(UTC)).total_seconds())


def failure_from_exception(shown: str, error: Exception) -> TrainerError:
    """Return the error for a request that got no whole answer.

    Args:
        shown: public form of the URL that was asked.
        error: what requests, urllib3 or the socket raised.
    """
    certificate = _cause(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        reason = certificate.verify_message
        return DatasetError(
            f"{shown} has a certificate that can't be trusted ({reason}): {_CHECK_URL}, "
            "or name the authority that signed it in PLAYLIST_DATASET_CA_BUNDLE"
        )
    if _cause(error, requests.exceptions.InvalidProxyURL) or _cause(error, requests.exceptions.InvalidSchema):
        return SettingError(_BAD_PROXY)
    if _cause(error, transport.LocationValueError) or _cause(error, requests.exceptions.InvalidURL):
        return DatasetError(
            f"{shown} can't be asked: its host or the proxy in HTTP_PROXY has no valid name; {_CHECK_URL}"
        )
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        # Our own URL was parsed before; a proxy's is first parsed here, by whoever uses it.
        return SettingError(_BAD_PROXY)
    tls = _cause(error, ssl.SSLError)
    if tls is not None and tls.reason in _NO_TLS and not _cause(error, transport.ProxyError):
        return DatasetUnavailableError(f"{shown} {_SPEAKS_NO_TLS}")
    found = next((sentence for kind, sentence in _MAY_PASS_BY_KIND.items() if _cause(error, kind)), _BROKEN_OFF)
    return DatasetUnavailableError(f"{shown} {found}")


def _cause(error: BaseException, kind: type[_E]) -> _E | None:
    """Find the exception that was wrapped, be it as cause, as ``reason`` or among the arguments."""
    waiting: list[object] = [error]
    seen: list[BaseException] = []
    while waiting:
        found = waiting.pop()
        if isinstance(found, kind):
            return found
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            waiting += [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
    return None
