"""The quick way through a slice faces the thorough one: it finds the same rows, or leaves the slice to it."""

import random
from pathlib import Path

import pytest

from playlist_trainer.dataset.columns import Columns, tidied
from playlist_trainer.dataset.json_rows import json_batches
from playlist_trainer.dataset.mpd_slices import slice_rows
from playlist_trainer.errors import DatasetError

COLUMNS = Columns(("track_name",), ("pid",))
READ = ("artist_name", "track_uri", "track_name")
TRACK = ("pos", "artist_name", "track_uri", "track_name", "album_name")
PLAIN = ['"Halo"', '"été"', '"Hurt \\"live\\""', '"1979"', "1979", '"a: 1.5"', '"\\u00e9"', '"\\ud83d\\ude00"']
ODD = ["2.50", "1.0", "null", '"pid"', '"\\ud83d"', "true", "-0", '"\\u0041"', '"\\"track_name\\": 1.0"', '""', "{}"]


def written(pairs: list[tuple[str, str]], rng: random.Random) -> str:
    colon = rng.choice([":", ": ", " :\n"])
    return "{" + ", ".join(f'"{key}"{colon}{value}' for key, value in pairs) + "}"


def random_slice(rng: random.Random) -> str:
    oddness = rng.choice([0, 0, 0.02, 0.2])

    def pairs(names: tuple[str, ...]) -> list[tuple[str, str]]:
        chosen = [name for name in names if rng.random() >= oddness / 4]
        # A key that is not read may stand twice: nothing is lost.
        chosen += [name for name in names if name in READ and rng.random() < oddness / 4]
        spelt = [name if rng.random() >= oddness / 4 else name.replace("_", "\\u005F") for name in chosen]
        return [(name, rng.choice(ODD if rng.random() < oddness else PLAIN)) for name in spelt]

    playlists = []
    for pid in range(rng.randint(1, 4)):
        tracks = ", ".join(written(pairs(TRACK), rng) for _ in range(rng.randint(1, 4)))
        own = [
            *pairs(("name", "num_tracks")),
            ("pid", rng.choice([str(pid), f'"{pid}"', f"{pid}.0"][: 2 + (oddness > 0)])),
        ]
        own.insert(rng.randint(0, len(own)), ("tracks", f"[{tracks}]"))
        playlists.append(written(own + [("pid", "7")] * (rng.random() < oddness / 4), rng))
    return f'{{"info": {{"version": "v1"}}, "playlists": [{", ".join(playlists)}]}}'


def thorough(path: Path) -> list[tuple[str | None, ...]] | None:
    try:
        batches = [tidied(frame, roles) for frame, roles in json_batches(path, "slice", COLUMNS)]
    except DatasetError:
        return None
    names = ("playlist", "song", "title", "artist", "uri")
    return [tuple(row.get(name) for name in names) for batch in batches for row in batch.iter_rows(named=True)]


@pytest.mark.parametrize("seed", range(300))
def test_slice_is_read_alike_either_way(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "mpd.slice.0-9.json"
    path.write_text(random_slice(random.Random(seed)), encoding="utf-8")

    found = slice_rows(path, "slice", COLUMNS)

    if found is not None:
        assert tidied(*found).select("playlist", "song", "title", "artist", "uri").rows() == thorough(path)


def test_most_slices_take_the_quick_way(tmp_path: Path) -> None:
    path = tmp_path / "mpd.slice.0-9.json"
    quick = 0
    for seed in range(100):
        path.write_text(random_slice(random.Random(seed)), encoding="utf-8")
        quick += slice_rows(path, "slice", COLUMNS) is not None

    assert quick > 40
