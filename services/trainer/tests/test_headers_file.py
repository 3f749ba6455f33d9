import re
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import read_headers
from playlist_trainer.errors import SettingError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "headers"


def test_headers_are_read_a_line_each(path: Path) -> None:
    path.write_bytes(
        b"\xef\xbb\xbf# who we are\r\n"
        b"Authorization: Bearer a:b#c \r\n"
        b"\r\n"
        b"   # and for the proxy\n"
        b"X-Empty:\n"
        b"x-key:\tsch\xc3\xb6n\n"
    )

    assert read_headers(path) == {"Authorization": "Bearer a:b#c", "X-Empty": "", "x-key": "schön"}


def test_file_with_nothing_but_comments_has_no_headers(path: Path) -> None:
    path.write_text("# none\n")

    assert read_headers(path) == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("hunter2", "no header name and colon at its beginning"),
        (": hunter2", "no header name and colon at its beginning"),
        ("My Token: hunter2", "no header name and colon at its beginning"),
        ("hünter2: hunter2", "no header name and colon at its beginning"),
        (" Token: hunter2", "no header name and colon at its beginning"),
        ("Token : hunter2", "no header name and colon at its beginning"),
        ("Token: hunter2\rX: hunter2", "the value has a character that is not allowed"),
        ("Token: hunter2\x00", "the value has a character that is not allowed"),
        ("Token: hunter2\x7f", "the value has a character that is not allowed"),
        ("Token: hunter2\u2028", "the value has a character that is not allowed"),
        ("Token: hunter2€", "the value has a character that is not allowed"),
        ("fine: hunter2", "this header stands in an earlier line already"),
        ("Range: hunter2", "the download sets this header itself"),
        ("if-none-match: hunter2", "the download sets this header itself"),
    ],
)
def test_wrong_line_is_named_by_its_number_and_never_shown(path: Path, line: str, fault: str) -> None:
    path.write_bytes(f"# a comment\nFine: 1\n{line}\n".encode())

    with pytest.raises(SettingError, match=f"^{re.escape(f'{path}, line 3: {fault}')}") as raised:
        read_headers(path)

    assert "hunter2" not in str(raised.value)


def test_missing_file_is_named(path: Path) -> None:
    with pytest.raises(SettingError, match=f"^{re.escape(str(path))}: No such file or directory; expected a text file"):
        read_headers(path)


def test_folder_is_no_headers_file(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Is a directory"):
        read_headers(tmp_path)


def test_file_that_is_not_utf8_is_refused_without_showing_it(path: Path) -> None:
    path.write_bytes(b"Token: hunter2\xff\n")

    with pytest.raises(SettingError, match="not UTF-8 text") as raised:
        read_headers(path)

    assert raised.value.__context__ is None
