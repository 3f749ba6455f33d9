"""One HTTP request and its whole answer, without retries, redirects or cookies."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import Final

import requests

from playlist_client.address import is_this_host, shown_url
from playlist_client.environment import check_bundle, check_proxy
from playlist_client.errors import ForeignAnswerError
from playlist_client.failures import failure

JSON_TYPE: Final = "application/json"
_MAX_ANSWER_BYTES = 32 * 2**20
_CHUNK_BYTES = 2**16


@dataclass(frozen=True)
class Reply:
    """A whole answer.

    Attributes:
        status: of HTTP.
        headers: names in any case.
        content: the body, decoded.
        seconds: from before the request, with the connection where a new one was made, to the last byte.
        base: the address that was asked, with user and password if it has some.
        path: that was asked below it.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float
    base: str
    path: str


class _Session(requests.Session):
    """A session without redirects: requests prepares even those that it is not to follow, and may fail at that."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return no target."""


class Transport:
    """Connections to one address; belongs to one thread."""

    def __init__(self, url: str, timeout_s: float, keep_alive: bool = True) -> None:
        """Get ready; nothing is sent.

        Args:
            url: base address.
            timeout_s: for a connection, for each part of an answer, and for the whole of it.
            keep_alive: whether a connection is kept for the next request; otherwise each request opens its own.

        Raises:
            UsageError: the environment names a proxy or certificates that can't be used.
        """
        self._url = url
        self._timeout_s = timeout_s
        self._keep_alive = keep_alive
        self._has_answered = False
        self._session = _Session()
        # Read once: proxies and certificates from the environment, not from files on each request.
        self._settings = self._session.merge_environment_settings(url, {}, True, None, None)
        if is_this_host(url):
            self._settings["proxies"] = {}
        check_proxy(url, self._settings["proxies"])
        check_bundle(url, self._settings["verify"])
        self._session.trust_env = False
        # A cookie could tie all requests to one server, and hide what the others answer.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = _user_agent()
        if not keep_alive:
            self._session.headers["Connection"] = "close"

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        self._session.close()

    def exchange(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send one request and read its answer.

        Raises:
            UnreachableError: no connection came about.
            TimedOutError: not all of the answer came in time.
            DroppedError: the connection ended before the answer did.
            ForeignAnswerError: the answer is larger than any of the API's.
        """
        headers = {"Content-Type": JSON_TYPE} if body is not None else {}
        request = requests.Request(method, self._url + path, params=query, data=body, headers=headers)
        started = time.perf_counter()
        try:
            prepared = self._session.prepare_request(request)
            response = self._session.send(prepared, timeout=self._timeout_s, allow_redirects=False, **self._settings)
            self._has_answered = True
            content = self._content(response, started)
            seconds = time.perf_counter() - started
        except (requests.RequestException, OSError, ValueError) as error:
            raise failure(error, self._url, self._timeout_s, self._has_answered) from error
        finally:
            if not self._keep_alive:
                self._session.close()
        return Reply(response.status_code, response.headers, content, seconds, self._url, path)

    def _content(self, response: requests.Response, started: float) -> bytes:
        content = bytearray()
        while chunk := self._chunk(response):
            content += chunk
            # requests counts its timeout anew for each part; an answer that comes in drops must end too.
            if time.perf_counter() - started > self._timeout_s:
                response.close()
                raise requests.Timeout
            if len(content) > _MAX_ANSWER_BYTES:
                response.close()
                raise ForeignAnswerError(f"{shown_url(self._url)} is not a recommendation API: its answer is too large")
        return bytes(content)

    @staticmethod
    def _chunk(response: requests.Response) -> bytes:
        """Return what has come in, at most a chunk of it: iter_content waits until a chunk is full."""
        try:
            return response.raw.read1(_CHUNK_BYTES, decode_content=True)
        except Exception as error:
            # Not requests' own, which is not asked here; the cause tells what it was.
            raise requests.ConnectionError from error


@cache
def _user_agent() -> str:
    return f"playlist-client/{version('playlist-client')}"
