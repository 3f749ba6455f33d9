"""The tutorial's files: the example teaches what the document says, and every exporter's columns can be read."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, Model
from playlist_model.ranking import rank
from playlist_trainer.__main__ import main
from playlist_trainer.summary import summary

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


def join(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "examples/join_exports.py", folder]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def joined(folder: Path) -> str:
    done = join(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


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


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "a.csv",
            b"title,artist\nM\xfcde,Ich\n",
            "a.csv: line 2: byte 0xFC is not UTF-8; convert it (iconv -f WINDOWS-1252 -t UTF-8)\n",
        ),
        ("a.csv", b"\xef\xbb\xbftitle\nM\xfcde\n", "a.csv: line 2: byte 0xFC is not UTF-8;"),
        ("a.csv", b'title\nA\n"B\nC\n', "a.csv: line 3: a quote opens a text here and is never closed;"),
        ("a.csv", b'title\nA\n"B' + b"\nC" * 100_000, "a.csv: line 3: a quote opens a text here and is never closed;"),
        ("a.csv", b'title\n"A"B\n', 'a.csv: line 2: a quote inside a quoted text must be doubled ("")\n'),
        ("a.txt", "Name\n".encode("utf-16") + b"x", "a.txt: UTF-16 that breaks off or is damaged;"),
        ("a.pdf", b"%PDF", ": no .csv, .tsv or .txt file here; give the folder that holds the files\n"),
        ("unpacked/a.csv", b"title\nA\n", ": only sub-folders here; give the folder that holds the files\n"),
        ("a.csv", b"length\n1\n", "a.csv: no column with titles, or no rows; left out\njoined 0 playlists\n"),
    ],
    ids=[
        "Latin-1",
        "Latin-1 with a mark",
        "open quote",
        "long open quote",
        "stray quote",
        "UTF-16",
        "no files",
        "sub-folders",
        "no titles",
    ],
)
def test_what_cannot_be_joined_is_named_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)

    done = join(tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_exports_whose_names_differ_by_the_suffix_alone_stay_two_playlists(tmp_path: Path) -> None:
    for name in ("a.csv", "a.txt", "b.csv"):
        (tmp_path / name).write_text("title\nTake Five\n")

    assert [line.split(",")[0] for line in joined(tmp_path).splitlines()] == ["pid", "a.csv", "a.txt", "b.csv"]


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
    (quality,) = (line for line in summary(model, None).splitlines() if line.startswith("Quality"))
    assert f"\n{quality}\n" in TUTORIAL
