"""What has arrived of a file so far: on disk, counted and hashed."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from playlist_trainer.errors import DatasetError, DatasetUnavailableError, TransientError
from playlist_trainer.settings import names_of

_CHUNK_BYTES = 1 << 20


def check_size(total_bytes: int, max_bytes: int, shown: str) -> None:
    """Refuse a size.

    Raises:
        DatasetError: it is over the limit.
    """
    if total_bytes > max_bytes:
        raise DatasetError(
            f"{shown} has at least {total_bytes} bytes, over the limit of {max_bytes}: "
            f"raise {names_of('max_dataset_bytes')}, or give a smaller file"
        )


class PartialFile:
    """A file that grows up to a limit; gone when the block is left, unless ``move_to`` put it in its place.

    Attributes:
        bytes: how many there are.
    """

    def __init__(self, path: Path, max_bytes: int, shown: str) -> None:
        self.bytes = 0
        self._path = path
        self._max_bytes = max_bytes
        self._shown = shown
        self._file: BinaryIO | None = None
        self._sha256 = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._close()
        with suppress(OSError):
            self._path.unlink()

    def restart(self) -> None:
        """Begin with no bytes."""
        with self._writing():
            self._close()
            self._file = self._path.open("wb")
        self.bytes, self._sha256 = 0, hashlib.sha256()

    def expect(self, total_bytes: int) -> None:
        """Refuse a size.

        Raises:
            DatasetError: it is over the limit.
        """
        check_size(total_bytes, self._max_bytes, self._shown)

    def append(self, chunk: bytes) -> None:
        """Add bytes to a file that ``restart`` began.

        Raises:
            DatasetError: there would be more than the limit.
            TransientError: the volume is full, or the file can't be written for another reason.
        """
        self.expect(self.bytes + len(chunk))
        with self._writing():
            if self._file is not None:
                self._file.write(chunk)
        self._sha256.update(chunk)
        self.bytes += len(chunk)

    def unpacked(self) -> Iterator[bytes]:
        """Yield the content of a gzip file in pieces.

        Raises:
            DatasetUnavailableError: it is not gzip, ends too early or fails its checksum.
        """
        with self._writing():
            self._close()
        try:
            with gzip.open(self._path) as packed:
                while chunk := packed.read(_CHUNK_BYTES):
                    yield chunk
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise DatasetUnavailableError(
                f"{self._shown} was packed for the transfer (Content-Encoding: gzip) and can't be unpacked: "
                "try again later"
            ) from None

    def move_to(self, into: Path) -> str:
        """Put the whole file in its place, and give its sha256 as hex."""
        with self._writing():
            self._close()
            self._path.replace(into)
        return self._sha256.hexdigest()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fault = error.strerror or "can't be written"
            raise TransientError(f"{self._path}: {fault}; free space there, or use another folder") from None

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
