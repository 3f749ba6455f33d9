"""What is looked at before a dataset is pinned: its kind, its columns, and a row that can be learned from."""

import gzip
import hashlib
import io
import json
from pathlib import Path

import polars as pl
import pytest

from playlist_bump import heads
from playlist_bump.errors import InputError
from playlist_bump.fetching import look
from playlist_bump.heads import check_head
from playlist_bump.looks import Look
from playlist_bump.reading import Reading
from playlist_trainer.dataset.address import fetch
from playlist_trainer.errors import DatasetError
from playlist_trainer.settings import Settings

from .dataset_server import OLD, DatasetServer
from .hub import ONE, Hub, Terminal

TRACKS = [{"track_name": "Nocturne", "artist_name": "Chopin"}]
SLICE = json.dumps({"info": {}, "playlists": [{"pid": 1, "name": "a", "tracks": TRACKS}]}).encode()
LINES = b'{"pid": 1, "track_name": "Nocturne"}\n{"pid": 2, "track_name": "Etude"}\n'


def _parquet(**columns: list[object]) -> bytes:
    into = io.BytesIO()
    pl.DataFrame(columns).write_parquet(into)
    return into.getvalue()


NO_DATASETS = {
    "an error in JSON": (b'{"error":"denied"}', "no column 'pid', found error"),
    "an error in JSON, packed": (gzip.compress(b'{"error":"denied"}'), "no column 'pid'"),
    "a list of errors": (b'[{"code": 403, "text": "denied"}]', "no column 'pid'"),
    "no playlists": (b'{"playlists": []}', "no rows"),
    "nothing in JSON": (b"{}", "no column 'pid'"),
    "a text": (b"denied\n", "one column only"),
    "a header alone": (b"pid,track_name\n", "no rows"),
    "another table": (b"id,name\n1,a\n", "no column 'pid'"),
    "no item column": (b"pid,name\n1,a\n", "no column 'track_name', found pid, name"),
    "songs that are all empty": (b"pid,track_name\n1,\n2,\n", "2 with no song"),
    "another Parquet": (_parquet(pid=[1], name=["a"]), "no column 'track_name'"),
    "JSON cut off": (SLICE[:-9], "not JSON"),
}
DATASETS = {
    "CSV": OLD,
    "CSV, packed": gzip.compress(OLD),
    "CSV whose first song is empty": b"pid;track_name\n1;\n1;Nocturne\n",
    "Parquet": _parquet(pid=[1], track_name=["Nocturne"]),
    "a slice": SLICE,
    "JSON Lines": LINES,
    "rows in JSON": b'[{"pid": 1, "track_name": "Nocturne"}]',
}


@pytest.mark.parametrize("case", NO_DATASETS)
def test_an_answer_that_is_no_dataset_is_refused(server: DatasetServer, case: str) -> None:
    server.content, words = NO_DATASETS[case]

    with pytest.raises(InputError, match=words) as refused:
        look(server.url, Reading())

    assert "--" not in str(refused.value)


@pytest.mark.parametrize("case", DATASETS)
def test_a_dataset_of_each_kind_is_taken(server: DatasetServer, case: str) -> None:
    server.content = DATASETS[case]

    assert look(server.url, Reading()) == Look(server.url, hashlib.sha256(server.content).hexdigest())


def test_an_error_in_the_place_of_a_dataset_is_not_pinned(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine = hub.clone("mine")
    bump(mine, "dataset", server.url)
    server.content = b'{"error":"denied"}'

    said = bump(mine, "watch")

    assert said.exit_code == 64
    assert "no column 'pid', found error" in said.err
    assert len(hub.subjects()) == 2


def test_columns_and_separator_are_those_of_the_values(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    server.content = b"user^list^uri\n1^a^spotify:track:1\n"
    mine = hub.clone("mine")

    assert "name the right one with dataset.playlistColumn" in _with(hub, bump, mine, server, "separator: '^'")
    assert "name the right one with dataset.itemColumn" in _with(hub, bump, mine, server, "playlistColumn: user,list")
    assert _with(hub, bump, mine, server, "itemColumn: uri") == ""


def test_the_charts_defaults_hold_where_an_installation_says_nothing(
    hub: Hub, bump: Terminal, server: DatasetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of this machine, where nothing is learned.
    monkeypatch.setenv("PLAYLIST_ITEM_COLUMN", "artist")
    server.content = b"user,uri\n1,spotify:track:1\n"
    mine = hub.clone("mine")
    hub.add(mine, "charts/playlist-recommender/values.yaml", "dataset: {itemColumn: uri, playlistColumn: user}\n")

    assert bump(mine, "dataset", server.url).exit_code == 0
    assert "no column 'song'" in _with(hub, bump, mine, server, "itemColumn: song")


def test_a_document_that_is_large_is_left_to_the_trainer_but_its_lines_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "_LARGEST_DOCUMENT_BYTES", 64)
    document, lines = tmp_path / "document.json", tmp_path / "lines.json"
    document.write_bytes(json.dumps([{"no": "song"}] * 99, indent=1).encode())
    lines.write_bytes(b'{"no": "song"}\n' * 99)

    _check(document)
    with pytest.raises(DatasetError, match="no column"):
        _check(lines)


def test_a_folders_first_files_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "mpd.slice.0-999.json").write_bytes(b'{"playlists": []}')
    (tmp_path / "mpd.slice.1000-1999.json").write_bytes(SLICE)

    _check(tmp_path)
    (tmp_path / "mpd.slice.1000-1999.json").write_bytes(b'{"playlists": []}')
    with pytest.raises(DatasetError, match="no rows"):
        _check(tmp_path)


def _check(path: Path) -> None:
    settings = Settings(dataset_url=str(path))
    dataset = fetch(settings, path.parent)
    assert dataset
    check_head(dataset, settings)


def _with(hub: Hub, bump: Terminal, mine: Path, server: DatasetServer, value: str) -> str:
    """Push one more value of the dataset, and return what is said of a bump then."""
    hub.edit(mine, ONE, "  # pins", f"  {value}\n  # pins")
    return bump(mine, "dataset", server.url).err
