"""What is noted of every request: an id, one log line, metrics, and headers that every answer has."""

import logging
import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, Response, g, request

from playlist_api.middleware.headers import SOURCE, add_common_headers
from playlist_api.middleware.metrics import Metrics
from playlist_api.views.health import LIVE, METRICS, READY

_log = logging.getLogger("playlist_api.access")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Asked for every few seconds by machines; what they ask is worth a line only when the answer is bad.
_QUIET = frozenset({LIVE, READY, METRICS})


@dataclass(frozen=True)
class RequestObserver:
    """Frames every request.

    Attributes:
        metrics: where requests are counted.
        is_logging: whether requests get a log line.
    """

    metrics: Metrics
    is_logging: bool

    def register(self, app: Flask) -> None:
        """Observe the app's requests."""
        app.before_request(self.begin)
        app.after_request(self.finish)

    def begin(self) -> None:
        """Take the time, and the request's id if it came with a sane one."""
        g.started = time.perf_counter()
        given = request.environ.get("HTTP_X_REQUEST_ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)

    def finish(self, response: Response) -> Response:
        """Add the headers, count and log."""
        headers = response.headers
        source = headers.get(SOURCE)
        add_common_headers(headers, g.request_id)
        rule = request.url_rule
        route = rule.rule if rule else None
        duration_s = time.perf_counter() - g.started
        self.metrics.count_request(route or "unmatched", request.method, response.status_code, duration_s, source)
        if self.is_logging:
            self._log(route, response.status_code, duration_s, source)
        return response

    def _log(self, route: str | None, status: int, duration_s: float, source: str | None) -> None:
        level = logging.DEBUG if route in _QUIET and status < 400 else logging.INFO
        if not _log.isEnabledFor(level):
            return
        # Quoted: a path from outside may hold line breaks. The query never gets here: it tells what people listen to.
        path = route or quote(request.path)[:200]
        fields: dict[str, object] = {
            "method": request.method,
            "path": path,
            "status": status,
            "duration_ms": round(duration_s * 1000, 3),
            "request_id": g.request_id,
        }
        if source:
            fields["source"] = source
        if "model_id" in g:
            fields["model_id"] = g.model_id
        _log.log(level, "answered", extra=fields)
