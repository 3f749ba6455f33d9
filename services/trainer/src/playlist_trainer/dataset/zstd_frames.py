"""zstd, frame by frame (RFC 8878), so that what is wrong with one is called what it is."""

from collections.abc import Generator
from pathlib import Path
from typing import IO

from playlist_trainer.dataset.padding import over_zeros
from playlist_trainer.errors import DatasetError, DatasetUnavailableError

ZSTD = b"\x28\xb5\x2f\xfd"
# What every decoder has to be able to hold; more has to be asked for.
_LARGEST_WINDOW_BYTES = 1 << 27
_LONGEST_HEADER_BYTES = 18
# A block of 4 bytes may stand for 128 KiB: what is read at once may become 128 MiB.
_READ_BYTES = 4 << 10


def is_skippable(magic: bytes) -> bool:
    """Tell whether a frame begins here that holds no data: some packers put one before every other frame."""
    return 0x50 <= magic[0] <= 0x5F and magic[1:4] == b"\x2a\x4d\x18" if len(magic) >= 4 else False


def unzstd(path: Path, shown: str) -> Generator[bytes, None, None]:
    """Yield the content of all frames, in order.

    Raises:
        DatasetError: bytes that are not zstd follow, or a frame needs what is not there: no retry would help.
        DatasetUnavailableError: a frame is cut off or corrupt.
    """
    import zstandard  # noqa: PLC0415 - few files need it

    with path.open("rb") as file:
        while _at_next_frame(file, shown):
            frame = zstandard.ZstdDecompressor().decompressobj()
            while not frame.eof:
                data = file.read(_READ_BYTES)
                if not data:
                    raise _too_early(shown)
                try:
                    yield frame.decompress(data)
                except zstandard.ZstdError as error:
                    raise _corrupt(shown, error) from error
            file.seek(-len(frame.unused_data), 1)


def _at_next_frame(file: IO[bytes], shown: str) -> bool:
    """Go over zeros and skippable frames; return whether a frame with data follows that can be unpacked."""
    while over_zeros(file):
        position = file.tell()
        header = file.read(_LONGEST_HEADER_BYTES)
        if header.startswith(ZSTD):
            _check(header, shown)
            file.seek(position)
            return True
        if not is_skippable(header):
            raise DatasetError(
                f"{shown}: bytes that are not zstd follow the zstd data (from byte {position + 1} on): "
                "pack the file again, or cut them off"
            )
        behind = position + 8 + int.from_bytes(header[4:8], "little")
        if len(header) < 8 or behind > file.seek(0, 2):
            raise _too_early(shown)
        file.seek(behind)
    return False


def _check(header: bytes, shown: str) -> None:
    import zstandard  # noqa: PLC0415 - few files need it

    try:
        parameters = zstandard.get_frame_parameters(header)
    except zstandard.ZstdError as error:
        raise (_too_early(shown) if len(header) < _LONGEST_HEADER_BYTES else _corrupt(shown, error)) from error
    if parameters.dict_id:
        raise DatasetError(f"{shown}: packed by zstd with a dictionary, which is not here: pack it again without one")
    if parameters.window_size > _LARGEST_WINDOW_BYTES:
        raise DatasetError(
            f"{shown}: packed by zstd with a window of {parameters.window_size >> 20:,} MiB, expected at most "
            f"{_LARGEST_WINDOW_BYTES >> 20}: pack it again without --long, or with --long=27"
        )


def _corrupt(shown: str, error: Exception) -> DatasetUnavailableError:
    reason = str(error).removeprefix("zstd decompressor error: ")
    return DatasetUnavailableError(f"{shown}: a corrupt zstd file ({reason}): fetch it again")


def _too_early(shown: str) -> DatasetUnavailableError:
    return DatasetUnavailableError(f"{shown}: a zstd file that ends too early: fetch it again")
