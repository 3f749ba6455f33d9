import random
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from playlist_model import fold
from playlist_model.folding import FOLD_VERSION, FOLDS, fold_of_version_1, terms_of, words_of


def _all_characters() -> Iterator[str]:
    """Yield every character but surrogates, some thousand at a time, each apart from the next by an x."""
    for start in range(0, sys.maxunicode + 1, 0x800):
        if not 0xD800 <= start < 0xE000:
            yield "x".join(map(chr, range(start, start + 0x800)))


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
        ("ŉ", "'n"),
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
        for cased in (characters.upper(), characters.lower(), characters.title()):
            assert fold(cased) == fold(characters)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("が", "か"),  # dakuten
        ("パ", "ハ"),  # handakuten
        ("क्ष", "कष"),  # virama
        ("कि", "क"),  # a vowel sign
        ("தமிழ்", "தமழ"),
        ("ภาษา", "ภษ"),
        ("มั่น", "มน"),
        ("가", "나"),
    ],
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert fold(one) == fold(unicodedata.normalize("NFD", one)) == unicodedata.normalize("NFKC", one)


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Café Été", "cafe ete"),
        ("Ωδή", "ωδη"),
        ("Йогурт", "иогурт"),
        ("Tiếng Việt", "tieng viet"),
        ("שָׁלוֹם", "שלום"),
        ("حَبِيبِي", "حبيبي"),
        ("IŞIK", "\u0131ş\u0131k"),
        ("\u0131ş\u0131k", "isik"),
        ("İZMİR", "izmir"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("Don\u2019t", "don't"),
        ("Home – Live", "home - live"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_what_people_leave_out_when_they_type_is_left_out(title: str, typed: str) -> None:
    assert fold(title) == fold(typed)


def test_folding_text_of_ascii_is_that_of_any_text() -> None:
    rng = random.Random(3)

    for _ in range(2000):
        text = "".join(chr(rng.randrange(128)) for _ in range(rng.randint(0, 12)))

        assert fold(text) == fold(text + "é").removesuffix("e").rstrip()


def test_models_of_old_keep_their_keys() -> None:
    assert FOLDS[1] is fold_of_version_1
    assert FOLDS[FOLD_VERSION] is fold
    assert fold_of_version_1("\uff26ür  が\uff29") == "fur かi"
    assert fold_of_version_1("\u0131ş\u0131k") == "\u0131s\u0131k"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't stop (live)", ["dont", "stop", "live"]),
        ("rock'n'roll", ["rocknroll"]),
        ("ac/dc - t.n.t.", ["ac", "dc", "t", "n", "t"]),
        ("a$ap 1+1", ["a$ap", "1", "1"]),
        ("हिन्दी गाना", ["हिन्दी", "गाना"]),
        ("さくら2", ["さく", "くら", "ら", "2"]),
        ("夜・love", ["夜", "love"]),
        ("🎵", ["🎵"]),
        ("???", []),
        ("", []),
    ],
)
def test_words_are_split_by_punctuation_and_scripts_without_spaces_by_characters(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("chopin noct", {"chopin": False, "noct": True}),
        ("the the", {"the": True}),
        ("the cat the", {"the": True, "cat": False}),
        ("さくら", {"さく": False, "くら": True}),
        ("夜 love", {"夜": True, "love": True}),
        ("?", {}),
    ],
)
def test_the_last_word_of_a_query_may_be_the_beginning_of_one(text: str, terms: dict[str, bool]) -> None:
    assert terms_of(text) == terms
