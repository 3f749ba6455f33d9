import random

import numpy as np
import pytest

from playlist_model import TextColumn

# A little of what titles are made of, chosen so that equal pieces come up often.
ALPHABET = ["a", "b", "A", "é", "e\u0301", "ß", "ss", "🎵", "\u0301", " ", "\n", "日"]


def _random_texts(rng: random.Random, count: int, longest: int = 5) -> list[str]:
    return ["".join(rng.choices(ALPHABET, k=rng.randint(0, longest))) for _ in range(count)]


def test_a_column_gives_back_the_strings_it_was_made_of() -> None:
    rng = random.Random(1)

    for _ in range(300):
        texts = _random_texts(rng, count=rng.randint(0, 6))
        column = TextColumn.from_strings(texts)

        assert len(column) == len(texts)
        assert list(column) == texts
        assert [column.bytes_at(row) for row in range(len(column))] == [text.encode() for text in texts]


def test_a_long_column_is_walked_through_in_order() -> None:
    texts = [str(number) for number in range(10_000)]

    assert list(TextColumn.from_strings(texts)) == texts


def test_a_column_may_be_made_of_an_iterator() -> None:
    assert list(TextColumn.from_strings(iter(["a", "b"]))) == ["a", "b"]


def test_a_column_of_no_strings_is_empty() -> None:
    column = TextColumn.from_strings([])

    assert len(column) == 0
    assert list(column) == []
    assert list(column.rows_containing(b"a")) == []
    assert list(column.rows_containing(b"")) == []


def test_a_very_long_string_is_kept_whole() -> None:
    long = "é" * 1_000_000

    assert list(TextColumn.from_strings(["a", long, "b"])) == ["a", long, "b"]


def test_a_column_reads_from_arrays_that_can_not_be_written() -> None:
    column = TextColumn.from_strings(["a\n", "b\n"])
    data, offsets = column.data.copy(), column.offsets.copy()
    data.flags.writeable = offsets.flags.writeable = False

    frozen = TextColumn(data, offsets)

    assert frozen[1] == "b\n"
    assert list(frozen.rows_containing(b"b")) == [1]


def test_an_unpaired_surrogate_is_no_text_for_a_column() -> None:
    with pytest.raises(UnicodeEncodeError):
        TextColumn.from_strings(["\ud800"])


def test_rows_containing_a_needle_are_those_that_a_scan_finds() -> None:
    rng = random.Random(2)

    for _ in range(500):
        rows = ["".join(rng.choices("ab", k=rng.randint(0, 4))) + "\n" for _ in range(rng.randint(0, 6))]
        needle = "".join(rng.choices("ab", k=rng.randint(0, 3)))

        found = list(TextColumn.from_strings(rows).rows_containing(needle.encode()))

        assert sorted(set(found)) == [row for row, text in enumerate(rows) if needle in text]
        assert found == sorted(found)


def test_rows_containing_takes_the_needle_literally() -> None:
    column = TextColumn.from_strings(["a.c\n", "abc\n", "(\n"])

    assert list(column.rows_containing(b"a.c")) == [0]
    assert list(column.rows_containing(b"(")) == [2]


def test_row_starts_are_counted_in_bytes() -> None:
    assert TextColumn.from_strings(["é", "日"]).offsets.tolist() == [0, 2, 5]
    assert TextColumn.from_strings(["é"]).data.dtype == np.uint8


def test_a_column_made_of_a_column_is_that_column() -> None:
    column = TextColumn.from_strings(["a", "b"])

    assert TextColumn.from_strings(column) is column
