"""The bytes of a file, unpacked as they are read: gzip and zstd are told by how the file begins."""

import zlib
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import IO

from playlist_trainer.dataset.padding import over_zeros
from playlist_trainer.dataset.zstd_frames import ZSTD, is_skippable, unzstd
from playlist_trainer.errors import DatasetError, DatasetUnavailableError

GZIP = b"\x1f\x8b"
PIECE_BYTES = 8 << 20
_READ_BYTES = 256 << 10


def unpacked(path: Path, shown: str) -> Generator[bytes, None, None]:
    """Yield a file's content, unpacked, in pieces of about 8 MiB.

    Args:
        path: the file.
        shown: how messages name it.

    Raises:
        DatasetError: bytes follow the compressed data that are no part of it.
        DatasetUnavailableError: the compressed data are cut off or corrupt.
    """
    packed = _packed(path, shown)
    if not packed:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
        return
    pieces = _gunzipped(path, shown) if packed == "gzip" else unzstd(path, shown)
    # Unpacking takes as long as everything else: it runs beside it.
    with closing(_ahead(_gathered(pieces))) as ahead:
        yield from ahead


def content_of(path: Path, shown: str) -> bytes:
    """Return a file's whole content, unpacked."""
    # Millions of playlists are slices of 30 MB each: not one copy more than needed.
    return b"".join(unpacked(path, shown)) if _packed(path, shown) else path.read_bytes()


def head_of(path: Path, shown: str, size: int) -> tuple[bytes, str]:
    """Return the first bytes of a file's content, and what it is packed by: "gzip", "zstd" or ""."""
    packed = _packed(path, shown)
    if not packed:
        with path.open("rb") as file:
            return file.read(size), packed
    head = b""
    with closing(_gunzipped(path, shown) if packed == "gzip" else unzstd(path, shown)) as pieces:
        for piece in pieces:
            head += piece
            if len(head) >= size:
                break
    return head[:size], packed


def _packed(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise DatasetError(f"{shown}: can't be read: {error.strerror}") from error
    return "gzip" if magic.startswith(GZIP) else "zstd" if magic == ZSTD or is_skippable(magic) else ""


def _gunzipped(path: Path, shown: str) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        while _at_next_member(file, shown):
            member = zlib.decompressobj(wbits=31)
            data = b""
            while not member.eof:
                data = data or file.read(_READ_BYTES)
                if not data:
                    raise DatasetUnavailableError(f"{shown}: a gzip file that ends too early: fetch it again")
                try:
                    yield member.decompress(data, PIECE_BYTES)
                except zlib.error as error:
                    raise DatasetUnavailableError(f"{shown}: a corrupt gzip file ({error}): fetch it again") from error
                data = member.unconsumed_tail
            file.seek(-len(member.unused_data), 1)


def _at_next_member(file: IO[bytes], shown: str) -> bool:
    """Go over zeros; return whether compressed data follow."""
    if not over_zeros(file):
        return False
    position = file.tell()
    if file.read(2) != GZIP:
        raise DatasetError(
            f"{shown}: bytes that are not gzip follow the gzip data (from byte {position + 1} on): "
            "pack the file again, or cut them off"
        )
    file.seek(position)
    return True


def _gathered(pieces: Generator[bytes, None, None]) -> Generator[bytes]:
    gathered: list[bytes] = []
    size = 0
    with closing(pieces):
        for piece in pieces:
            gathered.append(piece)
            size += len(piece)
            if size >= PIECE_BYTES:
                yield b"".join(gathered)
                gathered, size = [], 0
    yield b"".join(gathered)


def _ahead(pieces: Generator[bytes, None, None]) -> Generator[bytes]:
    """Yield the same pieces, made in a thread that is at most two of them ahead."""
    queue: Queue[bytes | BaseException | None] = Queue(maxsize=2)
    stopped = Event()

    def make() -> None:
        end: BaseException | None = None
        try:
            for piece in pieces:
                queue.put(piece)
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that reads
            end = error
        queue.put(end)

    thread = Thread(target=make, name="unpacking", daemon=True)
    thread.start()
    try:
        while (piece := queue.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        stopped.set()
        while thread.is_alive():  # it may wait for room in the queue
            if not queue.empty():
                queue.get()
            thread.join(0.001)
