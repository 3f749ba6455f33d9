"""Tables for people, and docs/measurements.md, where each group of measurements has a section of its own."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_INTRODUCTION = """\
# Measurements

What was measured, with the command that measured it. `make bench` makes every section anew,
`.venvs/bench/bin/python -m tests.bench GROUP` one of them; `--list` says which groups there are. The section about a
cluster is made by `make e2e` and `make e2e-report`.
Times are of whole processes unless a table says otherwise. What stands side by side in a table was measured in turns
(A B A B), and is given as the median, with the smallest and the largest value in brackets.
"""


@dataclass(frozen=True)
class Aim:
    """Something that a measurement should reach."""

    wanted: str
    found: str
    is_met: bool

    def __str__(self) -> str:
        return f"- {'met' if self.is_met else '**missed**'}: {self.wanted}; found {self.found}"


@dataclass(frozen=True)
class Section:
    """What one group found: Markdown parts, one after the other."""

    title: str
    parts: Sequence[str]

    def markdown(self, command: str) -> str:
        """Return the whole section, with when, where and by which command it was made."""
        made = f"Made by `{command}` on {datetime.now(UTC):%Y-%m-%d}, {machine()}."
        return "\n\n".join([f"## {self.title}", made, *(part for part in self.parts if part)])


def machine() -> str:
    """Describe where the measurements were taken."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _processor() -> str:
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    name = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return name[1] if name else platform.machine()


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table, its columns aligned for reading as text; all but the first stand right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, _line(rule, widths))
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return " | ".join(["| " + first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]) + " |"


def aims(found: Iterable[Aim]) -> str:
    """Return the aims as a list."""
    return "\n".join(str(aim) for aim in found)


def replace_section(document: Path, name: str, markdown: str, order: Sequence[str]) -> None:
    """Put a group's section into a document in place of the one before; all other text stays as it is.

    Args:
        document: made if it is not there.
        name: of the group; the section stands between two markers with this name.
        markdown: the new section.
        order: the names of all groups; a new section comes after those that stand before it here.
    """
    text = document.read_text(encoding="utf-8") if document.exists() else _INTRODUCTION
    begin, end = _markers(name)
    block = f"{begin}\n{markdown}\n{end}"
    if begin in text and end in text:
        text = text[: text.index(begin)] + block + text[text.index(end) + len(end) :]
    else:
        text = _inserted(text, block, order[: order.index(name)])
    document.parent.mkdir(exist_ok=True)
    document.write_text(text, encoding="utf-8")


def _inserted(text: str, block: str, before: Sequence[str]) -> str:
    ends = [text.index(end) + len(end) for _, end in map(_markers, before) if end in text]
    if ends:
        at = max(ends)
        return f"{text[:at]}\n\n{block}{text[at:]}"
    first = text.find("<!-- bench:")
    if first < 0:
        return f"{text.rstrip()}\n\n{block}\n"
    return f"{text[:first]}{block}\n\n{text[first:]}"


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
