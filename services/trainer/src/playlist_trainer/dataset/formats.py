"""What a file holds, told by how it begins: names and content types lie."""

import re
from codecs import getincrementaldecoder
from pathlib import Path
from typing import Literal

from playlist_trainer.dataset.unpacking import GZIP, head_of
from playlist_trainer.dataset.zstd_frames import ZSTD
from playlist_trainer.errors import DatasetError

Kind = Literal["csv", "parquet", "json"]
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SNIFF_BYTES = 4096
_UNPACK = "unpack it, or pack the file inside as gzip or zstd"
_EXPORT = "export it as CSV (UTF-8)"
_FULL_OF_ZEROS = {"x000": "UTF-32LE", "000x": "UTF-32BE", "x0x0": "UTF-16LE", "0x0x": "UTF-16BE"}
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", "give the file itself"),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\0", "an xz file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "an lz4 file", _UNPACK),
    (b"\x1f\x9d", "a file packed by compress (.Z)", _UNPACK),
    (GZIP, "a gzip file inside a compressed file", "compress it once only"),
    (ZSTD, "a zstd file inside a compressed file", "compress it once only"),
    (b"%PDF", "a PDF", _EXPORT),
    (b"{\\rtf", "an RTF document", _EXPORT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or other Office document", _EXPORT),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet"),
    (b"FEA1", "a Feather file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"ORC", "an ORC file", "write it as Parquet"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "write it as Parquet"),
    (b"\x93NUMPY", "a NumPy array", "write it as CSV or Parquet"),
    (b"\x80\x04\x95", "a Python pickle", "write it as CSV or Parquet"),
    (b"\0\5\x16\7", "an AppleDouble file, which macOS puts beside the real one", "give the real one"),
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, not the data",
        "run git lfs pull, then try again",
    ),
    (b"/annex/objects/", "a git-annex pointer, not the data", "run git annex get, then try again"),
)


def kind_of(path: Path, shown: str) -> Kind:
    """Return what a file holds.

    Args:
        path: the file, which may be compressed.
        shown: how messages name it.

    Raises:
        DatasetError: it is empty, or a format that is not read; the message calls it what it is.
        DatasetUnavailableError: it is compressed, and ends too early.
    """
    head, packed = head_of(path, shown, _SNIFF_BYTES)
    if head.startswith(b"PAR1"):
        if packed:
            raise DatasetError(f"{shown}: Parquet inside a {packed} file: unpack it (Parquet compresses by itself)")
        return "parquet"
    _refuse_foreign(head, shown)
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not text:
        raise DatasetError(f"{shown}: empty: expected playlists as CSV, Parquet or JSON")
    _refuse_markup(text.lower(), shown)
    return "json" if text.startswith((b"{", b"[")) else "csv"


def _refuse_foreign(head: bytes, shown: str) -> None:
    for magic, name, remedy in _FOREIGN:
        if head.startswith(magic):
            excel = magic == b"PK\x03\x04" and re.search(rb"\[Content_Types\]\.xml|xl/|_rels/", head)
            called = f"an Excel workbook or other Office document: {_EXPORT}" if excel else f"{name}: {remedy}"
            raise DatasetError(f"{shown}: {called}")
    if encoding := _wide_encoding(head):
        raise DatasetError(
            f"{shown}: {encoding}, expected UTF-8: convert it (iconv -f {encoding} -t UTF-8; in Excel: CSV UTF-8)"
        )
    if _is_tar(head):
        raise DatasetError(f"{shown}: a tar archive: {_UNPACK}")
    if re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head[:64].split(b"\n")[0]) or _is_binary(head[:1024]):
        raise DatasetError(
            f"{shown}: binary data of an unknown kind, not text: expected playlists as CSV, JSON or Parquet"
        )


def _refuse_markup(text: bytes, shown: str) -> None:
    if re.match(rb"<!doctype html|<html|<head|<body|<!--", text) or (text.startswith(b"<") and b"<html" in text):
        raise DatasetError(
            f"{shown}: a web page (HTML), not data: the URL of the file itself is needed, or a log-in is missing"
        )
    if text.startswith((b"<?xml", b"<")):
        raise DatasetError(f"{shown}: XML, not data: expected playlists as CSV, Parquet or JSON")


def _is_binary(head: bytes) -> bool:
    """Tell pictures and the like from text that is damaged or of another encoding: they hold NULs and no UTF-8."""
    try:
        getincrementaldecoder("utf-8")().decode(head)  # incremental: the head may end within a character
    except UnicodeDecodeError:
        return b"\0" in head
    return False


def _wide_encoding(head: bytes) -> str | None:
    """Return UTF-16 or UTF-32, by the byte-order mark or by where the NULs stand; None for anything else."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    sample = head[:64]
    # ASCII has its NULs always at the same places; other scripts at least at blanks, separators and line ends.
    shares = [sample[start::4].count(0) / max(1, len(sample[start::4])) for start in range(4)]
    return _FULL_OF_ZEROS.get("".join("0" if share > 0.6 else "x" if share < 0.3 else "?" for share in shares))


def _is_tar(head: bytes) -> bool:
    if head[257:262] == b"ustar":
        return True
    # Before POSIX a tar had no magic; its first block has a checksum: the sum of its bytes, with blanks for itself.
    block, checksum = head[:512], head[148:156].strip(b" \0")
    if len(block) < 512 or not re.fullmatch(rb"[0-7]{1,7}", checksum):
        return False
    return int(checksum, 8) == sum(block) - sum(block[148:156]) + 8 * ord(" ")
