import random
from collections.abc import Sequence
from difflib import SequenceMatcher

import pytest

from playlist_model import Songs
from playlist_model.suggest import Likeness, words_like


def _catalogue(*names: str, titles: Sequence[str] | None = None, artists: Sequence[str] | None = None) -> Songs:
    return Songs.build(names, range(len(names), 0, -1), titles=titles, artists=artists)


def test_close_matches_are_what_a_person_may_have_meant() -> None:
    songs = _catalogue("Bolero", "Boléro (live)", "Air", "Barcarolle")

    assert songs.close_matches("Bollero", 5) == [0, 1]
    assert songs.close_matches("Bollero", 1) == [0]
    assert songs.close_matches("bolero", 5)[0] == 0
    assert songs.close_matches("Quartet", 5) == []


def test_what_is_misspelt_while_typed_is_found_by_title_or_artist_and_may_lack_its_end() -> None:
    songs = _catalogue(
        "Für Elise", "Ode to Joy", "Nocturne", artists=["Ludwig van Beethoven"] * 2 + ["Frédéric Chopin"]
    )

    assert songs.misspelt("betoven", 5) == [0, 1]
    assert songs.misspelt("betoven", 1) == [0]
    assert songs.misspelt("betoven furr", 1) == [0]
    assert songs.misspelt("choplin noct", 5) == [2]
    assert songs.misspelt("od to jyo", 1) == [1]
    assert songs.misspelt("quartet", 5) == []


def test_equally_close_matches_stand_by_popularity() -> None:
    assert _catalogue("Nocturne 2", "Nocturne 1", "Nocturne 3").close_matches("Nocturne", 2) == [0, 1]


def test_a_close_match_by_name_and_by_title_comes_once() -> None:
    assert _catalogue("bolero 1", titles=["Bolero 2"]).close_matches("Bolero 3", 5) == [0]


@pytest.mark.parametrize(
    "typed", ["scarboro fair", "Scarbrough Fiar", "scarborough faire", "fair scarborough", "Simon Scarborough Fair"]
)
def test_words_misspelt_left_out_or_moved_are_close(typed: str) -> None:
    songs = _catalogue("Fair", "The Fair", "Scarborough Fair", "Vanity Fair", artists=["", "", "Simon", ""])

    assert songs.close_matches(typed, 1) == [2]


def test_a_title_split_otherwise_is_close() -> None:
    assert _catalogue("Air", "Greensleeves").close_matches("green sleeves", 1) == [1]
    assert _catalogue("Air", "Green Sleeves").close_matches("greensleeves", 1) == [1]


def test_a_rare_word_outweighs_a_common_one() -> None:
    names = [f"the song {number}" for number in range(200)] + ["the zephyr"]

    assert _catalogue(*names).close_matches("the zefyr", 1) == [200]


def test_likeness_is_bounded_by_the_longest_common_subsequence() -> None:
    rng = random.Random(5)
    compared = 0

    for _ in range(1500):
        one, other = ("".join(rng.choices("abcd", k=rng.randint(0, 40))) for _ in range(2))
        likeness = Likeness(one)
        ratio = SequenceMatcher(None, other, one, autojunk=False).ratio()

        assert likeness.ratio(other) == ratio
        if bound := likeness.bound(other):
            assert bound == pytest.approx(2 * _common(one, other) / (len(one) + len(other)))
            assert bound >= ratio
            compared += 1
        else:
            assert ratio < 0.6 or not one + other
    assert compared > 300


def _common(one: str, other: str) -> int:
    """Return the length of the longest common subsequence, by the table."""
    row = [0] * (len(other) + 1)
    for left in one:
        before = 0
        for place, right in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if left == right else max(row[place], row[place - 1])
    return row[-1]


def test_close_matches_are_those_of_a_scan() -> None:
    rng = random.Random(12)
    found = 0

    for _ in range(200):
        names = list(dict.fromkeys("".join(rng.choices("abcde", k=rng.randint(3, 8))) for _ in range(12)))
        songs = _catalogue(*names)
        text = "".join(rng.choices("abcde", k=rng.randint(3, 8)))

        expected = {
            song: ratio
            for song, name in enumerate(names)
            if (ratio := SequenceMatcher(None, name, text, autojunk=False).ratio()) >= 0.6
            and _grams(name) & _grams(text)
        }

        assert songs.close_matches(text, 3) == sorted(expected, key=lambda song: (-expected[song], song))[:3]
        found += bool(expected)
    assert found > 100


def _grams(word: str) -> set[str]:
    bounded = f"\n{word}\n"
    return {bounded[start : start + 3] for start in range(len(bounded) - 2)}


def test_words_that_look_alike_are_found_by_what_they_share() -> None:
    index = _catalogue("bolero", "boleros", "solero", "quartet").index
    assert index is not None

    assert [index.words[row].strip() for row, _ in words_like(index, "bolero")] == ["bolero", "boleros", "solero"]
    assert words_like(index, "q") == []


def test_the_words_that_are_compared_are_those_of_like_length() -> None:
    names = [f"bol{number:04}{'x' * 20}ro" for number in range(200)] + ["bolero"]

    assert _catalogue(*names).close_matches("bolro", 5) == [200]


@pytest.mark.parametrize("text", ["x" * 100_000, "a " * 50_000, "\ud800", "\0", "é" * 5000])
def test_no_text_is_too_long_or_too_odd_to_compare(text: str) -> None:
    assert _catalogue("Bolero", "Quartet").close_matches(text, 5) == []
