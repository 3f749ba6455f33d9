"""The tutorial's files: the example teaches what the document says, and every exporter's columns can be read."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, Model
from playlist_model.ranking import rank
from playlist_trainer.__main__ import main

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
QUICK = ("--evaluation", "false", "--gate", "false", "--min-support", "1")

# As the exporters write them: one file per playlist, so that the file's name is the playlist.
EXPORTIFY = (
    '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name","Added At"\n'
    '"spotify:track:1","Take Five","spotify:artist:1","The Dave Brubeck Quartet","spotify:album:1","Time Out",""\n'
    '"spotify:track:2","So ""What""","spotify:artist:2","Miles Davis, John Coltrane","spotify:album:2","Kind, of",""\n'
)
EXPORTIFY_NET = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms)\n"
    "spotify:track:1,Take Five,Time Out,The Dave Brubeck Quartet,1959,324000\n"
    'spotify:track:2,"So ""What""",Kind of Blue,Miles Davis;John Coltrane,1959,545000\n'
)
SOUNDIIZ = 'title;artist;album;isrc\nTake Five;The Dave Brubeck Quartet;Time Out;1\n"So ""What""";Miles Davis;;\n'
APPLE = 'Name\tArtist\tComposer\tAlbum\rTake Five\tThe Dave Brubeck Quartet\t\tTime Out\rSo "What"\tMiles Davis\t\t\r'
TUNEMYMUSIC = (
    "Track name,Artist name,Album,Playlist name,Type,ISRC\n"
    "Take Five,The Dave Brubeck Quartet,Time Out,Evening,Playlist,1\n"
    '"So ""What""",Miles Davis,Kind of Blue,Evening,Playlist,\n'
)


def trained(folder: Path, *arguments: str) -> Model:
    assert main(["train", "--model-dir", str(folder / "models"), *arguments]) == 0
    return FolderStore(folder / "models").load_current()


def joined(folder: Path) -> str:
    command = [sys.executable, ROOT / "examples/join_exports.py", folder]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("name", "content", "with_uris"),
    [
        ("Evening.csv", EXPORTIFY.encode(), True),
        ("Evening.csv", EXPORTIFY_NET.encode(), True),
        ("Evening.csv", SOUNDIIZ.encode(), False),
        ("Evening.txt", APPLE.encode("utf-16"), False),
    ],
    ids=["Exportify", "exportify.net", "Soundiiz", "Apple Music"],
)
def test_export_of_one_file_per_playlist_is_joined_and_trained(
    tmp_path: Path, name: str, content: bytes, with_uris: bool
) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / name).write_bytes(content)
    (tmp_path / "playlists.csv").write_text(joined(tmp_path / "exports"), encoding="utf-8")

    model = trained(tmp_path, "--dataset", str(tmp_path / "playlists.csv"), *QUICK)

    assert sorted(model.songs.names) == ['So "What"', "Take Five"]
    song = model.songs.match("Take Five").song_ids[0]
    assert model.songs.artists[song] == "The Dave Brubeck Quartet"
    assert model.manifest.dataset["playlists"] == 1
    assert (model.songs.uris is not None) == with_uris


def test_export_of_one_file_with_a_playlist_column_is_trained_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TUNEMYMUSIC, encoding="utf-8")
    columns = ("--playlist-column", "Playlist name", "--item-column", "Track name")

    model = trained(tmp_path, "--dataset", str(tmp_path / "mine.csv"), *columns, *QUICK)

    assert sorted(model.songs.names) == ['So "What"', "Take Five"]
    assert '--playlist-column "Playlist name" --item-column "Track name"' in TUTORIAL


def test_example_gives_what_the_tutorial_shows(tmp_path: Path) -> None:
    model = trained(tmp_path, "--dataset", str(ROOT / "examples/playlists.csv"))

    asked = np.array(model.songs.match("Take Five").song_ids[:1], dtype=np.int32)
    best = rank(model.rules, asked, asked, 3).song_ids.tolist()
    for place, song in enumerate(best, 1):
        assert f"\n{place}  {model.songs.names[song]} " in TUTORIAL
    dataset = model.manifest.dataset
    assert f"{dataset['rows']} rows: {dataset['playlists']} playlists, {dataset['songs']} songs\n" in TUTORIAL
    assert f"{model.manifest.rule_count:,} rules" in TUTORIAL
