"""What is noted of every request: an id, one log line and metrics, whether Flask answers it or the event loop does."""

import json
import logging
import random
import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import Flask, Response, g, request

from playlist_api.middleware.headers import SOURCE, add_common_headers
from playlist_api.middleware.log_writer import Line, LogWriter
from playlist_api.middleware.metrics import Metrics
from playlist_api.paths import OPERATIONS

if TYPE_CHECKING:
    from playlist_api.tracing.span_writer import SpanWriter

_log = logging.getLogger("playlist_api.access")
# Ids have to differ, and may be guessed; the system's randomness would cost a call of the kernel each.
_ids = random.Random()  # noqa: S311
# Version, trace, parent, flags; later versions may add fields, which are left out. All zeros is no trace.
_TRACEPARENT = re.compile(r"((?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?")
# What waits to be written may be many requests.
PATH_LENGTH = 200
# The method of what never became a request.
NO_REQUEST = "-"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Answered(NamedTuple):
    """One answered request.

    Attributes:
        method: as the client sent it.
        route: the URL rule; None where there is none.
        path: what was asked for, shown where there is no route.
        status: of the answer.
        duration_s: how long it took.
        request_id: in the answer's header.
        source: what gave a recommendation; None where there is none.
        model_id: of the model that answered, None where none did.
        traceparent: of the request, where it had one that W3C Trace Context knows.
    """

    method: str
    route: str | None
    path: str
    status: int
    duration_s: float
    request_id: str
    source: str | None = None
    model_id: str | None = None
    traceparent: str | None = None


def new_request_id() -> str:
    """Return an id of 16 hex digits."""
    return f"{_ids.getrandbits(64):016x}"


def request_id_of(given: str) -> str:
    """Return the id that a request came with if it is a sane one, else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else new_request_id()


def traceparent_of(given: str) -> str | None:
    """Return the traceparent that a request came with if it is one, so that its line is found from a trace."""
    found = _TRACEPARENT.fullmatch(given)
    return found[1] if found and (found[2] is None or given[:2] != "00") else None


class RequestObserver:
    """Notes every request.

    Attributes:
        metrics: count it.
        writer: writes lines of the log, where these are JSON.
        tracer: sends spans, where traces are wanted.
    """

    def __init__(self, metrics: Metrics, *, is_logging: bool) -> None:
        """Note requests in metrics, and in the log where ``is_logging``."""
        self.metrics = metrics
        self.writer: LogWriter | None = None
        self.tracer: SpanWriter | None = None
        self._is_logging = is_logging

    def trace(self, tracer: "SpanWriter") -> None:
        """Send spans from now on, until ``close``."""
        self.tracer = tracer
        self.metrics.spans = tracer.counts

    def close(self) -> None:
        """Write what is left of the log, and send what is left of traces."""
        if self.writer is not None:
            self.writer.stop()
            self.writer = None
        if self.tracer is not None:
            self.tracer.stop()
            self.tracer = None

    def register(self, app: Flask) -> None:
        """Observe the app's requests."""
        app.before_request(self.begin)
        app.after_request(self.finish)

    def begin(self) -> None:
        """Take the time, and the request's id if it came with a sane one."""
        g.started = time.perf_counter()
        g.request_id = request_id_of(request.environ.get("HTTP_X_REQUEST_ID", ""))

    def finish(self, response: Response) -> Response:
        """Add the headers and note the request."""
        add_common_headers(response.headers, g.request_id)
        rule = request.url_rule
        self.note(
            Answered(
                request.method,
                rule.rule if rule else None,
                request.path,
                response.status_code,
                time.perf_counter() - g.started,
                g.request_id,
                response.headers.get(SOURCE),
                g.get("model_id"),
                traceparent_of(request.environ.get("HTTP_TRACEPARENT", "")),
            )
        )
        return response

    def note(self, answered: Answered) -> None:
        """Count a request, and log it."""
        route = answered.route
        self.metrics.count_request(
            route or "unmatched", answered.method, answered.status, answered.duration_s, answered.request_id
        )
        # Asked for every few seconds by machines; what they ask is worth a line only when the answer is bad.
        is_routine = route in OPERATIONS and answered.status < 400
        if len(answered.path) > PATH_LENGTH:
            answered = answered._replace(path=answered.path[:PATH_LENGTH])
        if self.tracer is not None and not is_routine and answered.method != NO_REQUEST:
            self.tracer.note_answer(answered)
        if not self._is_logging:
            return
        level = logging.DEBUG if is_routine else logging.INFO
        if not _log.isEnabledFor(level):
            return
        # Quoted: a path from outside may hold line breaks. The query never gets here: it tells what people listen to.
        path = route or quote(answered.path)[:PATH_LENGTH]
        if self.writer is not None:
            self.writer.write((time.time(), level, path, answered))
        else:
            _log.log(level, "answered", extra=_fields(path, answered))


def json_line(line: Line) -> str:
    """Return a line as ``playlist_runtime.logs.JsonFormatter`` would, at a tenth of the cost."""
    created, level, path, answered = line
    fields = json.dumps(_fields(str(path), answered))  # type: ignore[arg-type]
    return (
        f'{{"time": "{_time_of(created)}", "level": "{"debug" if level == logging.DEBUG else "info"}", '  # type: ignore[arg-type]
        f'"logger": "{_log.name}", "message": "answered", {fields[1:]}\n'
    )


def _fields(path: str, answered: Answered) -> dict[str, object]:
    fields: dict[str, object] = {
        "method": answered.method,
        "path": path,
        "status": answered.status,
        "duration_ms": round(answered.duration_s * 1000, 3),
        "request_id": answered.request_id,
    }
    if answered.source:
        fields["source"] = answered.source
    if answered.model_id:
        fields["model_id"] = answered.model_id
    if answered.traceparent:
        fields["traceparent"] = answered.traceparent
    return fields


def _time_of(created: float) -> str:
    # Rounded to microseconds first, as datetime does it.
    seconds, microseconds = divmod(round(created * 1_000_000), 1_000_000)
    return f"{_second(seconds)}.{microseconds // 1000:03}+00:00"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
