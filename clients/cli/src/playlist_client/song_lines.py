"""The songs that a command is about: from its arguments, a file, or standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path

from playlist_client.errors import UsageError


def songs_given(arguments: Sequence[str] | None, file: Path | None) -> tuple[str, ...]:
    """Return the songs named on the command line and in a file, else the lines of standard input if it is a pipe.

    Raises:
        UsageError: nothing names a song, or a file can't be read as text.
    """
    songs = [song.strip() for song in arguments or () if song.strip()]
    if file is not None:
        songs += _lines(file)
    elif not songs and not arguments and not sys.stdin.isatty():
        songs += _lines(Path("-"))
    if not songs:
        raise UsageError("no song given; name titles in quotes, use --file FILE, or pipe one title per line")
    return tuple(dict.fromkeys(songs))


def _lines(file: Path) -> list[str]:
    """Return the lines of a file in UTF-8 that are not blank; ``-`` is standard input."""
    name = "standard input" if file == Path("-") else str(file)
    try:
        content = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
        # With a byte order mark or without: some editors put one.
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not text in UTF-8: byte 0x{content[error.start]:02x} at {error.start}") from error
    # Not splitlines(): a title may hold what that takes for the end of a line, such as U+2028.
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
