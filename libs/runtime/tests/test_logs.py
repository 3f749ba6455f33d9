import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playlist_runtime.logs import FORMATS, LEVELS, set_up_logs

_log = logging.getLogger("playlist_runtime.tests")


class Terminal(io.StringIO):
    """A stream with a person behind it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _root_as_it_was() -> Iterator[None]:
    root, library = logging.getLogger(), logging.getLogger("urllib3")
    handlers, level, library_level = root.handlers[:], root.level, library.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    library.setLevel(library_level)


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line, parse_constant=_no_constant) for line in stream.getvalue().splitlines()]


def _no_constant(name: str) -> object:
    raise AssertionError(f"{name} is not JSON")


def _raise() -> None:
    raise LookupError("no such\nsong")


def test_a_json_line_holds_time_level_logger_and_message() -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)

    _log.info("published model %s: %d rules", "m-1", 9)

    (line,) = _lines(stream)
    assert list(line) == ["time", "level", "logger", "message"]
    assert line["level"] == "info"
    assert line["logger"] == "playlist_runtime.tests"
    assert line["message"] == "published model m-1: 9 rules"
    moment = datetime.fromisoformat(str(line["time"]))
    assert moment.tzinfo is not None
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_extra_fields_stand_beside_the_message() -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)

    _log.info("answered", extra={"status": 200, "path": Path("/api"), "songs": ["Air", "Boléro"]})

    (line,) = _lines(stream)
    assert (line["status"], line["path"], line["songs"]) == (200, "/api", ["Air", "Boléro"])


@pytest.mark.parametrize("message", ["two\nlines", "\u2028", 'a "quote"', "日本", "\ud800", "\x00\x1b[31m"])
def test_any_message_is_one_line_of_json(message: str) -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)

    _log.info("%s", message)

    assert [line["message"] for line in _lines(stream)] == [message]
    assert stream.getvalue().isascii()


def test_a_traceback_stands_in_the_line_of_its_message() -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)

    try:
        _raise()
    except LookupError:
        _log.exception("kept model %s", "m-1")

    (line,) = _lines(stream)
    assert (line["level"], line["message"]) == ("error", "kept model m-1")
    assert str(line["traceback"]).startswith("Traceback (most recent call last):\n")
    assert "in _raise" in str(line["traceback"])
    assert "LookupError: no such\nsong" in str(line["traceback"])


def _ring() -> list[object]:
    ring: list[object] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        ({"recall": float("inf")}, "{'recall': inf}"),
        ({(1, 2): "pair"}, "{(1, 2): 'pair'}"),
        (_ring(), "[[...]]"),
    ],
)
def test_a_field_that_json_has_no_word_for_costs_no_line(value: object, shown: str) -> None:
    stream = io.StringIO()
    set_up_logs("json", stream=stream)

    _log.info("evaluated", extra={"evaluation": value})

    (line,) = _lines(stream)
    assert (line["message"], line["level"], line["evaluation"]) == ("evaluated", "info", shown)


def test_text_is_a_time_a_level_and_the_message() -> None:
    stream = io.StringIO()
    set_up_logs("text", stream=stream)

    _log.warning("kept model %s", "m-1")

    moment, rest = stream.getvalue().split(" ", 1)
    assert datetime.strptime(moment, "%H:%M:%S").replace(tzinfo=UTC)
    assert rest == "WARNING kept model m-1\n"


def test_text_shows_extra_fields_after_the_message() -> None:
    stream = io.StringIO()
    set_up_logs("text", stream=stream)

    _log.info("answered", extra={"status": 200, "took_ms": 1.5})

    assert stream.getvalue().endswith("INFO    answered status=200 took_ms=1.5\n")


def test_text_shows_a_traceback_after_the_line() -> None:
    stream = io.StringIO()
    set_up_logs("text", stream=stream)

    try:
        _raise()
    except LookupError:
        _log.exception("kept the model", extra={"model": "m-1"})

    first, second, *_, last = stream.getvalue().splitlines()
    assert first.endswith("ERROR   kept the model model=m-1")
    assert second == "Traceback (most recent call last):"
    assert last == "song"


def test_auto_is_text_on_a_terminal_and_json_elsewhere() -> None:
    terminal, pipe = Terminal(), io.StringIO()

    set_up_logs("auto", stream=terminal)
    _log.info("for a person")
    set_up_logs("auto", stream=pipe)
    _log.info("for a machine")

    assert terminal.getvalue().endswith("INFO    for a person\n")
    assert [line["message"] for line in _lines(pipe)] == ["for a machine"]


def test_json_is_json_on_a_terminal_too() -> None:
    terminal = Terminal()
    set_up_logs("json", stream=terminal)

    _log.info("for a machine")

    assert [line["message"] for line in _lines(terminal)] == ["for a machine"]


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_what_is_below_the_level_is_not_written(level: str, written: list[str]) -> None:
    stream = io.StringIO()
    set_up_logs("json", level, stream)

    for name in LEVELS:
        getattr(_log, name)("said")

    assert [line["level"] for line in _lines(stream)] == written


def test_setting_up_again_replaces_what_was_there() -> None:
    first, second = io.StringIO(), io.StringIO()
    set_up_logs("text", stream=first)
    set_up_logs("text", stream=second)

    _log.info("once")

    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_standard_error_is_where_lines_go_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("text")

    _log.info("here")

    captured = capsys.readouterr()
    assert captured.err.endswith("INFO    here\n")
    assert captured.out == ""


def test_urls_of_the_http_library_are_never_written_even_at_debug() -> None:
    stream = io.StringIO()
    set_up_logs("json", "debug", stream)

    logging.getLogger("urllib3.connectionpool").debug("GET /data.csv?token=secret")
    logging.getLogger("urllib3.connectionpool").warning("Failed to parse headers (url=https://host/?token=secret)")
    logging.getLogger("urllib3.connectionpool").error("retrying")

    assert [line["message"] for line in _lines(stream)] == ["retrying"]


def test_every_format_and_level_can_be_set_up() -> None:
    for log_format in FORMATS:
        for level in LEVELS:
            stream = io.StringIO()
            set_up_logs(log_format, level, stream)

            _log.error("said")

            assert "said" in stream.getvalue()
