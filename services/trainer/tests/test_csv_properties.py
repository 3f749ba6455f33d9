"""Random CSV files face Python's own csv module: the same rows, or an error that names the line; never other rows."""

import csv
import io
import random
from pathlib import Path

import pytest

from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.csv_lines import BadLineError
from playlist_trainer.dataset.csv_rows import CsvRows

Row = tuple[str | None, ...]
HEADER = ["pid", "track_name", "artist_name", "album_name"]
WORDS = ["Halo", "Hurt", "5'9", "été", "中文", "a", "", " x ", "Crosby", "1979", "-", "N'"]
SPECIAL = ['"', ",", ";", "\t", "|", ", ", '""', "'", "\n", "\r\n", "\\", " "]
DIALECTS = [
    {"delimiter": delimiter, "lineterminator": line_end, "quoting": quoting}
    for delimiter in ",;\t|"
    for line_end in ("\n", "\r\n", "\r")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
]


def read(content: bytes, folder: Path) -> list[Row]:
    path = folder / "data.csv"
    path.write_bytes(content)
    file = CsvRows(path, "data.csv", Columns(("track_name",), ("pid",)))
    names = [name for name in HEADER if name in file.roles.wanted]
    return [row for batch in file.batches() for row in batch.select(names).rows()]


def tidy(rows: list[list[str]]) -> list[Row]:
    """Return the three columns that are read; blanks around texts and empty texts are no matter here."""
    return [tuple(field.strip(" ") or None for field in row[:3]) for row in rows]


def tidied(rows: list[Row]) -> list[Row]:
    return [tuple((field or "").strip(" ") or None for field in row) for row in rows]


def random_table(rng: random.Random, specials: bool = True) -> list[list[str]]:
    def text() -> str:
        parts = rng.choices(WORDS + (SPECIAL if specials and rng.random() < 0.3 else []), k=rng.randint(1, 4))
        return "".join(parts)

    return [[str(rng.randint(0, 9)), text(), text(), text()] for _ in range(rng.randint(1, 30))]


def written(table: list[list[str]], **dialect: object) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, **dialect).writerows([HEADER, *table])  # type: ignore[arg-type]
    return file.getvalue().encode()


def strict(content: bytes, delimiter: str) -> list[list[str]] | None:
    """Read as Python's strict csv reader does; None where that finds a fault, or another number of fields."""
    try:
        records = list(
            csv.reader(
                io.StringIO(content.decode(), newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
            )
        )
    except csv.Error:
        return None
    rows = [record for record in records[1:] if record and (len(record) > 1 or record[0].strip())]
    return rows if all(len(record) == len(HEADER) for record in rows) else None


@pytest.mark.parametrize("seed", range(len(DIALECTS) * 6))
def test_what_a_csv_writer_wrote_is_read_as_it_was(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    dialect = DIALECTS[seed % len(DIALECTS)]
    table = random_table(rng)
    if dialect["lineterminator"] == "\r":
        # Python's writer leaves an LF without quotes when lines end with CR.
        table = [[field.replace("\n", "") for field in row] for row in table]
    mark = b"\xef\xbb\xbf" if rng.random() < 0.3 else b""
    content = written(table, **dialect)

    try:
        found = read(mark + content, tmp_path)
    except BadLineError as error:
        # A text of several lines with separators in it can look like rows.
        assert "look like rows" in str(error)  # noqa: PT017
    else:
        assert tidied(found) == tidy(table)


@pytest.mark.parametrize("seed", range(300))
def test_after_one_wrong_character_the_rows_are_those_of_a_strict_reader_or_a_line_is_named(
    seed: int, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    dialect = DIALECTS[seed % len(DIALECTS)]
    delimiter = str(dialect["delimiter"])
    content = written(random_table(rng, specials=seed % 2 == 0), **dialect).decode().replace("\\", "")
    start = content.index("album_name") + len("album_name") + 3
    at = rng.randrange(min(start, len(content) - 1), len(content))
    inserted = rng.choice(['"', delimiter, "\n", '"', ""])
    damaged = (content[:at] + inserted + content[at + (not inserted) :]).encode()

    try:
        found = read(damaged, tmp_path)
    except BadLineError as error:
        assert error.line >= 1  # noqa: PT017
        assert f"line {error.line}" in str(error)  # noqa: PT017
    else:
        expected = strict(damaged, delimiter)
        assert expected is not None
        assert tidied(found) == tidy(expected)


@pytest.mark.parametrize("seed", range(100))
def test_stray_quotes_never_cost_a_row(seed: int, tmp_path: Path) -> None:
    """Lines without a quote, then two stray ones: as a writer leaves them that knows no quotes."""
    rng = random.Random(seed)
    lines = [f"{rng.randint(0, 9)},Song {n},Artist {n},Album {n}" for n in range(rng.randint(3, 40))]
    for number in rng.sample(range(len(lines)), 2):
        fields = lines[number].split(",")
        place = rng.randrange(1, 4)
        fields[place] = rng.choice([f'{fields[place]}"', f'"{fields[place]}', f'a "{fields[place]}'])
        lines[number] = ",".join(fields)
    content = ",".join(HEADER) + "\n" + "\n".join(lines) + "\n"

    try:
        found = read(content.encode(), tmp_path)
    except BadLineError as error:
        assert '"' in lines[error.line - 2]  # noqa: PT017
    else:
        assert [row[0] for row in found] == [line[0] for line in lines]


@pytest.mark.parametrize("seed", range(60))
def test_backslash_escapes_are_read_as_they_were_written(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    dialect = {**DIALECTS[seed % len(DIALECTS)], "doublequote": False, "escapechar": "\\"}
    table = [[field.replace("\r", "").replace("\n", "") for field in row] for row in random_table(rng)]
    content = written([*table, ["0", 'say "x"', 'a "b", c', ""]], **dialect)

    found = tidied(read(content, tmp_path))

    assert found[-1] == ("0", 'say "x"', 'a "b", c')
    assert found[:-1] == tidy(table)
