"""zstd as its packers write it: every frame read, and what can't be read called what it is."""

import random
from pathlib import Path

import pytest
import zstandard

from playlist_trainer.errors import DatasetError, DatasetUnavailableError

from .test_formats import CSV, LONG, ROWS, error_of, rows


def packed(content: bytes, **parameters: int) -> bytes:
    if not parameters:
        return zstandard.ZstdCompressor(write_checksum=True).compress(content)
    chosen = zstandard.ZstdCompressionParameters(write_checksum=1, **parameters)
    packer = zstandard.ZstdCompressor(compression_params=chosen).compressobj()
    return packer.compress(content) + packer.flush()


def skippable(content: bytes, number: int = 0) -> bytes:
    return bytes([0x50 + number]) + b"\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("seed", range(30))
def test_frames_of_any_kind_are_read_in_their_order(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    content, frames = CSV.encode(), []
    while content:
        size = rng.randint(1, len(content))
        frames.append(packed(content[:size]))
        content = content[size:]
        if rng.random() < 0.5:
            note = skippable(rng.randbytes(rng.randint(0, 9000)), rng.randint(0, 15))
            frames.insert(rng.randint(0, len(frames)), note)
        if rng.random() < 0.3:
            frames.append(bytes(rng.randint(1, 300_000)))
    order = b"".join(frames)

    assert rows(order, tmp_path) == ROWS


@pytest.mark.parametrize("share", [0.2, 0.6, 1])
def test_bit_that_is_not_as_it_was_is_called_corrupt(share: float, tmp_path: Path) -> None:
    for content in (CSV, LONG):
        damaged = bytearray(packed(content.encode()))
        damaged[max(18, int(len(damaged) * share) - 1)] ^= 1

        error = error_of(bytes(damaged), tmp_path)

        assert isinstance(error, DatasetUnavailableError)
        assert "a corrupt zstd file" in str(error)


def test_wrong_checksum_is_named(tmp_path: Path) -> None:
    whole = packed(CSV.encode())

    for damaged in (whole[:-1] + b"\0", whole + whole[:-1] + b"\0"):
        assert "a corrupt zstd file (Restored data doesn't match checksum)" in str(error_of(damaged, tmp_path))


def test_window_that_is_too_large_is_named(tmp_path: Path) -> None:
    error = error_of(packed(CSV.encode(), window_log=28, compression_level=1), tmp_path)

    assert isinstance(error, DatasetError)
    assert "a window of 256 MiB, expected at most 128: pack it again without --long" in str(error)
    assert rows(packed(CSV.encode(), window_log=27, compression_level=1), tmp_path) == ROWS


def test_dictionary_that_is_missing_is_named(tmp_path: Path) -> None:
    samples = [f"{n},song number {n * 7919}\n".encode() for n in range(3000)]
    dictionary = zstandard.train_dictionary(1 << 12, samples)
    content = zstandard.ZstdCompressor(dict_data=dictionary).compress(CSV.encode())

    assert "packed by zstd with a dictionary" in str(error_of(content, tmp_path))


@pytest.mark.parametrize("head", [b"", skippable(b"what a packer notes")])
def test_bytes_that_are_no_frame_are_an_error_that_no_retry_mends(head: bytes, tmp_path: Path) -> None:
    error = error_of(head + packed(CSV.encode()) + b"garbage", tmp_path)

    assert isinstance(error, DatasetError)
    assert "bytes that are not zstd follow the zstd data" in str(error)


@pytest.mark.parametrize("cut", [5, 12])
def test_skippable_frame_that_is_cut_can_be_fetched_again(cut: int, tmp_path: Path) -> None:
    error = error_of(packed(CSV.encode()) + skippable(b"what a packer notes")[:cut], tmp_path)

    assert isinstance(error, DatasetUnavailableError)
    assert "ends too early" in str(error)


def test_skippable_frames_alone_are_empty(tmp_path: Path) -> None:
    assert "empty" in str(error_of(skippable(b"nothing") * 2, tmp_path))
