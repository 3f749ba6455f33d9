"""CSV files put one behind another: the header of each is no row."""

import csv
import io
import random
from pathlib import Path

import pytest

from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.csv_headers import HEADER_AGAIN
from playlist_trainer.dataset.playlists import Playlists
from playlist_trainer.dataset.rows import row_batches
from playlist_trainer.pipeline import read
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

from .test_formats import error_of
from .test_rows import fetched

ROWS = [("1", "Halo"), ("1", "Hurt"), ("2", "Halo")]


def found_in(content: str, folder: Path, **settings: str) -> tuple[list[tuple[str | None, ...]], int]:
    """Return the rows, and how many headers were counted beside them."""
    path = folder / "data"
    path.write_bytes(content.encode())
    batches = list(row_batches(fetched(path), Columns.of(Settings(**settings))))  # type: ignore[arg-type]
    of_rows = [batch.select("playlist", "song") for batch in batches if "reason" not in batch.columns]
    headers = sum(len(batch) for batch in batches if "reason" in batch.columns)
    return [row for batch in of_rows for row in batch.rows()], headers


def playlists_of(content: str, folder: Path) -> Playlists:
    (folder / "data").write_bytes(content.encode())
    return read(fetched(folder / "data"), Settings(), StageTimer())


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("quoted_row", ["", '3,"Hello\nYou",x'])
@pytest.mark.parametrize(
    "again",
    [
        "pid,track_name,album",
        '"pid","track_name","album"',
        ' pid , "track_name",album\t',
        "'pid','track_name','album'",
        "pid  ,track_name  ,album  ",
    ],
)
def test_header_of_the_next_file_is_no_row(
    again: str, quoted_row: str, mark: str, line_end: str, tmp_path: Path
) -> None:
    lines = [f"{mark}pid,track_name,album", "1,Halo,x", "1,Hurt,x", f"{mark}{again}", "2,Halo,x"]

    found, headers = found_in(line_end.join(filter(None, [*lines, quoted_row])), tmp_path)

    assert found[:3] == ROWS
    assert headers == 1


def test_headers_are_counted_and_no_reason_to_refuse_the_file(tmp_path: Path) -> None:
    files = "pid,track_name\n1,Halo\n1,Hurt\n" * 20

    found = playlists_of(files, tmp_path)

    assert found.row_count == 59
    assert found.unusable == {"no playlist": 0, "no song": 0, HEADER_AGAIN: 19}
    assert list(found.songs["song"]) == ["Halo", "Hurt"]


@pytest.mark.parametrize(
    "row",
    ["pid,Hurt,album", "pid,track_name,x", "x,track_name,album", "pid,,", "album,album,album", '"pid,",track_name,y'],
)
def test_row_with_a_name_of_the_header_is_a_row(row: str, tmp_path: Path) -> None:
    found, headers = found_in(f"pid,track_name,album\n1,Halo,x\n{row}\n", tmp_path)

    assert len(found) == 2
    assert headers == 0


@pytest.mark.parametrize("again", ["track_name,pid,album", '"album","pid","track_name"', " album, track_name , pid"])
def test_header_in_another_order_is_named(again: str, tmp_path: Path) -> None:
    error = error_of(f"pid,track_name,album\n1,Halo,x\n{again}\nHurt,1,x\n".encode(), tmp_path)

    assert "line 3: the header again, in another order" in str(error)


def test_headers_alone_are_no_rows(tmp_path: Path) -> None:
    assert "no rows" in str(error_of(b"pid,track_name\npid,track_name\n", tmp_path))


def test_title_that_is_the_name_of_the_only_column_is_a_song(tmp_path: Path) -> None:
    found, headers = found_in("Halo\nHurt\nHalo\n", tmp_path, item_column="Halo", playlist_column="Halo")

    assert (len(found), headers) == (2, 0)


@pytest.mark.parametrize("seed", range(40))
def test_files_put_together_hold_the_rows_of_each(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    names = rng.choice([["pid", "track_name"], ["Playlist name", "Track", "Album (all)"], ["a, b", "c", "d"]])
    words = [*names, "Halo", "5'9", "Hello, You", 'Say "x"', "1979", ""]
    parts, expected = [], []
    for _ in range(rng.randint(2, 5)):
        table = [[rng.choice(words) for _ in names] for _ in range(rng.randint(1, 8))]
        table = [row for row in table if sorted(row) != sorted(names) and any(row)]
        file = io.StringIO(newline="")
        quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        csv.writer(file, quoting=quoting).writerows([names, *table])
        parts.append(rng.choice(["", "\ufeff"]) + file.getvalue())
        expected += [(row[0] or None, row[1] or None) for row in table]

    found, headers = found_in("".join(parts), tmp_path, playlist_column=names[0], item_column=names[1])

    assert found == expected
    assert headers == len(parts) - 1
