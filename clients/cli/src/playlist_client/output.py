"""How answers reach a person at a terminal, or the next program in a pipe.

Answers go to standard output, notes about them to standard error. A terminal gets colour, numbers and lines that fold
at its width; a pipe gets one entry a line, whole, with a tab between its fields.
"""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Entry:
    """A song of a list.

    Attributes:
        song: the name to ask with.
        title: for people.
        artist: empty where none is known.
        about: what a person is told about it, such as why it is there; one line each.
        fields: what a pipe gets behind the song.
    """

    song: str
    title: str
    artist: str = ""
    about: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def stdout() -> Console:
    """Return standard output; texts are taken as they are, brackets and all."""
    return Console(markup=False, emoji=False, highlight=False)


def stderr() -> Console:
    """Return standard error, likewise."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False)


def note(text: str) -> None:
    """Tell something about an answer that is not part of it."""
    stderr().print(Text(clean(text), style="dim"), soft_wrap=True)


def write(line: str) -> None:
    """Write a line to standard output; when its reader has seen enough, as ``head`` does, nothing more is written."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_json(values: Mapping[str, object]) -> None:
    """Print an answer as it came, indented."""
    write(json.dumps(values, indent=2, ensure_ascii=False))


def show_songs(entries: Iterable[Entry]) -> None:
    """Print a list of songs."""
    console = stdout()
    if not console.is_terminal:
        for entry in entries:
            write("\t".join(clean(field) for field in (entry.song, *entry.fields)))
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for place, entry in enumerate(entries, start=1):
        grid.add_row(str(place), _described(entry))
    console.print(grid)


def show_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print names with their values."""
    console = stdout()
    if not console.is_terminal:
        for name, value in facts:
            write(f"{name}\t{clean(value)}")
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(name, Text(clean(value)))
    console.print(grid)


def clean(text: str) -> str:
    """Return a text in which nothing moves the cursor, ends the line or talks to the terminal.

    Titles come from other people's files: an escape sequence among them must not reach the terminal.
    """
    return "".join(
        character if unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def write_what_it_can() -> None:
    """Keep an output that is not in Unicode from ending the command: what it can't show is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _described(entry: Entry) -> Text:
    text = Text(clean(entry.title), style="bold")
    if entry.artist:
        text.append(f"  {clean(entry.artist)}", style="not bold cyan")
    for line in (*([entry.song] if entry.song != entry.title else []), *entry.about):
        text.append(f"\n{clean(line)}", style="not bold dim")
    return text
