"""No song of a Parquet file is lost, and none is made up."""

import json
import random
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.errors import DatasetError, TrainerError
from playlist_trainer.settings import Settings

from .test_formats import ROWS, error_of, rows

PID, TITLE = [1, 1, 2], ["Halo", "Hurt", "Halo"]


def written(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_parquet(folder / "data.parquet")
    return folder / "data.parquet"


def artists_of(frame: pl.DataFrame, folder: Path) -> list[tuple[str | None, ...]]:
    given = Settings(dataset_url=str(written(frame, folder)))
    dataset = fetch(given, folder)
    assert dataset is not None
    return [row for batch in row_batches(dataset, Columns.of(given)) for row in batch.select("song", "artist").rows()]


@pytest.mark.parametrize(
    "artists",
    [
        [["x", "y"], [], None],
        pl.Series([["x", "y"], ["x", "y"], ["x", "y"]], dtype=pl.Array(pl.String, 2)),
        [[{"name": "x", "artist": "x"}, {"name": "y", "artist": "y"}], [], None],
    ],
)
def test_row_with_a_list_of_artists_stays_one_row(artists: object, tmp_path: Path) -> None:
    frame = pl.DataFrame({"artists": artists, "pid": PID, "track_name": TITLE})

    assert rows(written(frame, tmp_path), tmp_path) == ROWS
    assert artists_of(frame, tmp_path)[0] == ("Halo", "x, y")


def test_artists_in_lists_inside_songs_are_joined(tmp_path: Path) -> None:
    tracks = [{"track_name": "Halo", "artists": ["x", "y"]}, {"track_name": "Hurt", "artists": ["z"]}]
    frame = pl.DataFrame({"pid": [1], "genres": [["a", "b", "c"]], "tracks": [tracks]})

    assert artists_of(frame, tmp_path) == [("Halo", "x, y"), ("Hurt", "z")]


def test_songs_and_artists_in_lists_go_together(tmp_path: Path) -> None:
    frame = pl.DataFrame({"pid": [1], "artist_name": [["x", "y"]], "tags": [["a"]], "track_name": [["Halo", "Hurt"]]})

    assert artists_of(frame, tmp_path) == [("Halo", "x"), ("Hurt", "y")]


@pytest.mark.parametrize("seed", range(80))
def test_flipped_bits_are_read_over_or_named_in_one_sentence(seed: int, tmp_path: Path) -> None:
    """Polars checks no checksums of pages: where flipped bits make another text, only dataset.sha256 would tell."""
    rng = random.Random(seed)
    flat = pl.DataFrame({"pid": [n // 7 for n in range(300)], "track_name": [f"Song {n % 41}" for n in range(300)]})
    lists = pl.DataFrame({"pid": range(60), "tracks": [[{"track_name": f"Song {n}"}] * 5 for n in range(60)]})
    frame = rng.choice([flat, lists])
    path = tmp_path / "data.parquet"
    packed = rng.choice(["zstd", "snappy", "gzip", "lz4", "uncompressed"])
    frame.write_parquet(path, compression=packed, row_group_size=rng.choice([50, 1000]))
    damaged = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 1, 5, 30])):
        damaged[rng.randrange(4, len(damaged) - 4)] ^= 1 << rng.randrange(8)
    path.write_bytes(damaged)

    try:
        found = rows(path, tmp_path)
    except TrainerError as error:
        assert isinstance(error, DatasetError)  # noqa: PT017
        assert str(error).isprintable()  # noqa: PT017
        assert "data.parquet: " in str(error)  # noqa: PT017
    else:
        assert len(found) >= len(frame)


@pytest.mark.parametrize("artists", [["x", "y", "z"], ["x"]])
def test_lists_of_unequal_length_are_an_error(artists: list[str], tmp_path: Path) -> None:
    frame = pl.DataFrame({"pid": [1], "artist_name": [artists], "track_name": [["Halo", "Hurt"]]})

    assert "lists of unequal length" in str(error_of(written(frame, tmp_path), tmp_path))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("other", [{"track_name": "no"}, {"name": "no"}])
def test_songs_are_those_of_the_list_called_tracks(first: bool, other: dict[str, str], tmp_path: Path) -> None:
    songs = {"tracks": [[{"track_name": "Halo"}, {"track_name": "Hurt"}], [{"track_name": "Halo"}]]}
    others = {"removed": [[other], [other, other]]}
    frame = pl.DataFrame({"pid": [1, 2], **(songs | others if first else others | songs)})

    assert rows(written(frame, tmp_path), tmp_path) == ROWS
    assert rows(json.dumps(frame.to_dicts()).encode(), tmp_path) == ROWS


def test_songs_are_those_of_the_list_with_title_and_artist(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"pid": [1], "tracks": [[{"track_name": "no"}]], "songs": [[{"track_name": "Halo", "artist_name": "x"}]]}
    )

    for content in (written(frame, tmp_path), json.dumps(frame.to_dicts()).encode()):
        assert rows(content, tmp_path, item_column="track_name,artist_name") == [("1", "Halo – x")]


@pytest.mark.parametrize("name", ["^t.*$", "*", "^.*$"])
def test_name_that_is_a_pattern_is_one_column(name: str, tmp_path: Path) -> None:
    flat = pl.DataFrame({"track": ["no"] * 3, "pid": PID, name: TITLE})
    lists = pl.DataFrame({"pid": [1, 2], "track": ["no"] * 2, name: [["Halo", "Hurt"], ["Halo"]]})
    inside = pl.DataFrame({"pid": PID, "song": [{"track": "no", name: title} for title in TITLE]})

    for frame in (flat, lists, inside):
        assert rows(written(frame, tmp_path), tmp_path, item_column=name) == ROWS
    swapped = pl.DataFrame({"track": ["no"] * 3, name: PID, "track_name": TITLE})
    assert rows(written(swapped, tmp_path), tmp_path, playlist_column=name) == ROWS
    assert rows(f"pid,track,{name}\n1,no,Halo\n1,no,Hurt\n2,no,Halo\n".encode(), tmp_path, item_column=name) == ROWS


@pytest.mark.parametrize("role", ["pid", "track_name", "artist_name"])
def test_column_that_is_no_text_is_named(role: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"pid": PID, "track_name": TITLE, "artist_name": TITLE})
    frame = frame.with_columns(pl.lit(timedelta(seconds=3)).alias(role))
    error = str(error_of(written(frame, tmp_path), tmp_path))

    assert f"'{role}' is a Duration" in error


def test_binary_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    frame = pl.DataFrame({"pid": PID, "track_name": [b"a", b"\xff", b"c"]})

    assert "data.parquet: " in str(error_of(written(frame, tmp_path), tmp_path))


def test_nan_is_no_playlist_and_no_song(tmp_path: Path) -> None:
    nan = float("nan")
    playlists = pl.DataFrame({"pid": [1.5, nan, None], "track_name": TITLE})
    songs = pl.DataFrame(
        {"pid": [1, 2, 3], "track_name": [1.5, nan, None]}, {"pid": pl.Int64, "track_name": pl.Float32}
    )

    assert rows(written(playlists, tmp_path), tmp_path) == [("1.5", "Halo"), (None, "Hurt"), (None, "Halo")]
    assert rows(written(songs, tmp_path), tmp_path) == [("1", "1.5"), ("2", None), ("3", None)]
