"""Every format gives the same rows, and what can't be used is counted."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from playlist_trainer.dataset.address import Dataset, fetch
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.playlists import Playlists, numbered
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.errors import DatasetError, DatasetUnavailableError
from playlist_trainer.pipeline import read
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

CSV = "pid,track_name,artist_name,track_uri\n0,Halo,Beyoncé,u1\n0,Hurt,Johnny Cash,u2\n1,Halo,Beyoncé,u1\n"
SLICES = [
    {"info": {"slice": "0-0"}, "playlists": [{"pid": 0, "name": "a", "num_tracks": 2, "tracks": [
        {"pos": 0, "track_name": "Halo", "artist_name": "Beyoncé", "track_uri": "u1", "duration_ms": 1},
        {"pos": 1, "track_name": "Hurt", "artist_name": "Johnny Cash", "track_uri": "u2", "duration_ms": 2}]}]},
    {"info": {"slice": "1-1"}, "playlists": [{"pid": 1, "name": "b", "num_tracks": 1, "tracks": [
        {"pos": 0, "track_name": "Halo", "artist_name": "Beyoncé", "track_uri": "u1", "duration_ms": 1}]},
        {"pid": 2, "name": "no tracks", "num_tracks": 0, "tracks": []}]},
]  # fmt: skip


def fetched(path: Path) -> Dataset:
    dataset = fetch(Settings(dataset_url=str(path)), path.parent)
    assert dataset is not None
    return dataset


def rows(path: Path, **settings: str) -> list[tuple[str | None, ...]]:
    columns = Columns.of(Settings(**settings))  # type: ignore[arg-type]
    return [row for batch in row_batches(fetched(path), columns) for row in batch.rows()]


def playlists_of(path: Path, **settings: object) -> Playlists:
    given = Settings(dataset_url=str(path), **settings)  # type: ignore[arg-type]
    return read(fetched(path), given, StageTimer())


def described(found: Playlists) -> list[tuple[object, ...]]:
    return found.songs.select("song", "title", "artist", "artist_count").rows()


def as_csv(folder: Path) -> Path:
    path = folder / "data"
    path.write_text(CSV)
    return path


def as_gzip(folder: Path) -> Path:
    path = folder / "data"
    path.write_bytes(gzip.compress(CSV.encode()))
    return path


def as_parquet(folder: Path) -> Path:
    path = folder / "data"
    pl.read_csv(CSV.encode()).write_parquet(path)
    return path


def as_slices(folder: Path) -> Path:
    slices = folder / "slices"
    slices.mkdir()
    for number, content in enumerate(SLICES):
        (slices / f"mpd.slice.{number}.json").write_text(json.dumps(content))
    return slices


@pytest.mark.parametrize("made", [as_csv, as_gzip, as_parquet, as_slices])
def test_each_format_gives_the_same_playlists(tmp_path: Path, made: object) -> None:
    path = made(tmp_path)  # type: ignore[operator]

    found = playlists_of(path)

    assert described(found) == [("Halo", "Halo", "Beyoncé", 1), ("Hurt", "Hurt", "Johnny Cash", 1)]
    assert [found.transactions[t].tolist() for t in range(2)] == [[0, 1], [0]]


def test_single_slice_is_read_like_a_folder_of_them(tmp_path: Path) -> None:
    slices = as_slices(tmp_path)

    assert len(playlists_of(slices / "mpd.slice.0.json").transactions) == 1


def test_folder_of_slices_has_another_hash_when_one_slice_changes(tmp_path: Path) -> None:
    slices = as_slices(tmp_path)
    before = fetched(slices).source.sha256

    (slices / "mpd.slice.1.json").write_text(json.dumps(SLICES[0]))

    assert fetched(slices).source.sha256 != before


def test_file_url_with_escapes_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "my lists.csv"
    path.write_text(CSV)

    dataset = fetch(Settings(dataset_url=path.as_uri()), tmp_path)

    assert dataset is not None
    assert dataset.paths == (path,)


def test_titles_are_trimmed_and_composed_but_keep_their_case(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name\n1, Cafe\u0301 \n1,CAFÉ\n1,\u00a0Café\n")

    # One spelling decomposed, one with a no-break space: the same song; another case: another song.
    assert {song for _, song, *_ in rows(path)} == {"Café", "CAFÉ"}


def test_numbers_stay_the_text_they_were(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name\n007,1979\n7,1979.0\n")

    assert [row[:2] for row in rows(path)] == [("007", "1979"), ("7", "1979.0")]


def test_quotes_commas_and_line_breaks_belong_to_the_title(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('pid,track_name\n1,"Hello, ""World""\nagain"\n')

    assert rows(path)[0][1] == 'Hello, "World"\nagain'


def test_byte_order_mark_and_windows_line_ends_are_no_part_of_the_data(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(b"\xef\xbb\xbfpid,track_name\r\n1,Hurt\r\n")

    assert [row[:2] for row in rows(path)] == [("1", "Hurt")]


def test_track_uri_keeps_equal_titles_apart_and_still_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name,artist_name,track_uri\n1,Hurt,Johnny Cash,u2\n1,Hurt,Nine Inch Nails,u1\n")

    found = playlists_of(path, item_column="track_uri")

    assert described(found) == [("u1", "Hurt", "Nine Inch Nails", 1), ("u2", "Hurt", "Johnny Cash", 1)]
    assert list(found.catalogue().titles) == ["Hurt", "Hurt"]


def test_song_twice_in_a_playlist_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name\n1,Hurt\n1,Hurt\n2,Hurt\n")

    found = playlists_of(path)

    assert found.support_counts.tolist() == [2]
    assert found.row_count == 3


def test_most_frequent_artist_is_kept_and_the_others_counted() -> None:
    table = pl.DataFrame(
        {
            "playlist": ["1", "2", "3", "4"],
            "song": ["Hurt"] * 4,
            "title": ["Hurt"] * 4,
            "artist": ["Johnny Cash", "Nine Inch Nails", "Johnny Cash", None],
        }
    )

    assert described(numbered([table])) == [("Hurt", "Hurt", "Johnny Cash", 2)]


def test_songs_stand_by_count_then_by_name(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name\n1,b\n1,a\n1,Z\n2,b\n")

    assert playlists_of(path).songs["song"].to_list() == ["b", "Z", "a"]


def test_unusable_rows_up_to_a_tenth_are_counted_and_more_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    usable = "".join(f"{pid},Hurt\n" for pid in range(9))
    path.write_text(f"pid,track_name\n{usable}10,  \n")

    assert playlists_of(path).unusable_row_count == 1

    path.write_text(f"pid,track_name\n{usable}10,\n,Halo\n")
    with pytest.raises(DatasetError) as raised:
        playlists_of(path)
    assert str(raised.value) == (
        f"{path}: 2 of 11 rows have no playlist or no song (1 with no playlist, 1 with no song; the first is row 10, "
        "not counting a header): expected at most a tenth; check the columns and the file"
    )


def test_sample_is_the_same_for_the_same_seed_and_of_whole_playlists(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("pid,track_name\n" + "".join(f"{pid},s{pid}\n{pid},t{pid}\n" for pid in range(20)))

    first = playlists_of(path, max_playlists=5, seed=1)
    again = playlists_of(path, max_playlists=5, seed=1)
    other = playlists_of(path, max_playlists=5, seed=2)

    assert len(first.transactions) == 5
    assert len(first.songs) == 10
    assert first.songs.equals(again.songs)
    assert not first.songs.equals(other.songs)


def test_truncated_gzip_may_pass_and_ragged_rows_do_not(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    many = "pid,track_name\n" + "".join(f"{n},song number {n * 7919}\n" for n in range(20_000))
    whole = gzip.compress(many.encode())
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DatasetUnavailableError, match="too early"):
        playlists_of(path)

    path.write_text("pid,track_name\n1,Hurt,and more\n")
    with pytest.raises(DatasetError, match="line 2: 3 fields, the header has 2"):
        playlists_of(path)


def test_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"without \.json slices"):
        playlists_of(tmp_path)
