"""One file's transfer: attempts that share what has arrived of it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from urllib3.exceptions import HTTPError

from playlist_trainer.dataset.download.addresses import Address
from playlist_trainer.dataset.download.file_version import FileVersion, Validators
from playlist_trainer.dataset.download.http_failures import failure_from_exception, failure_from_status
from playlist_trainer.dataset.download.http_get import Answer, HttpGet
from playlist_trainer.dataset.download.limits import Deadline, DownloadLimits
from playlist_trainer.dataset.download.partial_file import PartialFile
from playlist_trainer.dataset.download.retries import with_retries
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError
from playlist_trainer.settings import names_of

_log = logging.getLogger(__name__)
_CHUNK_BYTES = 1 << 18
_CONDITIONAL = frozenset({"If-None-Match", "If-Modified-Since"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})

# Called with the bytes received, and their total if the server says it.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Downloaded:
    """A file that arrived whole.

    Attributes:
        path: where it is.
        bytes: on disk.
        sha256: hex, of what is on disk.
        content_type: as the server gave it; it may lie.
        validators: for the next conditional request.
    """

    path: Path
    bytes: int
    sha256: str
    content_type: str | None
    validators: Validators


@dataclass(frozen=True)
class NotModified:
    """The server still has the version that the caller knows."""


def download(
    url: str,
    into: Path,
    *,
    limits: DownloadLimits,
    headers: Mapping[str, str] = _NO_HEADERS,
    ca_bundle: Path | None = None,
    known: Validators | None = None,
    progress: Progress | None = None,
) -> Downloaded | NotModified:
    """Fetch a file.

    What may pass is tried again, after a wait. A transfer that broke off is resumed where the server offers it, and
    otherwise begun again. The bytes stand beside ``into`` until they are whole. A body that was packed for the transfer
    (Content-Encoding: gzip) is unpacked: what is stored is the file itself, so tell gzip by content, not by name.

    Args:
        url: http(s); user info in it is sent as basic authentication, unless ``headers`` has an Authorization.
        into: the file to write; untouched unless a whole file came.
        limits: of time and size.
        headers: credentials, sent to the origin of ``url`` alone.
        ca_bundle: PEM file by which TLS is verified; by default what the environment names, or certifi's.
        known: of the version that the caller has; sent only to the URL that it came from.
        progress: called after each piece that arrives, which may be many times a second.

    Raises:
        SettingError: the URL, a header, a proxy or the CA bundle can't be used.
        DatasetError: the file is not there for us, too large, or redirects to where we don't go.
        DatasetUnavailableError: the server, the network or the transfer failed in every attempt.
        TransientError: the file can't be written.
    """
    start = _address(url)
    deadline = Deadline(limits.deadline_s)
    began = time.monotonic()
    with (
        HttpGet(limits, deadline, ca_bundle) as get,
        PartialFile(into.with_name(f"{into.name}.part"), limits.max_bytes, start.public) as part,
    ):
        transfer = _Transfer(start, into, limits, headers, known, progress or _no_progress, deadline, get, part)
        found = with_retries(transfer.attempt, limits, deadline)
    if isinstance(found, NotModified):
        _log.info("asked for %s: not modified", start.public)
    else:
        _log.info("downloaded %s: %d bytes in %.1f s", start.public, found.bytes, time.monotonic() - began)
    return found


def _address(url: str) -> Address:
    try:
        return Address.parse(url)
    except ValueError:
        pass
    # Not even in its public form: what can't be read may have its password anywhere.
    raise SettingError(
        f"{names_of('dataset_url')} is not a usable http(s) address: expected https://host/path, "
        "special characters of a user name or password percent-encoded"
    )


def _no_progress(received: int, total: int | None) -> None:
    """Show nothing."""


@dataclass
class _Transfer:
    """Attempts at one file, which share what has arrived of it."""

    start: Address
    into: Path
    limits: DownloadLimits
    headers: Mapping[str, str] = field(repr=False)
    known: Validators | None
    progress: Progress
    deadline: Deadline
    get: HttpGet
    part: PartialFile
    version: FileVersion | None = None  # of what has arrived

    def attempt(self) -> Downloaded | NotModified:
        answer = self.get.open(self.start, self.headers, self._conditions)
        with answer.response:
            if answer.response.status_code == 304 and not _CONDITIONAL.isdisjoint(answer.conditions):
                return NotModified()
            version = self.version = self._version_of(answer)
            self._receive(answer, version)
        return self._stored(version)

    def _conditions(self, key: str) -> Mapping[str, str]:
        """Return the headers that a URL is sent because of what we have from it, complete or in part."""
        if self.part.bytes and self.version and self.version.if_range and self.version.validators.url_key == key:
            return {"Range": f"bytes={self.part.bytes}-", "If-Range": self.version.if_range}
        return self.known.conditions() if self.known and self.known.url_key == key else {}

    def _version_of(self, answer: Answer) -> FileVersion:
        """Say what the body belongs to, and have ``part`` end where the body begins."""
        shown, status, headers = answer.address.public, answer.response.status_code, answer.response.headers
        if self.version and "Range" in answer.conditions and status in {206, 416}:
            continued = self.version.continued(headers, self.part.bytes) if status == 206 else None
            if continued is None:
                self.version = None
                raise DatasetUnavailableError(f"{shown} did not go on where the transfer broke off: try again later")
            return continued
        if status != 200:
            raise failure_from_status(shown, status, headers)
        version = FileVersion.from_headers(answer.address.key, headers)
        if version.encoding and not version.gzipped:
            raise DatasetError(
                f"{shown} has Content-Encoding {version.encoding[:20]!r}, expected none or gzip: "
                "have the server send the file as it is"
            )
        self.part.restart()
        return version

    def _receive(self, answer: Answer, version: FileVersion) -> None:
        total = version.total_bytes
        self.part.expect(total or 0)
        while chunk := self._read(answer, total):
            self.part.append(chunk)
            self.progress(self.part.bytes, total)
            if self.deadline.remaining_s() <= 0:
                raise DatasetUnavailableError(
                    f"{_so_far(answer, self.part.bytes, total)} was too slow: try again later"
                )
        if total not in {None, self.part.bytes}:
            raise DatasetUnavailableError(f"{_so_far(answer, self.part.bytes, total)} ended: try again later")

    def _read(self, answer: Answer, total: int | None) -> bytes:
        try:
            # read1 gives what is there; read would wait for a whole chunk and so let a trickle pass the deadline.
            chunk: bytes = answer.response.raw.read1(_CHUNK_BYTES, decode_content=False)
        except (HTTPError, OSError) as error:
            failure = failure_from_exception(_so_far(answer, self.part.bytes, total), error)
        else:
            return chunk
        raise failure

    def _stored(self, version: FileVersion) -> Downloaded:
        # Whatever fails from here on, there is nothing left to resume.
        self.version = None
        if not version.gzipped:
            size, sha256 = self.part.bytes, self.part.move_to(self.into)
        else:
            beside = self.into.with_name(f"{self.into.name}.unpacked")
            with PartialFile(beside, self.limits.max_bytes, self.start.public) as unpacked:
                unpacked.restart()
                for chunk in self.part.unpacked():
                    unpacked.append(chunk)
                size, sha256 = unpacked.bytes, unpacked.move_to(self.into)
        return Downloaded(self.into, size, sha256, version.content_type, version.validators)


def _so_far(answer: Answer, received: int, total: int | None) -> str:
    return f"{answer.address.public}, after {received} of {'unknown' if total is None else total} bytes,"
