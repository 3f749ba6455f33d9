"""One object's transfer: attempts that share what has arrived of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import NotModifiedError, PreconditionError

from playlist_trainer.dataset.download.limits import Deadline, DownloadLimits
from playlist_trainer.dataset.download.partial_file import PartialFile
from playlist_trainer.dataset.download.retries import with_retries
from playlist_trainer.dataset.download.transfer import Progress
from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.dataset.object_failures import failure_of
from playlist_trainer.errors import DatasetUnavailableError

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ObjectStore

_T = TypeVar("_T")


@dataclass(frozen=True)
class Bucket:
    """A store's bucket, and the limits within which all of a dataset is fetched from it."""

    store: "ObjectStore" = field(repr=False)
    limits: DownloadLimits
    deadline: Deadline
    progress: Progress


@dataclass(frozen=True)
class ReceivedObject:
    """An object that arrived whole: sha256 (hex) and bytes of it, and its ETag."""

    sha256: str
    bytes: int
    etag: str | None


@dataclass
class ObjectTransfer:
    """Attempts at one object, which share what has arrived of it.

    Attributes:
        bucket: where it is.
        address: of the object.
        into: the file to write; untouched unless the whole object came.
        known_etag: of the version that the caller has; None to fetch any.
        before: bytes of the dataset that arrived before this object.
        total: bytes of the whole dataset; None for this object's own.
    """

    bucket: Bucket
    address: ObjectAddress
    into: Path
    known_etag: str | None
    before: int = 0
    total: int | None = None
    etag: str | None = None  # of what has arrived

    def run(self) -> ReceivedObject | None:
        """Fetch the object; None when the store still has the version that the caller knows.

        Raises:
            TrainerError: as ``failure_of`` says; what may pass, after the last attempt.
        """
        limits, beside = self.bucket.limits, self.into.with_name(f"{self.into.name}.part")
        with PartialFile(beside, limits.max_bytes - self.before, self.address.public) as part:
            return with_retries(lambda: self._attempt(part), limits, self.bucket.deadline)

    def _attempt(self, part: PartialFile) -> ReceivedObject | None:
        resumes = bool(part.bytes and self.etag)
        answer = ask(self.address, lambda: self._answer(part.bytes if resumes else 0))
        if answer is None and resumes:
            self.etag = None
            raise DatasetUnavailableError(f"{self.address.public} changed while it was fetched: try again later")
        if answer is None:
            return None
        size, etag = answer.meta["size"], answer.meta["e_tag"] or None
        if not resumes:
            part.restart()
            part.expect(size)
            self.etag = etag if etag and not etag.startswith("W/") else None
        self._append(answer, part, size)
        self.etag = None  # whatever fails from here on, there is nothing left to resume
        received = part.bytes
        return ReceivedObject(part.move_to(self.into), received, etag)

    def _answer(self, offset: int) -> "GetResult | None":
        """Ask for the object, or for its rest; None when the condition of the request did not hold."""
        options: dict[str, Any] = {}
        if offset:
            options = {"range": {"offset": offset}, "if_match": self.etag}
        elif self.known_etag:
            options = {"if_none_match": self.known_etag}
        try:
            return obstore.get(self.bucket.store, self.address.key, options=options)  # type: ignore[arg-type]
        except (NotModifiedError, PreconditionError):
            return None

    def _append(self, answer: "GetResult", part: PartialFile, size: int) -> None:
        # Pieces as they come: a larger minimum would let a trickle pass the deadline.
        pieces = iter(answer.stream(min_chunk_size=1))
        while (piece := ask(self.address, lambda: next(pieces, None))) is not None:
            part.append(bytes(piece))
            self.bucket.progress(self.before + part.bytes, self.total or size)
            if self.bucket.deadline.remaining_s() <= 0:
                raise DatasetUnavailableError(
                    f"{self.address.public}, after {part.bytes} of {size} bytes, was too slow: try again later"
                )
        if part.bytes != size:
            raise DatasetUnavailableError(
                f"{self.address.public}, after {part.bytes} of {size} bytes, ended: try again later"
            )


def ask(address: ObjectAddress, request: Callable[[], _T]) -> _T:
    """Return what a call of obstore gives, with its failures as errors of our own."""
    try:
        return request()
    except BaseException as error:
        failure = failure_of(address, error)
        if failure is None:
            raise
    raise failure
