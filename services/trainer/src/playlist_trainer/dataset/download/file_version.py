"""Which version of which file an answer carries, by what its headers say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")
_CONTENT_LENGTH = re.compile(r"\d{1,18}")
_GZIP = frozenset({"gzip", "x-gzip"})


@dataclass(frozen=True)
class Validators:
    """What a conditional GET needs.

    Attributes:
        url_key: of the URL that gave the other two, and to which alone they are sent.
        etag: as it came, quotes and all.
        last_modified: as it came.
    """

    url_key: str
    etag: str | None
    last_modified: str | None

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the file only if it changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True)
class FileVersion:
    """One version of one file, as a server describes it.

    Attributes:
        validators: of this version.
        content_type: as it came.
        encoding: how the body is packed for the transfer, against our wish; empty for not at all.
        total_bytes: of the body; None when the server does not say.
        if_range: what a request for the rest is bound to; None when the server does not offer that.
    """

    validators: Validators
    content_type: str | None
    encoding: str
    total_bytes: int | None
    if_range: str | None

    @classmethod
    def from_headers(cls, url_key: str, headers: Mapping[str, str]) -> "FileVersion":
        """Read the headers of an answer with a whole body, which came from the URL with this key."""
        etag, last_modified = _sendable(headers.get("ETag")), _sendable(headers.get("Last-Modified"))
        resumable = headers.get("Accept-Ranges", "").strip().lower() == "bytes"
        return cls(
            Validators(url_key, etag, last_modified),
            headers.get("Content-Type"),
            _encoding(headers),
            _total_bytes(headers),
            _if_range(etag, last_modified, headers.get("Date")) if resumable else None,
        )

    @property
    def gzipped(self) -> bool:
        """Whether the body is packed in the one way that we unpack."""
        return self.encoding in _GZIP

    def continued(self, headers: Mapping[str, str], received_bytes: int) -> "FileVersion | None":
        """Return this version with its total length, or None if a 206 does not go on where we stopped in it."""
        found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != received_bytes or self.total_bytes not in {None, int(found[2])}:
            return None
        if headers.get("ETag", self.validators.etag) != self.validators.etag:
            return None
        return replace(self, total_bytes=int(found[2])) if _encoding(headers) == self.encoding else None


def _sendable(value: str | None) -> str | None:
    """Drop what has a control character: nobody would take it back."""
    return value if value and value.isprintable() else None


def _encoding(headers: Mapping[str, str]) -> str:
    encoding = headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _total_bytes(headers: Mapping[str, str]) -> int | None:
    length = headers.get("Content-Length", "").strip()
    chunked = "Transfer-Encoding" in headers
    return int(length) if _CONTENT_LENGTH.fullmatch(length) and not chunked else None


def _if_range(etag: str | None, last_modified: str | None, date: str | None) -> str | None:
    if etag is not None:
        return None if etag.startswith("W/") else etag
    try:
        age = parsedate_to_datetime(date or "") - parsedate_to_datetime(last_modified or "")
    except (ValueError, TypeError):
        return None
    # A file may change twice within the one second that Last-Modified can tell (RFC 9110, 8.8.2.2).
    return last_modified if age >= timedelta(seconds=1) else None
