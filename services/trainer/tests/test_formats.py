"""Every file is read whole, or called what it is in one clean sentence."""

import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
import zstandard

from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, TrainerError
from playlist_trainer.settings import Settings

Row = tuple[str | None, ...]
CSV = "pid,track_name\n1,Halo\n1,Hurt\n2,Halo\n"
ROWS = [("1", "Halo"), ("1", "Hurt"), ("2", "Halo")]
LONG = "pid,track_name\n" + "".join(f"{n},song number {n * 7919}\n" for n in range(30_000))


def rows(content: bytes | Path, folder: Path, **settings: str) -> list[Row]:
    path = content if isinstance(content, Path) else folder / "data"
    if isinstance(content, bytes):
        path.write_bytes(content)
    given = Settings(dataset_url=str(path), **settings)  # type: ignore[arg-type]
    dataset = fetch(given, folder)
    assert dataset is not None
    batches = row_batches(dataset, Columns.of(given))
    return [row for batch in batches for row in batch.select("playlist", "song").rows()]


def error_of(content: bytes | Path, folder: Path, **settings: str) -> TrainerError:
    with pytest.raises(TrainerError) as caught:
        rows(content, folder, **settings)
    assert str(caught.value).isprintable()
    return caught.value


def tar_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("data.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zip_of(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, CSV)
    return file.getvalue()


def sqlite_of(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "db")
    connection.execute("CREATE TABLE songs (pid, track_name)")
    connection.commit()
    connection.close()
    return (folder / "db").read_bytes()


FOREIGN = {
    "UTF-16,": CSV.encode("utf-16"),
    "UTF-16LE": CSV.encode("utf-16-le"),
    "UTF-16BE": CSV.encode("utf-16-be"),
    "UTF-32,": CSV.encode("utf-32"),
    "UTF-32LE": CSV.encode("utf-32-le"),
    "UTF-32BE": CSV.encode("utf-32-be"),
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "a tar archive": tar_of(CSV.encode()),
    "a zip archive": zip_of("data.csv"),
    "an Excel workbook": zip_of("xl/workbook.xml"),
    "a bzip2 file": bz2.compress(CSV.encode()),
    "an xz file": lzma.compress(CSV.encode()),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\0\4rest",
    "a gzip file inside a compressed file": gzip.compress(gzip.compress(CSV.encode())),
    "Parquet inside a gzip file": gzip.compress(b"PAR1rest"),
    r"a web page \(HTML\)": b"\n <!DOCTYPE html><html><body>Sign in</body></html>",
    "XML": b'\xef\xbb\xbf<?xml version="1.0"?><playlists/>',
    "a PDF": b"%PDF-1.7\n\x80\x81",
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "binary data": bytes(range(256)),
    "empty": b"",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_file_is_called_what_it_is(name: str, tmp_path: Path) -> None:
    for content in (FOREIGN[name], gzip.compress(FOREIGN[name])):
        if name.startswith(("Parquet", "a gzip")) and content is not FOREIGN[name]:
            continue
        error = error_of(content, tmp_path)

        assert isinstance(error, DatasetError)
        assert re.search(name, str(error))


def test_sqlite_database_is_named(tmp_path: Path) -> None:
    assert "an SQLite database" in str(error_of(sqlite_of(tmp_path), tmp_path))


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_byte_that_is_not_utf_8_is_named_with_its_line(encoding: str, tmp_path: Path) -> None:
    content = "pid,album,track_name\n" + "1,x,Halo\n" * 500 + "2,été,Hurt\n" + "1,x,Halo\n" * 500

    error = error_of(content.encode(encoding), tmp_path)

    assert "line 502: byte 3 (0xE9) is not UTF-8" in str(error)
    assert "Windows-1252" in str(error)


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"\xff\xd8\xff\xe0\n\0\x10JFIF\0", b"text\n" * 100 + b"\xe9\0"],
    ids=["PNG", "JPEG", "later on"],
)
def test_what_is_no_text_is_not_taken_for_another_encoding(content: bytes, tmp_path: Path) -> None:
    error = str(error_of(content, tmp_path))

    assert "binary data of an unknown kind, not text: expected playlists as CSV, JSON or Parquet" in error
    assert "Windows-1252" not in error


def test_folder_of_one_file_per_playlist_is_told_how_to_become_one(tmp_path: Path) -> None:
    folder = tmp_path / "my-exports"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("Track Name,Artist Name(s)\nHalo,Beyoncé\n", encoding="utf-8")

    error = str(error_of(folder, tmp_path))

    assert "a.csv: no column 'pid', found Track Name" in error
    assert error.endswith("; one file per playlist? join them: docs/tutorial.md, step 6")
    tutorial = (Path(__file__).parents[3] / "docs/tutorial.md").read_text(encoding="utf-8")
    assert "join_exports.py" in tutorial.partition("\n## 6. ")[2].partition("\n## ")[0]
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("pid,song\n1,Halo\n")
    assert "one file per playlist" not in str(error_of(folder, tmp_path))


def test_nul_is_named_with_its_line(tmp_path: Path) -> None:
    assert "line 3: a NUL byte" in str(error_of(CSV.replace("Hurt", "Hu\0rt").encode(), tmp_path))


@pytest.mark.parametrize("packed", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_members_and_zeros_behind_them_are_read(packed: object, tmp_path: Path) -> None:
    first, second = CSV[:20].encode(), CSV[20:].encode()
    whole = packed(first) + packed(second)  # type: ignore[operator]

    assert rows(whole, tmp_path) == ROWS
    if packed is gzip.compress:
        assert rows(whole + bytes(700_000), tmp_path) == ROWS


@pytest.mark.parametrize("tail", [b"garbage", bytes(512) + b"x", b"\0\x1f", b"\x1f"])
def test_bytes_behind_the_gzip_data_are_an_error_that_no_retry_mends(tail: bytes, tmp_path: Path) -> None:
    error = error_of(gzip.compress(CSV.encode()) + tail, tmp_path)

    assert isinstance(error, DatasetError)
    assert "follow the gzip data" in str(error)


@pytest.mark.parametrize("packed", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.9999])
def test_cut_file_can_be_fetched_again(packed: object, share: float, tmp_path: Path) -> None:
    whole: bytes = packed(LONG.encode())  # type: ignore[operator]

    error = error_of(whole[: max(5, int(len(whole) * share))], tmp_path)

    assert isinstance(error, DatasetUnavailableError)
    assert "ends too early" in str(error)


@pytest.mark.parametrize(
    "header", ["pid,track_name", "pid,track_name\n", "\ufeffpid,track_name\r\n\r\n", "[]", " [ ] "]
)
def test_table_without_rows_is_said_to_have_none(header: str, tmp_path: Path) -> None:
    assert "no rows" in str(error_of(header.encode(), tmp_path))


def test_parquet_without_rows_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame({"pid": [], "track_name": []}).write_parquet(path)

    assert "no rows" in str(error_of(path, tmp_path))


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"pid": [1, 1, 2], "track_name": ["Halo", "Hurt", "Halo"]}),
        pl.DataFrame(
            {"pid": [1, 1, 2], "track_name": ["Halo", "Hurt", "Halo"]}, {"pid": pl.Int64, "track_name": pl.Categorical}
        ),
        pl.DataFrame({"pid": [1, 2], "track_name": [["Halo", "Hurt"], ["Halo"]], "tags": [["a"], ["b", "c"]]}),
        pl.DataFrame(
            {"pid": [1, 2], "tracks": [[{"track_name": "Halo"}, {"track_name": "Hurt"}], [{"track_name": "Halo"}]]}
        ),
        pl.DataFrame({"pid": ["1", "1", "2"], "track_name": [b"Halo", b"Hurt", b"Halo"]}),
        pl.DataFrame(
            {"pid": [1, 1, 2], "track": [{"track_name": "Halo"}, {"track_name": "Hurt"}, {"track_name": "Halo"}]}
        ),
    ],
)
def test_parquet_of_songs_or_of_lists_is_read(frame: pl.DataFrame, tmp_path: Path) -> None:
    frame.write_parquet(tmp_path / "data [1].parquet", row_group_size=1)

    assert rows(tmp_path / "data [1].parquet", tmp_path) == ROWS


def test_playlist_without_songs_is_a_row_that_cannot_be_used(tmp_path: Path) -> None:
    frame = pl.DataFrame({"pid": [1, 2, 3], "track_name": [["Halo"], [], None]})
    frame.write_parquet(tmp_path / "data.parquet")
    lists = json.dumps([{"pid": 1, "tracks": [{"track_name": "Halo"}]}, {"pid": 2, "tracks": []}])

    assert rows(tmp_path / "data.parquet", tmp_path) == [("1", "Halo"), ("2", None), ("3", None)]
    assert rows(lists.encode(), tmp_path) == [("1", "Halo"), ("2", None)]


def test_damaged_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame({"pid": list(range(1000)), "track_name": ["Halo"] * 1000}).write_parquet(path)
    whole = path.read_bytes()

    assert "its end is missing" in str(error_of(whole[:-100], tmp_path))
    assert "can't be read as Parquet" in str(error_of(whole[:50] + bytes(200) + whole[250:], tmp_path))


PLAYLISTS = [
    {"pid": 1, "name": "a", "tracks": [{"track_name": "Halo"}, {"track_name": "Hurt"}]},
    {"pid": 2, "name": "b", "tracks": [{"track_name": "Halo"}]},
]
SONGS = [{"pid": 1, "track_name": "Halo"}, {"pid": 1, "track_name": "Hurt"}, {"pid": "2", "track_name": "Halo"}]
JSON = {
    "slice": json.dumps({"info": {}, "playlists": PLAYLISTS}),
    "slice without info": json.dumps({"playlists": PLAYLISTS}, indent=2),
    "slice with info behind": json.dumps({"version": 1, "playlists": PLAYLISTS}),
    "array of playlists": json.dumps(PLAYLISTS, indent=1),
    "array of rows": json.dumps(SONGS),
    "lines of rows": "\n".join(map(json.dumps, SONGS)),
    "lines of playlists": "\r\n\n".join(map(json.dumps, PLAYLISTS)) + "\n\n",
    "lines of slices": "\n".join(json.dumps({"playlists": [playlist]}) for playlist in PLAYLISTS),
    "lists of titles": json.dumps([{"pid": 1, "track_name": ["Halo", "Hurt"]}, {"pid": 2, "track_name": ["Halo"]}]),
}


def test_marks_between_lines_of_json_are_no_text(tmp_path: Path) -> None:
    lines = [f"\ufeff{json.dumps(song)}" for song in SONGS]

    assert rows("\n".join([*lines, "\ufeff"]).encode(), tmp_path) == ROWS


@pytest.mark.parametrize("form", JSON)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_json_of_each_form_is_read(form: str, mark: bytes, tmp_path: Path) -> None:
    assert rows(mark + JSON[form].encode(), tmp_path) == ROWS
    assert rows(gzip.compress(mark + JSON[form].encode()), tmp_path) == ROWS


def test_numbers_in_json_stay_the_text_they_were(tmp_path: Path) -> None:
    content = b'[{"pid": 12345678901234567890123, "track_name": 1979}, {"pid": 1.50, "track_name": true}]'

    assert rows(content, tmp_path) == [("12345678901234567890123", "1979"), ("1.50", "true")]


def test_half_a_surrogate_pair_in_json_costs_no_row(tmp_path: Path) -> None:
    content = b'[{"pid": 1, "track_name": "a\\ud83d"}, {"pid": 1, "track_name": "b\\ud83d\\ude00"}]'

    assert rows(content, tmp_path) == [("1", "a\ufffd"), ("1", "b\U0001f600")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"pid": 1, "track_name": "a"}\n{"pid": 1, "track_name": "b"}\n{"pid": 1, "track', "line 3: not JSON"),
        (b'[{"pid": 1, "track_name": "a"},\n {"pid": 2 "track_name": "b"}]', "line 2: not JSON"),
        (b'[{"pid": 1, "track_name": "a"},\n {"pid": 2, "track_name": "\xe9"}]', "line 2: byte 28 (0xE9) is not UTF-8"),
        (b'{"pid": 1, "track_name": "a"}\n{"pid": 1, "track_name": {"x": 1}}', "line 2: 'track_name' is an object"),
        (b"[1, 2]", "element 1 is the value '1'"),
        (b'{"error": "not found"}', "no column 'pid', found error"),
        (
            b'{"info": {}, "playlists": [{"pid": 1, "songs": [{"title": "Halo"}]}]}',
            "no column 'track_name', found pid, title",
        ),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_named_with_its_line(content: bytes, expected: str, tmp_path: Path) -> None:
    assert expected in str(error_of(content, tmp_path))


def test_folder_is_read_without_what_is_no_slice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    for number, playlist in enumerate(PLAYLISTS):
        content = json.dumps({"info": {}, "playlists": [playlist]}).encode()
        name = f"mpd.slice.{number}.json"
        (folder / (name + ".gz" * number)).write_bytes(gzip.compress(content) if number else content)
    for stray in ("._mpd.slice.0.json", ".DS_Store", "README.txt", "challenge.json"):
        (folder / stray).write_bytes(b"\0\5\x16\7stray")
    (folder / "old").mkdir()

    assert rows(folder, tmp_path) == ROWS
    (line,) = [record.getMessage() for record in caplog.records]
    assert "passed over: .DS_Store, ._mpd.slice.0.json, README.txt, challenge.json, old" in line


@pytest.mark.parametrize(
    "content", [b"", b"pid,track_name\n", b'pid,track_name\n1,"a\n', b"PAR1", b"[1]", b"\x28\xb5\x2f\xfd"]
)
def test_control_characters_of_a_name_reach_no_message(content: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "a\nb"
    folder.mkdir()
    (folder / "c\x1b[31m.json").write_bytes(content)

    assert "a\ufffdb" in str(error_of(folder / "c\x1b[31m.json", tmp_path))  # error_of refuses what is not printable
    assert "a\ufffdb" in str(error_of(folder, tmp_path))
    (folder / "c\x1b[31m.json").unlink()
    assert "a\ufffdb" in str(error_of(folder, tmp_path))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("broken", [b"", b'{"info": {}, "playlists": [{"pid"', b"\xff\xfe{\0", b"PK\x03\x04"])
def test_broken_slice_is_named(broken: bytes, number: int, tmp_path: Path) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    (folder / f"mpd.slice.{1 - number}.json").write_text(JSON["slice"])
    (folder / f"mpd.slice.{number}.json").write_bytes(broken)

    error = error_of(folder, tmp_path)

    assert isinstance(error, DatasetError)
    assert f"mpd.slice.{number}.json: " in str(error)
