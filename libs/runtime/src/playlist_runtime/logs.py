"""Log lines on standard error: text for a person at a terminal, one JSON object a line for machines."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

FORMATS = ("auto", "json", "text")
LEVELS = ("debug", "info", "warning", "error")
# What every record has; anything else came by `extra=` and is a field of its own.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON: time, level, logger, message, then the fields of ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        try:
            return json.dumps(line, default=str, allow_nan=False)
        except (TypeError, ValueError):  # NaN, a key that is no text, a ring: no reason to lose the line
            return json.dumps({name: str(value) for name, value in line.items()})


class TextFormatter(logging.Formatter):
    """Formats a record as the time, the message, and the fields of ``extra``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line without a traceback."""
        extra = [f"{name}={value}" for name, value in vars(record).items() if name not in _USUAL]
        return " ".join([super().formatMessage(record), *extra])


def is_text(log_format: str, stream: TextIO | None = None) -> bool:
    """Tell whether a person reads along: the format is ``text``, or ``auto`` with a terminal.

    Args:
        log_format: as for ``set_up_logs``.
        stream: standard error by default.
    """
    return log_format == "text" or (log_format == "auto" and (stream or sys.stderr).isatty())


def set_up_logs(log_format: str = "auto", level: str = "info", stream: TextIO | None = None) -> None:
    """Send every logger of the process to one stream.

    Args:
        log_format: ``json``, ``text``, or ``auto``: text where the stream is a terminal.
        level: the lowest level that is written.
        stream: standard error by default.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter() if is_text(log_format, stream) else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # lines below that hold whole URLs, query included
