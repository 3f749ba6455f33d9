"""The made-up files hold the same playlists in both forms."""

import json
from pathlib import Path

import polars as pl
from tests.bench.mpd_shaped import write_parquet, write_slices
from tests.bench.synthetic_mpd import MpdShape


def test_slices_hold_the_first_playlists_of_the_parquet_file(tmp_path: Path) -> None:
    shape = MpdShape(playlists=2_500, songs=20_000)

    table = pl.read_parquet(write_parquet(shape, tmp_path))
    slices = sorted(write_slices(shape, tmp_path, 2).iterdir())

    assert [path.name for path in slices] == ["mpd.slice.0-999.json", "mpd.slice.1000-1999.json"]
    found = [
        (playlist["pid"], track["track_name"], track["artist_name"], track["track_uri"])
        for path in slices
        for playlist in json.loads(path.read_text(encoding="utf-8"))["playlists"]
        for track in playlist["tracks"]
    ]
    assert found == table.filter(pl.col("pid") < 2_000).rows()
    assert table["pid"].n_unique() == 2_500
