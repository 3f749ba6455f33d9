import random
import sys
import unicodedata
from collections.abc import Iterator

import numpy as np
import pytest

from playlist_model import TextColumn, fold

# A little of what titles are made of, chosen so that equal pieces come up often.
ALPHABET = ["a", "b", "A", "é", "e\u0301", "ß", "ss", "🎵", "\u0301", " ", "\n", "日"]


def _all_characters() -> Iterator[str]:
    """Give every character but surrogates, some thousand at a time, each apart from the next by an x."""
    for start in range(0, sys.maxunicode + 1, 0x800):
        if not 0xD800 <= start < 0xE000:
            yield "x".join(map(chr, range(start, start + 0x800)))


def _random_texts(rng: random.Random, count: int, longest: int = 5) -> list[str]:
    return ["".join(rng.choices(ALPHABET, k=rng.randint(0, longest))) for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Für Elise", "fur elise"),
        ("Fu\u0308r Elise", "fur elise"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδός", "οδοσ"),
        ("ﬁnale", "finale"),
        ("\uff21\uff22\uff23\u3000\uff11\uff12", "abc 12"),
        ("ŉ", "\u02bcn"),
        ("Mary  had\ta\nlittle\u00a0lamb\r\n", "mary had a little lamb"),
        ("line\u2028separator", "line separator"),
        ("🎵", "🎵"),
        ("\u0301\u0308", ""),
        (" \u0301 ", ""),
        ("", ""),
    ],
)
def test_folding_leaves_no_case_no_accent_and_single_spaces(text: str, key: str) -> None:
    assert fold(text) == key


def test_folding_a_folded_text_changes_nothing_for_any_character() -> None:
    for characters in _all_characters():
        key = fold(characters)

        assert fold(key) == key


def test_folding_leaves_no_line_break_for_any_character() -> None:
    # A line break ends a key: one inside would split it.
    for characters in _all_characters():
        assert fold(characters).splitlines() == [fold(characters)]


def test_any_character_folds_alike_composed_and_decomposed() -> None:
    for characters in _all_characters():
        for form in ("NFC", "NFD"):
            assert fold(unicodedata.normalize(form, characters)) == fold(characters)


def test_every_case_of_any_character_folds_alike() -> None:
    for characters in _all_characters():
        # The one exception: the dotless i, whose capital is the I of everybody else.
        text = characters.replace("\u0131", "")

        for cased in (text.upper(), text.lower(), text.title()):
            assert fold(cased) == fold(text)


def test_a_column_gives_back_the_strings_it_was_made_of() -> None:
    rng = random.Random(1)

    for _ in range(300):
        texts = _random_texts(rng, count=rng.randint(0, 6))
        column = TextColumn.from_strings(texts)

        assert len(column) == len(texts)
        assert list(column) == texts
        assert [column.bytes_at(row) for row in range(len(column))] == [text.encode() for text in texts]


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
