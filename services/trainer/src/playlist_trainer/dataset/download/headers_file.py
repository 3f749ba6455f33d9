"""The file that PLAYLIST_DATASET_HEADERS_FILE names: headers, mostly credentials, sent with a request for a dataset."""

import re
from pathlib import Path

from playlist_trainer.errors import SettingError

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# The download sets these itself, or the length and the end of the answer would no longer be known.
_RESERVED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
        "te",
        "transfer-encoding",
    }
)


def read_headers(path: Path) -> dict[str, str]:
    """Read ``Name: value`` lines; blank lines and lines that begin with ``#`` are skipped.

    Raises:
        SettingError: the file can't be read or a line is no header; names the line, never what stands in it.
    """
    headers: dict[str, str] = {}
    seen: set[str] = set()
    # Not splitlines(): it also ends lines at characters that no editor counts as a line end.
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, separator, value = line.removesuffix("\r").partition(":")
        fault = _fault(name, separator, value.strip(" \t"), seen)
        if fault:
            raise SettingError(f"{path}, line {number}: {fault}; expected 'Name: value' on every line")
        seen.add(name.lower())
        headers[name] = value.strip(" \t")
    return headers


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = error.strerror or "can't be read"
    except UnicodeDecodeError:
        fault = "not UTF-8 text"
    raise SettingError(f"{path}: {fault}; expected a text file with 'Name: value' on every line")


def _fault(name: str, separator: str, value: str, seen: set[str]) -> str | None:
    if not separator or not _NAME.fullmatch(name):
        return "no header name and colon at its beginning"
    if name.lower() in _RESERVED:
        return "the download sets this header itself"
    if name.lower() in seen:
        return "this header stands in an earlier line already"
    if not _VALUE.fullmatch(value):
        return "the value has a character that is not allowed in one (a control character, or none of Latin-1)"
    return None
