"""Datasets by chance in several files, and what two engines make of them."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from playlist_model import HeldOut, Rules, Songs
from playlist_model.song_arrays import arrays_of_songs
from playlist_trainer.dataset.address import Dataset, fetch
from playlist_trainer.learned import Learned
from playlist_trainer.pipeline import learned_by_engine
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer


def settings_for(folder: Path, **given: str) -> Settings:
    return Settings.read({"dataset_url": str(folder), **given}, environ={})


def dataset_for(settings: Settings, tmp_path: Path) -> Dataset:
    found = fetch(settings, tmp_path)
    assert found is not None
    return found


def by_one_machine(settings: Settings, scratch: Path) -> Learned:
    return learned_by_engine(dataset_for(settings, scratch), settings, StageTimer(), scratch)


def write_random_files(folder: Path, seed: int, kind: str = "csv", playlist_count: int = 300) -> None:
    """Write playlists that are split over files, one of them long, with a song that is in half of them."""
    random = np.random.default_rng(seed)
    folder.mkdir()
    lengths = random.integers(1, 14, playlist_count)
    lengths[0] = 150
    ids = random.permutation(playlist_count)
    pids = np.repeat(ids, lengths)
    songs = np.minimum(random.zipf(1.4, len(pids)), 400)
    songs[random.random(len(pids)) < 0.1] = 401
    songs[lengths[0] + 1 :][np.diff(pids[lengths[0] :]) != 0] = np.where(
        random.random(playlist_count - 2) < 0.5, 402, 7
    )
    artists = random.integers(0, 3, len(pids))
    rows = pl.DataFrame(
        {
            # An id of a playlist is text: 10 stands before 9.
            "pid": pids.astype(str),
            "track_name": [f"Song {'é' * (n % 2)}{n}" if n % 50 else "" for n in songs.tolist()],
            "artist_name": [f"artist {n}" if n else None for n in artists.tolist()],
        }
    )
    rows = rows[random.permutation(len(rows))]
    for number, part in enumerate(np.array_split(np.arange(len(rows)), 4)):
        path = folder / f"part-{number}.{kind}"
        if kind == "json":
            path.write_text(json.dumps({"playlists": _as_slice(rows[part])}))
        else:
            rows[part].write_parquet(path) if kind == "parquet" else rows[part].write_csv(path)


def _as_slice(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {"pid": int(str(pid)), "tracks": tracks.select("track_name", "artist_name").to_dicts()}
        for (pid,), tracks in rows.group_by("pid", maintain_order=True)
    ]


def assert_equal(found: Learned, expected: Learned) -> None:
    """Compare all that a model holds, number for number."""
    _assert_equal_arrays(_arrays_of_songs(found.songs), _arrays_of_songs(expected.songs))
    _assert_equal_arrays(_arrays(found.mined.rules), _arrays(expected.mined.rules))
    _assert_equal_arrays(_arrays(found.held_out), _arrays(expected.held_out))
    assert found.described == expected.described
    assert found.mined.described == expected.mined.described
    assert (found.choice is None) == (expected.choice is None)
    if found.choice is not None and expected.choice is not None:
        assert found.choice.grid == expected.choice.grid


def _arrays_of_songs(songs: Songs) -> dict[str, Any]:
    return dict(arrays_of_songs(songs))


def _arrays(holder: Rules | HeldOut) -> dict[str, Any]:
    return {field.name: getattr(holder, field.name) for field in fields(holder)}


def _assert_equal_arrays(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name] is None) == (array is None), name
        if array is not None:
            assert found[name].dtype == array.dtype, name
            np.testing.assert_array_equal(found[name], array, err_msg=name)
