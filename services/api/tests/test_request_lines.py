"""Request lines written in batches: the same as the product's formatter would make, and none lost."""

import logging
import os
from pathlib import Path

import pytest

from playlist_api.middleware.log_writer import LogWriter
from playlist_api.middleware.request_log import Answered, _fields, json_line
from playlist_runtime.logs import JsonFormatter

ANSWERED = Answered("POST", "/api/recommend", "/", 200, 0.0012344, "seven", "rule", "20261121T100000Z-1")


@pytest.mark.parametrize("created", [1_700_000_000.0, 1_700_000_000.123_456, 1_700_000_000.999_9, 1_699_999_999.001])
@pytest.mark.parametrize("answered", [ANSWERED, Answered("F\u00e4\n", None, "/\u00e9", 404, 1.0, "x")])
@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
def test_line_is_the_one_that_the_formatter_makes(created: float, answered: Answered, level: int) -> None:
    record = logging.LogRecord("playlist_api.access", level, "", 0, "answered", None, None)
    record.created = created
    vars(record).update(_fields("/a\n", answered))

    assert json_line((created, level, "/a\n", answered)) == JsonFormatter().format(record) + "\n"


def test_all_lines_are_written_in_their_order_by_the_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        writer = LogWriter(file.fileno(), lambda line: f"{line[0]}\n")
        for number in range(10_000):
            writer.write((number,))
        writer.stop()

    assert path.read_text().split() == [str(number) for number in range(10_000)]


def test_each_write_holds_whole_lines_and_is_one_that_a_pipe_takes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(os, "write", lambda _, content: written.append(content) or len(content))
    writer = LogWriter(1, lambda line: f"{line[0]:0300}\n")
    for number in range(100):
        writer.write((number,))
    writer.stop()

    assert len(b"".join(written)) == 100 * 301
    assert all(len(piece) <= 4096 and piece.endswith(b"\n") for piece in written)


def test_lines_that_nobody_reads_are_dropped_and_said_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr("playlist_api.middleware.log_writer._MOST_WAITING", 3)
    path = tmp_path / "log"
    with path.open("wb") as file:
        writer = LogWriter(file.fileno(), lambda line: f"{line[0]}\n")
        writer._waiting.extend((number,) for number in range(3))
        writer.write((3,))
        writer.write((4,))
        writer.stop()

    assert path.read_text().split() == ["0", "1", "2"]
    assert "left out 2 request lines" in caplog.text
