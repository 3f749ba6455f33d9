"""Usage errors in one sentence: what was given, what is expected."""

import math
import re
import sys
from collections.abc import Callable
from typing import Any

import typer

from playlist_client.errors import UsageError

_TAKES = {"search": "TEXT", "song": "TITLE", "check": "URL"}


def number_option(
    *names: str, kind: type[int] | type[float], low: float, high: float | None = None, **more: Any
) -> Any:
    """Return an option of Typer that takes a number between two others, both allowed.

    Args:
        names: of the option, the long one first.
        kind: a whole number or any.
        low: the least.
        high: the largest; None for no end.
        more: what Typer takes.
    """
    # Typer takes the bounds for the help text alone where there is a parser.
    return typer.Option(*names, min=low, max=high, parser=_reader(names[0], kind, low, high), **more)


def _reader(name: str, kind: type[int] | type[float], low: float, high: float | None) -> Callable[[str], float]:
    of = "a whole number" if kind is int else "a number"
    expected = f"{of} of at least {low:g}" if high is None else f"{of} from {low:g} to {high:g}"

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= (sys.float_info.max if high is None else high):
            raise UsageError(f"{name} is {text!r}, expected {expected}")
        return value

    return read


def checked_text(text: str) -> str:
    """Return a text of the command line; what a shell handed over in another encoding is refused.

    Raises:
        UsageError: it holds what is no text in UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{text.encode(errors='replace').decode()!r} is not UTF-8") from None
    return text


def usage_error(error: Exception) -> UsageError | None:
    """Return the sentence for what Typer refuses by itself; None for any other error.

    Typer has its errors from Click, or from a copy of Click inside: they are known by what they can do.
    """
    say = getattr(error, "format_message", None)
    # Without any argument the help is printed, which is no sentence.
    if say is None or getattr(error, "exit_code", None) != 2 or type(error).__name__ == "NoArgsIsHelpError":
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "playlist-client"
    command = path.rpartition(" ")[2]
    return UsageError(_sentence(str(say()), command) or f"{_plain(str(say()))}; {path} --help lists options")


def _sentence(said: str, command: str) -> str:
    """Return what the commonest mistakes are called here; empty for others."""
    if found := re.search(r"unexpected extra argument.*? \((.*)\)$", said, re.DOTALL):
        if command not in _TAKES:
            return f"{command} takes no argument, but got {found[1]!r}"
        hint = "" if command == "check" else "; put the text in quotes"
        return f"{command} takes one {_TAKES[command]}, but got {found[1]!r} too{hint}"
    if re.search(r"^Missing argument", said):
        return f"{command} needs a {_TAKES.get(command, 'value')}, in quotes"
    if found := re.search(
        r"^Invalid value for '(--[a-z-]+)'.*: (?:Value error, )?(.*) is not one of (.*?)\.?$", said, re.DOTALL
    ):
        *others, last = (choice.strip("' ") for choice in found[3].split(","))
        return f"{found[1]} is {found[2]}, expected {', '.join(others)} or {last}"
    if found := re.search(r"^No such command ('.*?')\.?(?: Did you mean (.*)\?)?$", said, re.DOTALL):
        return f"there is no command {found[1]}; " + (f"did you mean {found[2]}?" if found[2] else "--help lists them")
    return ""


def _plain(said: str) -> str:
    """Return a sentence as a part of another."""
    text = " ".join(said.split()).rstrip(".")
    return text[:1].lower() + text[1:]
