"""Texts of several lines are read; lines that a stray quote swallows are named, however they look."""

import csv
import io
import random
from pathlib import Path

import pytest

from playlist_trainer.dataset.csv_lines import BadLineError

from .test_csv_properties import read
from .test_formats import error_of

WORDS = ["Halo", "Hurt", "love", "me", "tender", "1979", "the", "of", "don't", "5"]
NAMES = ["pid", "track_name", "artist_name", "album_name"]


def prose(rng: random.Random) -> str:
    """Return a line as people write it: a comma has a blank behind it."""
    words = rng.choices(WORDS, k=rng.randint(1, 7))
    return " ".join(word + "," * (rng.random() < 0.3) for word in words[:-1]) + " " + words[-1]


def is_ambiguous(text: str, place: int, columns: int) -> bool:
    """Tell whether each line of a text has just the separators that make rows of all."""
    first, *others = [line.count(",") for line in text.split("\n")]
    breaks = columns - 1
    others[-1] += breaks - place
    return first + place >= breaks and all(count == breaks for count in others)


@pytest.mark.parametrize("seed", range(300))
def test_titles_of_several_lines_are_no_rows(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    names = NAMES[: rng.randint(3, 4)]
    place = rng.randrange(1, len(names))
    table = [[f"p{n // 3}", *(rng.choice(WORDS) for _ in names[1:])] for n in range(12)]
    text = "\n".join(prose(rng).strip() for _ in range(rng.randint(2, 5)))
    table[7][place] = text
    file = io.StringIO(newline="")
    csv.writer(file).writerows([names, *table])

    try:
        found = read(file.getvalue().encode(), tmp_path)
    except BadLineError:
        assert is_ambiguous(text, place, len(names))
    else:
        assert [list(row) for row in found] == [row[:3] for row in table]


@pytest.mark.parametrize("seed", range(300))
def test_swallowed_lines_of_any_look_are_named(seed: int, tmp_path: Path) -> None:
    """The lines between may be rows, rows with a field too many or too few, with blanks behind separators, or prose."""
    rng = random.Random(seed)
    columns = rng.randint(2, 4)
    spaced = rng.random() < 0.3
    separator = ", " if spaced else ","

    def row(fields: int) -> list[str]:
        return [rng.choice(["p1", "p2", "7", "8"]), *(rng.choice(WORDS) for _ in range(fields - 1))]

    lines = [row(columns) for _ in range(20)]
    begin = rng.randrange(3, 12)
    between = rng.randint(0, 4)
    end = begin + between + 1
    place = rng.randrange(columns)
    lines[begin][place] = f'"{lines[begin][place]}'
    lines[end][place] += '"'
    for number in range(begin + 1, end):
        lines[number] = row(rng.randint(1, columns + 2))
    texts = [separator.join(line) for line in lines]
    for number in range(begin + 1, end):
        if rng.random() < 0.4:
            texts[number] = rng.choice([texts[number].replace(",", ", "), prose(rng), ""])
    content = separator.join(NAMES[:columns]).replace(", ", rng.choice([",", ", "])) + "\n" + "\n".join(texts) + "\n"

    error = error_of(content.encode(), tmp_path)

    assert isinstance(error, BadLineError)
    assert error.line == begin + 2


@pytest.mark.parametrize(
    "lines",
    [
        ['1,"Hurt,x,y', "2,Song, with a comma,b,c", '3,Halo",x,y'],
        ['1,"Hurt,x,y', "2,Song", '3,Halo",x,y'],
        ['1,"Hurt,x,y', "2, Song, with, a, comma, b, c", '3,Halo",x,y'],
        ['1,"Hurt, live,x,y', "two", '3,Halo, live",x,y'],
        ['1,"Hurt', "1, Song, of, some, more", 'Halo",x,y'],
    ],
)
def test_lines_with_another_number_of_fields_are_rows_too(lines: list[str], tmp_path: Path) -> None:
    content = "\n".join([",".join(NAMES), "0,Halo,a,b", *lines, "4,Hurt,c,d", ""])

    assert f"line 3: a quote opens a field here and swallows the lines up to {len(lines) + 2}, " in str(
        error_of(content.encode(), tmp_path)
    )


def test_blanks_in_the_rows_alone_are_seen(tmp_path: Path) -> None:
    rows = "".join(f"{n}, Halo, a, b\n" for n in range(5))
    content = f'{",".join(NAMES)}\n{rows}7, "Hurt, x, y\n8, Song\n9, Halo", x, y\n'

    assert "line 7: a quote opens a field here and swallows the lines up to 9, " in str(
        error_of(content.encode(), tmp_path)
    )
