"""A collector that records: a real HTTP server, which reads OpenTelemetry's protocol as any other does."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


def attributes(found: "Iterator[KeyValue] | Span") -> dict[str, str | int]:
    """Return attributes by name."""
    pairs = found.attributes if isinstance(found, Span) else found
    return {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in pairs}


@dataclass
class Recorder:
    """What was recorded, and how to answer from now on.

    Attributes:
        port: on 127.0.0.1; the same after a pause.
        status: of answers.
        refused: spans that answers say were refused.
        retry_after: the header of answers, "" for none.
        holds: set: answers are given; cleared: they wait.
    """

    port: int = 0
    status: int = 200
    refused: int = 0
    retry_after: str = ""
    holds: threading.Event = field(default_factory=threading.Event)
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def spans(self) -> list[Span]:
        """All spans that were taken."""
        return [
            span
            for request in list(self.requests)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    @contextmanager
    def listening(self) -> Iterator["Recorder"]:
        """Record until the block is left."""
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self.holds.set()
            server.shutdown()
            server.server_close()
            thread.join()


def recorder() -> Recorder:
    """Make one that answers at once, and does not listen yet."""
    made = Recorder()
    made.holds.set()
    return made


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            recorder.paths.append(self.path)
            recorder.headers.append({name.lower(): value for name, value in self.headers.items()})
            recorder.holds.wait(30)
            answer = ExportTraceServiceResponse()
            if recorder.refused:
                answer.partial_success.rejected_spans = recorder.refused
            if recorder.status == 200:
                recorder.requests.append(ExportTraceServiceRequest.FromString(gzip.decompress(content)))
            self.send_response(recorder.status)
            self.send_header("Content-Type", "application/x-protobuf")
            if recorder.retry_after:
                self.send_header("Retry-After", recorder.retry_after)
            self.end_headers()
            self.wfile.write(answer.SerializeToString())

        def log_message(self, *_: object) -> None:
            pass

    return Handler
