"""No song of a JSON file is lost, and none is made up."""

import json
from pathlib import Path

import pytest

from playlist_trainer.dataset import json_rows
from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.playlists import numbered
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.settings import Settings

from .test_formats import ROWS, error_of, rows

TRACKS = [[{"track_name": "Halo"}, {"track_name": "Hurt"}], [{"track_name": "Halo"}]]
OTHERS = ([], ["x"], ["x", "y"], [{"name": "x"}, {"name": "y"}, {"name": "z"}])


def artists_of(content: bytes, folder: Path) -> list[str | None]:
    (folder / "data").write_bytes(content)
    given = Settings(dataset_url=str(folder / "data"))
    dataset = fetch(given, folder)
    assert dataset is not None
    songs = numbered(row_batches(dataset, Columns.of(given))).songs
    return songs.sort("song")["artist"].to_list()


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", ["tracks", "songs"])
def test_lists_beside_that_of_the_songs_are_none(name: str, other: list[object], tmp_path: Path) -> None:
    before = [{"pid": pid, "genres": other, name: tracks} for pid, tracks in enumerate(TRACKS, 1)]
    behind = [{"pid": pid, name: tracks, "genres": other} for pid, tracks in enumerate(TRACKS, 1)]
    titles = [
        {"pid": pid, "genres": other, "track_name": [track["track_name"] for track in tracks]}
        for pid, tracks in enumerate(TRACKS, 1)
    ]

    for records in (before, behind, titles):
        assert rows(json.dumps(records).encode(), tmp_path) == ROWS
        assert rows("\n".join(map(json.dumps, records)).encode(), tmp_path) == ROWS


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", ["artists", "genres"])
def test_row_with_a_list_stays_one_row(name: str, other: list[object], tmp_path: Path) -> None:
    records = [{name: other, "pid": pid, "track_name": title} for pid, title in ROWS]

    assert rows(json.dumps(records).encode(), tmp_path) == ROWS


def test_artists_in_a_list_are_joined(tmp_path: Path) -> None:
    songs = [
        {"pid": 1, "track_name": "Halo", "artists": ["x", "y"]},
        {"pid": 1, "track_name": "Hurt", "artists": [{"name": "z"}]},
        {"pid": 2, "track_name": "Idle", "artists": []},
    ]
    inside = [{"pid": 1, "tracks": [{key: song[key] for key in ("track_name", "artists")} for song in songs]}]

    for records in (songs, inside):
        assert artists_of(json.dumps(records).encode(), tmp_path) == ["x, y", "z", None]


def test_songs_and_artists_in_lists_go_together(tmp_path: Path) -> None:
    record = {"pid": 1, "artist_name": ["x", "y"], "tags": ["a"], "track_name": ["Halo", "Hurt"]}

    assert artists_of(json.dumps([record]).encode(), tmp_path) == ["x", "y"]


@pytest.mark.parametrize("artists", [[], ["x"], ["x", "y", "z"]])
def test_lists_of_unequal_length_are_named(artists: list[str], tmp_path: Path) -> None:
    records = [{"pid": 1, "track_name": ["Halo"]}, {"pid": 2, "track_name": ["a", "b"], "artist_name": artists}]
    expected = f"2: 2 elements in 'track_name', but {len(artists)} in 'artist_name'"

    assert f"element {expected}" in str(error_of(json.dumps(records).encode(), tmp_path))
    assert f"line {expected}" in str(error_of("\n".join(map(json.dumps, records)).encode(), tmp_path))


def test_empty_list_beside_songs_that_are_missing_is_one_row(tmp_path: Path) -> None:
    records = [{"pid": 1, "tracks": [{"track_name": "Halo"}]}, {"pid": 2, "genres": ["x", "y"], "tracks": []}]

    assert rows(json.dumps(records).encode(), tmp_path) == [("1", "Halo"), ("2", None)]


@pytest.mark.parametrize(
    ("content", "key", "where"),
    [
        ('{"playlists": [{"pid": 1, "tracks": []}], "playlists": []}', "playlists", "line 1"),
        (
            '[{"pid": 1, "track_name": "a"}, {"pid": 1, "track_name": "b", "track_name": ""}]',
            "track_name",
            "element 2",
        ),
        ('{"pid": 1, "track_name": "a"}\n{"pid": 1, "pid": 2, "track_name": "b"}', "pid", "line 2"),
        (
            '[{"pid": 1, "tracks": [{"track_name": "a"}]}, {"pid": 2, "tracks": [{"track_name": "a"}], "tracks": []}]',
            "tracks",
            "element 2",
        ),
        ('[{"pid": 1, "tracks": [{"track_name": "a", "track_name": "b"}]}]', "track_name", "element 1"),
    ],
)
def test_key_that_stands_twice_is_named(content: str, key: str, where: str, tmp_path: Path) -> None:
    assert f"{where}: the key '{key}' stands twice" in str(error_of(content.encode(), tmp_path))


def test_column_that_turns_up_late_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "_ROWS_TOGETHER", 2)
    songs: list[dict[str, object]] = [{"pid": 1, "track_name": name} for name in "abcd"]
    content = json.dumps([*songs, {"pid": 1, "track_name": "e", "artist_name": "x"}]).encode()

    assert artists_of(content, tmp_path) == [None] * 4 + ["x"]
    by_both = rows(content, tmp_path, item_column="track_name,artist_name")
    assert by_both == [("1", "a"), ("1", "b"), ("1", "c"), ("1", "d"), ("1", "e – x")]


def test_slice_that_is_a_broken_link_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    (folder / "mpd.slice.0-999.json").write_text(json.dumps({"playlists": [{"pid": 1, "tracks": TRACKS[0]}]}))
    (folder / "mpd.slice.1000-1999.json").symlink_to(tmp_path / "gone.json")

    assert "mpd.slice.1000-1999.json leads to no file" in str(error_of(folder, tmp_path))


def slice_of(playlist: str) -> bytes:
    return f'{{"info": {{}}, "playlists": [{playlist}, {{"pid": 9, "tracks": [{{"track_name": "z"}}]}}]}}'.encode()


@pytest.mark.parametrize(
    ("content", "key", "where"),
    [
        (b'{"playlists": [{"pid": 1, "tracks": [{"track_name": "a"}]}], "playlists": []}', "playlists", "line 1"),
        (slice_of('{"pid": 1, "tracks": [{"track_name": "a"}], "tracks": []}'), "tracks", "element 1"),
        (slice_of('{"pid": 1, "pid": 2, "tracks": [{"track_name": "a"}]}'), "pid", "element 1"),
        (slice_of('{"pid": 1, "tracks": [{"track_name": "a", "track_name": "b"}]}'), "track_name", "element 1"),
        (slice_of('{"pid": 1, "tracks": [{"track_name": "a", "track_name": "b"}, {}]}'), "track_name", "element 1"),
        (
            slice_of('{"pid": 1, "tracks": [{"track_name": "a", "artist_name": "x", "artist_name": "y"}]}'),
            "artist_name",
            "element 1",
        ),
        (
            slice_of('{"pid": 1, "tracks": [{"track_name": "a", "track_uri": "x", "track_uri": "y"}, {}]}'),
            "track_uri",
            "element 1",
        ),
        (
            slice_of('{"pid": 1, "tracks": [{"track_name": "a", "track_uri": null, "track_uri": "y"}, {}]}'),
            "track_uri",
            "element 1",
        ),
        (slice_of('{"pid": 1, "tracks": [{"track_name": "a", "track\\u005Fname": "b"}]}'), "track_name", "element 1"),
        (slice_of('{"pid": 1, "p\\u0069d": 2, "tracks": [{"track_name": "a"}]}'), "pid", "element 1"),
    ],
)
def test_key_that_stands_twice_in_a_slice_is_named(content: bytes, key: str, where: str, tmp_path: Path) -> None:
    assert f"{where}: the key '{key}' stands twice" in str(error_of(content, tmp_path))


@pytest.mark.parametrize("half", ["\\ud83d", "\\uD83D"])
def test_half_a_surrogate_pair_in_a_slice_costs_no_row(half: str, tmp_path: Path) -> None:
    content = slice_of(f'{{"pid": 1, "tracks": [{{"track_name": "a{half}"}}, {{"track_name": "{half}\\ude00"}}]}}')

    assert rows(content, tmp_path) == [("1", "a\ufffd"), ("1", "\U0001f600"), ("9", "z")]


@pytest.mark.parametrize(
    "number", ["7", "0", "1.50", "1e2", "1E+2", "0.1e1", "-0", "1.0", "12345678901234567890123", "9007199254740993.0"]
)
def test_number_in_a_slice_stays_the_text_it_was(number: str, tmp_path: Path) -> None:
    playlist = slice_of(f'{{"pid": {number}, "tracks": [{{"track_name": "a"}}]}}')
    title = slice_of(f'{{"pid": 1, "tracks": [{{"track_name": {number}, "artist_name": {number}}}]}}')

    assert rows(playlist, tmp_path) == [(number, "a"), ("9", "z")]
    assert rows(title, tmp_path) == [("1", number), ("9", "z")]
    assert artists_of(title, tmp_path) == [number, None]


def test_slice_with_names_that_look_like_keys_is_read(tmp_path: Path) -> None:
    content = slice_of('{"name": "pid", "pid": 1, "tracks": [{"track_name": "track_name"}, {"track_name": null}]}')

    assert rows(content, tmp_path) == [("1", "track_name"), ("1", None), ("9", "z")]
