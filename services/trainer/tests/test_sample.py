import csv
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

SAMPLE = Path(str(files("playlist_trainer"))) / "sample.csv"
MAKER = Path(__file__).parents[1] / "sample" / "make_sample.py"
SONGS = MAKER.with_name("songs.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return _rows(SAMPLE)


@pytest.fixture(scope="module")
def songs() -> list[dict[str, str]]:
    return _rows(SONGS)


def _recommended(rows: Sequence[dict[str, str]], seeds: Sequence[str]) -> list[str]:
    """Return the ten titles c with the highest sum, over the seeds a, of n(a and c) / (n(a) + 10)."""
    playlists: dict[str, set[str]] = {}
    for row in rows:
        playlists.setdefault(row["pid"], set()).add(row["track_name"])
    counts = Counter(title for titles in playlists.values() for title in titles)
    values: defaultdict[str, float] = defaultdict(float)
    for titles in playlists.values():
        for seed in titles.intersection(seeds):
            for title in titles.difference(seeds):
                values[title] += 1 / (counts[seed] + 10)
    # Rounded: sums of the same numbers in another order must tie.
    return sorted(values, key=lambda title: (-round(values[title], 9), -counts[title], title))[:10]


def test_committed_sample_is_what_the_script_makes(tmp_path: Path) -> None:
    made = tmp_path / "made.csv"

    subprocess.run([sys.executable, MAKER, made], check=True)

    assert SAMPLE.read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    ("seeds", "taste"),
    [
        (["Für Elise", "Clair de lune"], "romantic piano"),
        (["Canon in D"], "orchestral"),
        (["Silent Night"], "carols"),
        (["Scarborough Fair", "Loch Lomond"], "folk"),
        (["La donna è mobile"], "opera"),
        (["Drunken Sailor"], "sea shanties"),
        (["Frère Jacques"], "nursery"),
        (["Amazing Grace"], "hymns and spirituals"),
        (["Ave Maria"], "choral"),
        (["Kalinka", "Sakura Sakura"], "world"),
        (["Maple Leaf Rag"], "ragtime"),
    ],
)
def test_most_recommendations_share_the_taste_of_the_songs_asked_with(
    rows: list[dict[str, str]], songs: list[dict[str, str]], seeds: list[str], taste: str
) -> None:
    of_taste = {song["track_name"] for song in songs if song["taste"] == taste}

    recommended = _recommended(rows, seeds)

    assert len(recommended) == 10
    assert len(of_taste.intersection(recommended)) >= 8, recommended


def test_every_song_alone_mostly_recommends_songs_of_its_taste(
    rows: list[dict[str, str]], songs: list[dict[str, str]]
) -> None:
    titles: dict[str, set[str]] = {}
    for song in songs:
        titles.setdefault(song["taste"], set()).add(song["track_name"])
    tastes_of = Counter(song["track_name"] for song in songs)

    shared = {
        song["track_name"]: len(titles[song["taste"]].intersection(_recommended(rows, [song["track_name"]])))
        for song in songs
        if tastes_of[song["track_name"]] == 1
    }

    assert {title: count for title, count in shared.items() if count < 6} == {}


def test_no_playlist_has_a_song_twice(rows: list[dict[str, str]]) -> None:
    repeated = [key for key, n in Counter((row["pid"], row["track_uri"]) for row in rows).items() if n > 1]

    assert repeated == []


def test_a_uri_stands_for_one_title_and_artist(rows: list[dict[str, str]]) -> None:
    names = {(row["track_name"], row["artist_name"]) for row in rows}
    uris = {row["track_uri"] for row in rows}

    assert len(names) == len(uris) == len({(row["track_uri"], row["track_name"]) for row in rows})


def test_sample_has_the_size_that_documents_promise(rows: list[dict[str, str]]) -> None:
    sizes = Counter(row["pid"] for row in rows)
    playlists_of_song = Counter(row["track_uri"] for row in rows)

    assert list(rows[0]) == ["pid", "track_name", "artist_name", "track_uri"]
    assert len(sizes) == 400
    assert min(sizes.values()) >= 6
    assert max(sizes.values()) <= 25
    assert len(playlists_of_song) == 180
    assert min(playlists_of_song.values()) >= 8
    assert SAMPLE.stat().st_size < 400_000


def test_every_taste_has_15_to_25_different_songs(songs: list[dict[str, str]]) -> None:
    sizes = Counter(song["taste"] for song in songs)

    assert len({(song["track_name"], song["artist_name"]) for song in songs}) == len(songs)
    assert all(15 <= size <= 25 for size in sizes.values()), sizes


def test_some_titles_belong_to_two_composers(rows: list[dict[str, str]]) -> None:
    artists: dict[str, set[str]] = {}
    for row in rows:
        artists.setdefault(row["track_name"], set()).add(row["artist_name"])

    assert artists["Ave Maria"] == {"Franz Schubert", "Johann Sebastian Bach / Charles Gounod"}
    assert {title for title, names in artists.items() if len(names) > 1} == {
        "Ave Maria",
        "Ave verum corpus",
        "Barcarolle",
        "Lacrimosa",
        "Wiegenlied",
    }


def test_sample_is_utf8_with_plain_line_ends() -> None:
    content = SAMPLE.read_bytes()

    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert "Gymnopédie No. 1" in content.decode()
