import itertools
import random
import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest

from playlist_model import Match, Songs, TextColumn, fold
from playlist_model.song_arrays import arrays_of_songs

# Pieces of titles that fold alike in many ways.
PIECES = ["a", "A", "á", "b", "ab", "ß", "ss", "\u0301", " ", "é", "🎵"]


def _catalogue(*names: str, titles: Sequence[str] | None = None) -> Songs:
    return Songs.build(names, range(len(names), 0, -1), titles=titles)


def _random_text(rng: random.Random, longest: int = 4) -> str:
    return unicodedata.normalize("NFC", "".join(rng.choices(PIECES, k=rng.randint(0, longest)))).strip()


def _random_catalogue(rng: random.Random) -> tuple[list[str], list[str] | None, Songs]:
    names = list(dict.fromkeys(_random_text(rng) for _ in range(rng.randint(0, 7))))
    titles = [_random_text(rng) for _ in names] if rng.random() < 0.5 else None
    return names, titles, _catalogue(*names, titles=titles)


def _keys_of(names: list[str], titles: list[str] | None) -> list[set[str]]:
    return [{fold(name), fold(title)} for name, title in zip(names, titles or names, strict=True)]


def test_an_exact_name_is_the_song_meant_though_others_read_alike() -> None:
    songs = _catalogue("Für Elise", "FUR ELISE", "fur elise", "Air")

    assert songs.match("FUR ELISE") == Match(song_ids=(1,), same_key=(0, 1, 2))


def test_without_an_exact_name_all_that_read_alike_are_meant_popular_first() -> None:
    songs = _catalogue("Für Elise", "FUR ELISE", "Air")

    assert songs.match("fur  élise") == Match(song_ids=(0, 1), same_key=(0, 1))


def test_one_key_of_many_songs_names_all_of_them() -> None:
    spellings = ["air", "AIR", "Air", "aIR", "aiR", "Aír"]

    match = Songs.build(["Ai", *spellings, "Airs"], range(8, 0, -1)).match("áir")

    assert match.same_key == (1, 2, 3, 4, 5, 6)


def test_an_exact_name_may_be_sent_decomposed_and_with_spaces_around() -> None:
    songs = _catalogue("Fur Elise", "Für Elise")

    assert songs.match(" Fu\u0308r Elise\n").song_ids == (1,)


def test_a_text_that_only_begins_like_a_name_is_unknown() -> None:
    songs = _catalogue("Air", "Airs")

    assert songs.match("Ai") == Match((), ())
    assert songs.match("Air ") == Match((0,), (0,))
    assert songs.match("Airss") == Match((), ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("Οδός", "ΟΔΟΣ"),
        ("ﬁnale", "Finale"),
        ("\uff21\uff22\uff23", "abc"),
        ("🎵", "🎵"),
        ("two\nlines", "two lines"),
        ("\u0301", "\u0301"),
        ("x" * 100_000, "X" * 100_000),
    ],
)
def test_a_title_is_found_by_other_writings_of_it(name: str, text: str) -> None:
    songs = _catalogue("Air", name, "Zadok")

    assert songs.match(text).song_ids == (1,)
    assert songs.names[1] == name


@pytest.mark.parametrize("text", ["", " ", "\n", "\u0301", "🎵", "\ud800", "x" * 100_000, "%", "\0"])
def test_a_text_that_nobody_sang_is_unknown(text: str) -> None:
    songs = _catalogue("Air", "Bolero")

    assert songs.match(text) == Match((), ())
    assert songs.close_matches(text, 5) == []


def test_a_track_is_known_by_its_uri_and_by_its_title() -> None:
    songs = _catalogue("spotify:track:1", "spotify:track:2", "spotify:track:3", titles=["Air", "Bolero", "AIR"])

    assert songs.match("spotify:track:3").song_ids == (2,)
    assert songs.match("air") == Match((0, 2), (0, 2))
    assert songs.search("air", 5) == [0, 2]
    assert songs.search("track", 5) == []
    assert songs.search("spotify:tr", 5) == [0, 1, 2]


def test_a_match_is_that_of_a_scan() -> None:
    rng = random.Random(6)
    exact_among_others = 0

    for _ in range(600):
        names, titles, songs = _random_catalogue(rng)
        text = rng.choice([*names, *(titles or []), _random_text(rng), unicodedata.normalize("NFD", _random_text(rng))])

        same_key = tuple(song for song, keys in enumerate(_keys_of(names, titles)) if fold(text) in keys)
        exact = tuple(song for song in same_key if names[song] == unicodedata.normalize("NFC", text).strip())

        assert songs.match(text) == Match(exact or same_key, same_key)
        exact_among_others += bool(exact) and len(same_key) > 1
    assert exact_among_others > 50


@pytest.mark.parametrize("text", ["", "a", "ab", "Air"])
def test_a_catalogue_of_no_songs_knows_nothing(text: str) -> None:
    songs = _catalogue()

    assert len(songs) == 0
    assert songs.match(text) == Match((), ())
    assert songs.search(text, 5) == []
    assert songs.close_matches(text, 5) == []


def test_a_catalogue_of_one_song_knows_it() -> None:
    songs = _catalogue("Air")

    assert songs.match("air") == Match((0,), (0,))
    assert songs.search("a", 5) == [0]
    assert songs.close_matches("aire", 5) == [0]


def test_a_song_without_a_letter_is_still_a_song() -> None:
    songs = _catalogue("", "\u0301", "Air")

    assert songs.match("\u0301") == Match((1,), (0, 1))
    assert songs.search("", 5) == [0, 1, 2]
    assert songs.match("Air").song_ids == (2,)


def test_artists_are_unknown_by_default() -> None:
    songs = Songs.build(["Air"], [1])

    assert list(songs.artists) == [""]
    assert songs.artist_counts.tolist() == [0]


def test_titles_are_the_names_by_default() -> None:
    songs = Songs.build(["Air"], [1])

    assert songs.titles is songs.names


def test_a_song_has_a_second_key_only_where_its_title_reads_otherwise() -> None:
    songs = _catalogue("air", "uri:2", titles=["Air", "Bolero"])

    assert list(songs.keys) == ["air\n", "uri:2\n", "bolero\n"]
    assert songs.key_songs.tolist() == [0, 1, 1]
    assert songs.key_order.tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    "columns",
    [
        {"names": ["a"], "support_counts": []},
        {"names": ["a"], "support_counts": [1], "artists": []},
        {"names": ["a"], "support_counts": [1], "artist_counts": [1, 1]},
        {"names": ["a"], "support_counts": [1], "titles": ["a", "b"]},
        {"names": ["a"], "support_counts": [1], "uris": []},
    ],
)
def test_columns_of_different_lengths_are_refused(columns: dict[str, list[object]]) -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Songs.build(**columns)


def test_counts_that_ascend_are_refused() -> None:
    with pytest.raises(ValueError, match="descending"):
        Songs.build(["a", "b"], [1, 2])


def test_a_count_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError):
        Songs.build(["a"], [2**31])


def test_counts_may_be_any_integers() -> None:
    assert Songs.build(["a", "b"], np.array([2, 1], np.int64)).support_counts.dtype == np.int32


def test_a_song_named_by_title_and_artist_is_found_by_either() -> None:
    songs = Songs.build(
        ["Home – Edward Sharpe", "Home – Michael Bublé", "Homesick – Kings"],
        [3, 2, 1],
        titles=["Home", "Home", "Homesick"],
        artists=["Edward Sharpe", "Michael Bublé", "Kings"],
    )

    assert songs.match("home").song_ids == (0, 1)
    assert songs.match("Home - michael buble").song_ids == (1,)
    assert songs.match("home michael buble") == Match((), ())
    assert songs.close_matches("home michael buble", 1) == [1]
    assert songs.close_matches("micheal buble home", 1) == [1]


def test_whatever_the_catalogue_offers_is_accepted_back() -> None:
    rng = random.Random(11)

    for _ in range(300):
        names, titles, songs = _random_catalogue(rng)
        for song, (name, title) in enumerate(zip(names, titles or names, strict=True)):
            assert songs.match(name).song_ids == (song,)
            assert song in songs.match(title).same_key


def test_a_table_made_of_columns_is_that_made_of_lists() -> None:
    names, titles, artists = ["uri:1", "uri:2", "uri:3"], ["Für", "A", ""], ["x", "", "Y z"]

    lists = Songs.build(names, [3, 2, 1], artists=artists, titles=titles, uris=names)
    columns = Songs.build(
        TextColumn.from_strings(names),
        np.array([3, 2, 1]),
        artists=TextColumn.from_strings(artists),
        titles=TextColumn.from_strings(titles),
        uris=TextColumn.from_strings(names),
    )

    one, other = arrays_of_songs(lists), arrays_of_songs(columns)
    assert list(one) == list(other)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_track_uris_are_none_by_default() -> None:
    assert Songs.build(["Air"], [1]).uris is None
    assert list(Songs.build(["Air", "b"], [1, 1], uris=["spotify:track:1", ""]).uris or []) == ["spotify:track:1", ""]


def test_a_title_of_many_songs_is_matched_where_that_many_are_wanted() -> None:
    names = [f"Intro – {'a' * (number % 20)}{number}" for number in range(100)]
    songs = _catalogue(*names, titles=["Intro"] * 100)

    assert songs.match_of_few("intro", 99) is None
    assert songs.match_of_few("intro", 100) == songs.match("intro") == Match(tuple(range(100)), tuple(range(100)))
    assert songs.match_of_few(names[70], 1) == songs.match(names[70]) == Match((70,), (70,))
    assert songs.match_of_few(names[70], 0) is None
    # Many texts that stand for many songs each would fill the memory.
    assert songs._recent.keys() == {names[70]}


def test_an_exact_name_is_found_among_many_that_read_alike() -> None:
    spellings = ["".join(letters) for letters in itertools.product("aA", "bB", "cC", "dD", "eE")]
    songs = _catalogue(*spellings)

    for number, spelling in enumerate(spellings):
        assert songs.match(spelling) == Match((number,), tuple(range(32)))
