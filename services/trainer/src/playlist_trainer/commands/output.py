"""What commands print on standard output: tables, JSON and CSV."""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from playlist_trainer.errors import SettingError

if TYPE_CHECKING:
    import polars as pl

_ROWS_AT_ONCE = 100_000


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    print_text(json.dumps(value, indent=2, ensure_ascii=False))


def print_text(text: str) -> None:
    """Print a text and a line break."""
    sys.stdout.write(text + "\n")


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int] = ()) -> str:
    """Return a table in columns of equal width.

    Args:
        header: one text per column.
        rows: one text per column each.
        left: columns that are aligned on the left, by number.
    """
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = []
    for row in table:
        cells = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def check_output(output: str) -> None:
    """Refuse a file that can't be made, before hours are spent on what should stand in it; - is standard output.

    Raises:
        SettingError: its folder is missing, or it is a folder itself.
    """
    path = Path(output)
    if output != "-" and path.is_dir():
        raise SettingError(
            f"{output} is a folder, expected a file to write: name one in it, such as {path / 'out.csv'}"
        )
    if output != "-" and not path.parent.is_dir():
        raise SettingError(
            f"{output} can't be written: there is no folder {path.parent}; make it, or name another file"
        )


def write_csv(table: "pl.DataFrame", output: str) -> None:
    """Write a table; - is standard output."""
    with nullcontext(sys.stdout.buffer) if output == "-" else Path(output).open("wb") as file:
        # Through Python's own file, whose errors are Python's: a reader that left early is no failure.
        for number, part in enumerate(table.iter_slices(_ROWS_AT_ONCE)):
            file.write(part.write_csv(include_header=number == 0).encode())
