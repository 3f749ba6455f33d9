import random
from collections.abc import Sequence

import pytest

from playlist_model import Songs, fold, keys, search
from playlist_model.folding import terms_of, words_of

WORDS = ["a", "ab", "abc", "b", "bá", "A", "東京", "京都", "the", "-", "x y"]


def _catalogue(*names: str, titles: Sequence[str] | None = None, artists: Sequence[str] | None = None) -> Songs:
    return Songs.build(names, range(len(names), 0, -1), titles=titles, artists=artists)


def _random_text(rng: random.Random, longest: int = 3) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(0, longest)))


def _scan(names: list[str], titles: list[str] | None, artists: list[str], text: str) -> list[int]:
    """Search by looking at every song."""
    key = fold(text)
    if not key:
        return list(range(len(names)))
    terms = terms_of(key)
    classes: list[list[int]] = [[], [], [], []]
    for song, (name, title, artist) in enumerate(zip(names, titles or names, artists, strict=True)):
        texts = [fold(name), fold(title)]
        words = [word for part in (*texts[" " not in texts[0] :], fold(artist)) for word in words_of(part)]
        held = [
            any(word.startswith(term) if is_beginning else word == term for word in words)
            for term, is_beginning in terms.items()
        ]
        for found, ids in zip(
            (key in texts, texts[1].startswith(key), bool(held) and all(held), texts[0].startswith(key)),
            classes,
            strict=True,
        ):
            if found:
                ids.append(song)
    return list(dict.fromkeys(song for ids in classes for song in ids))


@pytest.mark.parametrize("few", [True, False])
def test_a_search_is_that_of_a_scan(monkeypatch: pytest.MonkeyPatch, few: bool) -> None:
    if not few:  # songs are then found by walks in steps, as in a catalogue of millions
        for module in (keys, search):
            monkeypatch.setattr(module, "_SORTED", 0)
            monkeypatch.setattr(module, "_FIRST_STEP", 1)
    rng = random.Random(7)
    several = 0

    for _ in range(1000):
        names = list(dict.fromkeys(f"{_random_text(rng)}{rng.choice(['', ' x'])}".strip() for _ in range(9)))
        titles = [_random_text(rng) for _ in names] if rng.random() < 0.5 else None
        artists = [_random_text(rng, longest=2) for _ in names]
        songs = _catalogue(*names, titles=titles, artists=artists)
        text, limit = _random_text(rng)[: rng.randint(0, 7)], rng.randint(0, 9)

        expected = _scan(names, titles, artists, text)

        assert songs.search(text, limit) == expected[:limit]
        several += 1 < len(expected) < len(names)
    assert several > 200


def test_words_may_stand_in_title_or_artist_in_any_order() -> None:
    songs = _catalogue(
        "Ballade No. 1", "Nocturne in E-flat", "Nocturne", artists=["Frédéric Chopin", "Chopin", "John Field"]
    )

    assert songs.search("chopin", 5) == [0, 1]
    assert songs.search("chopin nocturne", 5) == [1]
    assert songs.search("nocturne cho", 5) == [1]
    assert songs.search("noct", 5) == [1, 2]
    assert songs.search("choplin noct", 5) == []


def test_a_whole_word_is_not_the_beginning_of_another() -> None:
    songs = _catalogue("Airs of love", "Air of love")

    assert songs.search("love air", 5) == [0, 1]
    assert songs.search("air lov", 5) == [1]


def test_a_title_without_a_letter_is_found() -> None:
    songs = _catalogue("!!!", "???", "??? live")

    assert songs.search("???", 5) == [1, 2]
    assert songs.search("+", 5) == []


def test_part_of_a_title_without_spaces_is_found() -> None:
    songs = _catalogue("東京の夜", "夜", "京東", artists=["", "", "さくら"])

    assert songs.search("京の", 5) == [0]
    assert songs.search("夜", 5) == [1, 0]
    assert songs.search("東京", 5) == [0]
    assert songs.search("くら", 5) == [2]


def test_a_search_gives_what_begins_so_before_what_contains_it() -> None:
    songs = _catalogue("Airs anciens", "Clair de lune", "Air", "Old airs", "Fairy")

    assert songs.search("AIR", 10) == [2, 0, 3]
    assert songs.search("air", 2) == [2, 0]
    assert songs.search("air", 1) == [2]
    assert songs.search("air", 0) == []


@pytest.mark.parametrize("text", ["", "  ", "\u0301", "\n"])
def test_a_search_for_nothing_gives_the_popular_songs(text: str) -> None:
    songs = _catalogue("Bolero", "Air")

    assert songs.search(text, 1) == [0]
    assert songs.search(text, 50) == [0, 1]


@pytest.mark.parametrize("text", ["r\nb", "\nbolero", "rbol", "\ud800", "\U0010ffff", ".*", "(", "\\"])
def test_a_search_does_not_run_from_one_title_into_the_next(text: str) -> None:
    assert _catalogue("Air", "Bolero").search(text, 10) == ([1] if text == "\nbolero" else [])


def test_a_search_looks_at_no_more_songs_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_SORTED", 0)
    monkeypatch.setattr(search, "_WALKED", 4)
    names = [f"{number} the song" for number in range(8)]
    songs = _catalogue(*names, artists=["x"] * 3 + ["some"] * 5)

    assert songs.search("the so", 8) == [0, 1, 2, 3]
    assert songs.search("the song som", 8) == [3, 4, 5, 6]
