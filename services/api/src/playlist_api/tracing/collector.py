"""Whoever collects spans: OTLP over HTTP, a connection per batch."""

import gzip
import ssl
from collections.abc import Iterable, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
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


class ExportError(Exception):
    """A batch was not taken.

    Attributes:
        is_transient: whether it may be taken later.
    """

    def __init__(self, message: str, *, is_transient: bool) -> None:
        super().__init__(message)
        self.is_transient = is_transient


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
        """Send a batch; return how many of its spans were refused.

        Args:
            batch: as ``encode`` made it.
            timeout_s: how long each step may take.

        Raises:
            ExportError: it was not taken.
        """
        try:
            status, reason, content = self._post(batch, timeout_s)
        except (OSError, HTTPException) as error:
            raise ExportError(str(error) or type(error).__name__, is_transient=True) from error
        if not 200 <= status < 300:
            raise ExportError(f"status {status} {reason}", is_transient=status in _TRANSIENT)
        try:
            return int(ExportTraceServiceResponse.FromString(content).partial_success.rejected_spans)
        except DecodeError:
            return 0

    def _post(self, batch: bytes, timeout_s: float) -> tuple[int, str, bytes]:
        with closing(self._connection(timeout_s)) as connection:
            connection.request("POST", self._url.path.removesuffix(_PATH) + _PATH, batch, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.reason, answer.read(_ANSWER_BYTES)

    def _connection(self, timeout_s: float) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._tls:
            return HTTPSConnection(host, port, timeout=timeout_s, context=self._tls)
        return HTTPConnection(host, port, timeout=timeout_s)
