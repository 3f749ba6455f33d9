"""What is wrong with a line of CSV, in a sentence."""

import csv

from playlist_trainer.dataset.printable import printable
from playlist_trainer.errors import DatasetError

LONGEST_FIELD = 4 << 20  # characters


class BadLineError(DatasetError):
    """A line of the dataset can't be read; the line counts from 1, as editors do."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def bad_line(shown: str, line: int, problem: str) -> BadLineError:
    """Return the error for one line."""
    return BadLineError(f"{shown}: line {line}: {problem}", line)


def line_count(content: bytes) -> int:
    """Return how many line ends there are: LF, CRLF or a lone CR."""
    lone = content.count(b"\r") - content.count(b"\r\n") if b"\r" in content else 0
    return content.count(b"\n") + lone


def not_utf8(content: bytes, at: int, first_line: int, shown: str) -> BadLineError:
    """Return the error for a byte that is not UTF-8.

    Args:
        content: where it was found.
        at: its place there.
        first_line: the number of the line that the content begins with.
        shown: how messages name the dataset.
    """
    before = content[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line, column = first_line + before.count(b"\n"), at - max(content.rfind(b"\n", 0, at), content.rfind(b"\r", 0, at))
    return bad_line(
        shown,
        line,
        f"byte {column} (0x{content[at]:02X}) is not UTF-8, so the file is probably Windows-1252 or Latin-1: "
        "convert it (iconv -f WINDOWS-1252 -t UTF-8; in Excel: CSV UTF-8)",
    )


def problem_of(error: csv.Error) -> str:
    """Say what Python's csv module found."""
    text = str(error)
    if "expected after" in text:
        return 'text follows a closing quote: a quote inside a quoted field must be doubled ("")'
    if "unexpected end" in text:
        return 'a quote opens a field here and is never closed: double it ("") if it belongs to the text'
    if "field larger" in text:
        return f"a field of over {LONGEST_FIELD:,} characters begins here: is a quote not closed?"
    return printable(text, 100)


def wrong_count(found: int, fields: list[str], names: tuple[str, ...], separator: str) -> str:
    """Say that a line has too few or too many fields."""
    many = f"{found} field{'' if found == 1 else 's'}, the header has {len(names)}"
    if found < len(names):
        return f"{many}: is the line cut off, or a field missing?"
    shown = "a tab" if separator == "\t" else repr(separator)
    return f"{many} (the first is {printable(fields[0])!r}): put a text that holds {shown} in quotes"
