"""The songs that a command is about: from its arguments, a file, or standard input."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playlist_client.errors import RefusedError, UsageError
from playlist_client.usage import checked_text

_PIPE = Path("-")


def songs_given(arguments: Sequence[str] | None, file: Path | None) -> dict[str, str]:
    """Return the songs named on the command line and in a file, else the lines of standard input if it is a pipe.

    Returns:
        The songs in their order, each with the place that it was read from: ``mine.txt, line 3``; empty for arguments.

    Raises:
        UsageError: nothing names a song, or one is no text, or a file can't be read as text.
    """
    songs = [(checked_text(song.strip()), "") for song in arguments or () if song.strip()]
    if file is not None:
        songs += _lines(file)
    # Python has None for a standard input that is closed.
    elif not songs and not arguments and sys.stdin is not None and not sys.stdin.isatty():
        songs += _lines(_PIPE)
    if not songs:
        raise UsageError("no song given; name titles in quotes, use --file FILE, or pipe one title per line")
    first: dict[str, str] = {}
    for song, place in songs:
        first.setdefault(song, place)
    return first


@contextmanager
def placed(songs: Mapping[str, str]) -> Iterator[None]:
    """A context in which the API's words about ``songs[3]`` are told with the line that this was read from."""
    try:
        yield
    except RefusedError as error:
        found = re.search(r"\bsongs\[(\d+)\]", str(error))
        place = list(songs.values())[int(found[1])] if found and int(found[1]) < len(songs) else ""
        raise RefusedError(f"{place}: {error}", error.status) if place else error from None


def _lines(file: Path) -> list[tuple[str, str]]:
    """Return the lines of a file in UTF-8 that are not blank, with their places; ``-`` is standard input."""
    name = "standard input" if file == _PIPE else str(file)
    text = _decoded(_content(file, name), name)
    # Not splitlines(): a title may hold what that takes for the end of a line, such as U+2028.
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    return [(line, f"{name}, line {number}") for number, line in enumerate(lines, start=1) if line]


def _content(file: Path, name: str) -> bytes:
    if file == _PIPE and sys.stdin is None:
        raise UsageError("standard input is closed; use --file FILE, or pipe one title per line")
    try:
        return sys.stdin.buffer.read() if file == _PIPE else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror}") from error


def _decoded(content: bytes, name: str) -> str:
    try:
        # With a byte order mark or without: some editors put one.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Without the byte order mark, from behind which places are counted.
        line = error.object.count(b"\n", 0, error.start) + 1
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin1"
        raise UsageError(
            f"{name}, line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8; "
            f"if it is {encoding.upper().replace('LATIN', 'Latin-')}, convert it with iconv -f {encoding} -t utf-8"
        ) from error
