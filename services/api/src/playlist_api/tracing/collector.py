"""Whoever collects spans: OTLP over HTTP, a connection per batch."""

import gzip
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from playlist_api.tracing.spans import Ended, attribute, fill

_PATH = "/v1/traces"
# What the protocol says is worth another try.
_TRANSIENT = frozenset({429, 502, 503, 504})
_ANSWER_BYTES = 65_536
# Longer than this no collector is left alone, whatever it wishes.
_MOST_RETRY_S = 60.0
# Of what a collector says, in the log.
_SHOWN = 200


class ExportError(Exception):
    """A batch was not taken.

    Attributes:
        is_transient: whether it may be taken later.
        retry_s: when the collector wants it again, in seconds; None where it says nothing.
    """

    def __init__(self, message: str, *, is_transient: bool, retry_s: float | None = None) -> None:
        super().__init__(message)
        self.is_transient = is_transient
        self.retry_s = retry_s


class Collector:
    """Takes batches of spans.

    Attributes:
        endpoint: its address, as settings have it.
    """

    def __init__(self, endpoint: str, headers: Mapping[str, str], resource: Mapping[str, str]) -> None:
        """Talk to nobody yet.

        Args:
            endpoint: an http or https address; the protocol's path is added.
            headers: sent with each batch.
            resource: what the spans' process is, by OpenTelemetry's names.
        """
        self.endpoint = endpoint
        self._url = urlsplit(endpoint)
        self._headers = {**headers, "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        self._resource = Resource(attributes=[attribute(key, value) for key, value in resource.items()])
        self._tls = ssl.create_default_context() if self._url.scheme == "https" else None

    def encode(self, batch: Iterable[Ended]) -> bytes:
        """Return a batch of spans as it is sent."""
        request = ExportTraceServiceRequest()
        scope = request.resource_spans.add(resource=self._resource).scope_spans.add()
        scope.scope.name = "playlist_api"
        for ended in batch:
            fill(scope.spans.add(), ended)
        return gzip.compress(request.SerializeToString(), compresslevel=1)

    def send(self, batch: bytes, timeout_s: float) -> int:
        """Send a batch; return how many of its spans were refused, as far as the collector is to be believed.

        Args:
            batch: as ``encode`` made it.
            timeout_s: how long connecting may take, and then the rest.

        Raises:
            ExportError: it was not taken.
        """
        try:
            status, reason, retry_after, content = self._post(batch, timeout_s)
        except (OSError, HTTPException) as error:
            said = _shown(str(error)) or type(error).__name__
            is_other = isinstance(error, BadStatusLine) and not isinstance(error, OSError)
            raise ExportError(f"not an HTTP answer: {said}" if is_other else said, is_transient=True) from error
        if not 200 <= status < 300:
            retry_s = min(float(retry_after), _MOST_RETRY_S) if retry_after.isdecimal() else None
            said = f"status {status} {_shown(reason)}"
            raise ExportError(said, is_transient=status in _TRANSIENT, retry_s=retry_s)
        try:
            return int(ExportTraceServiceResponse.FromString(content).partial_success.rejected_spans)
        except DecodeError:
            return 0

    def _post(self, batch: bytes, timeout_s: float) -> tuple[int, str, str, bytes]:
        with closing(self._connection(timeout_s)) as connection:
            connection.connect()
            with _ending(connection.sock, timeout_s):
                connection.request("POST", self._url.path.removesuffix(_PATH) + _PATH, batch, self._headers)
                with connection.getresponse() as answer:
                    retry_after = answer.getheader("Retry-After", "")
                    return answer.status, answer.reason, retry_after, answer.read(_ANSWER_BYTES)

    def _connection(self, timeout_s: float) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        # Without a port, the end of an IPv6 address would be taken for one.
        if self._tls:
            return HTTPSConnection(host, port or 443, timeout=timeout_s, context=self._tls)
        return HTTPConnection(host, port or 80, timeout=timeout_s)


@contextmanager
def _ending(sock: socket.socket, timeout_s: float) -> Iterator[None]:
    """End what goes on over a connection after some time: a socket's own timeout begins anew with each byte.

    Raises:
        TimeoutError: the time was over before the block.
    """
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # TLS's own would begin to talk

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if not is_over.is_set():
            raise
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TimeoutError(f"no whole answer within {timeout_s:g} s")


def _shown(text: str) -> str:
    """Return what came from outside on one line, and short."""
    return ascii(text.strip()[:_SHOWN])[1:-1]
