"""Answers and reloads as spans, in OpenTelemetry's protocol and by its names for what is HTTP's.

Made from its protocol's messages alone: OpenTelemetry's SDK takes eight times as long for a span.
"""

import random
import time
from functools import lru_cache
from typing import NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from playlist_api.live_state import Reload
from playlist_api.middleware.metrics import METHODS
from playlist_api.middleware.request_log import PATH_LENGTH, Answered

# Ids have to differ, and may be guessed; the system's randomness would cost a call of the kernel each.
_ids = random.Random()  # noqa: S311
# Of a span's flags, those that say: sampled; and whether its parent was another process', which is known of all.
_SAMPLED, _PARENT_IS_KNOWN, _PARENT_IS_REMOTE = 0x01, 0x100, 0x200


class Ended(NamedTuple):
    """What a span is made from, as a request or a reload leaves it.

    Attributes:
        time_ns: when it ended, in nanoseconds since 1970.
        what: that ended.
    """

    time_ns: int
    what: Answered | Reload


def ended_now(what: Answered | Reload) -> Ended:
    """Note that something has ended."""
    return Ended(time.time_ns(), what)


def is_sampled(answered: Answered, ratio: float) -> bool:
    """Tell whether a request's trace is recorded: as its parent says, else by chance.

    Args:
        answered: the request.
        ratio: the share (0..1) of requests without a parent that are.
    """
    if answered.traceparent:
        return int(answered.traceparent[-1], 16) & 1 == 1
    return _ids.random() < ratio


def fill(span: Span, ended: Ended) -> None:
    """Make an empty span that of what ended; in its place, as copying one costs a third of making it."""
    if isinstance(ended.what, Answered):
        _fill_answer(span, ended.time_ns, ended.what)
    else:
        _fill_reload(span, ended.time_ns, ended.what)


def attribute(key: str, value: str | int) -> KeyValue:
    """Return an attribute; text of no character that UTF-8 lacks."""
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    return KeyValue(key=key, value=AnyValue(string_value=value.encode(errors="replace").decode()))


def _fill_answer(span: Span, time_ns: int, answered: Answered) -> None:
    span.CopyFrom(_form(answered[:4], answered.source, answered.model_id))
    _place(span, time_ns, answered.duration_s, answered.traceparent)
    span.attributes.add(key="playlist.request_id").value.string_value = answered.request_id


@lru_cache(maxsize=256)
def _form(asked: tuple[str, str | None, str, int], source: str | None, model_id: str | None) -> Span:
    """Return what many spans have in common: to fill that in again would take as long as all the rest.

    Args:
        asked: method, route and path of a request, and the status of its answer.
        source: what gave a recommendation.
        model_id: of the model that answered.
    """
    method, route, path, status = asked
    is_usual = method in METHODS
    span = Span(name=" ".join(filter(None, (method if is_usual else "HTTP", route))), kind=Span.SPAN_KIND_SERVER)
    found: dict[str, str | int | None] = {
        "http.request.method": method if is_usual else "_OTHER",
        "http.request.method_original": None if is_usual else method[:PATH_LENGTH],
        "http.route": route,
        "http.response.status_code": status,
        "url.path": path[:PATH_LENGTH],
        "url.scheme": "http",
        "error.type": str(status) if status >= 500 else None,
        "playlist.source": source,
        "playlist.model_id": model_id,
    }
    span.attributes.extend(attribute(key, value) for key, value in found.items() if value is not None)
    if status >= 500:
        span.status.code = Status.STATUS_CODE_ERROR
    return span


def _fill_reload(span: Span, time_ns: int, reload: Reload) -> None:
    span.name, span.kind = "load model", Span.SPAN_KIND_INTERNAL
    _place(span, time_ns, reload.duration_s or 0.0, None)
    if reload.model_id:
        span.attributes.append(attribute("playlist.model_id", reload.model_id))
    if reload.error:
        span.status.code = Status.STATUS_CODE_ERROR
        span.status.message = reload.error.encode(errors="replace").decode()


def _place(span: Span, time_ns: int, duration_s: float, traceparent: str | None) -> None:
    """Set a span's time, and its place in a trace: that of its parent, or one of its own."""
    span.start_time_unix_nano = time_ns - int(duration_s * 1e9)
    span.end_time_unix_nano = time_ns
    span.span_id = _ids.getrandbits(64).to_bytes(8)
    span.flags = _SAMPLED | _PARENT_IS_KNOWN
    if traceparent:
        _, trace, parent, _ = traceparent.split("-")
        span.trace_id, span.parent_span_id = bytes.fromhex(trace), bytes.fromhex(parent)
        span.flags |= _PARENT_IS_REMOTE
    else:
        span.trace_id = _ids.getrandbits(128).to_bytes(16)
