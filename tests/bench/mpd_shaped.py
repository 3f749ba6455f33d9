"""Files of made-up playlists with the size and shape of the Million Playlist Dataset.

python -m tests.bench.mpd_shaped FOLDER [--playlists 1000000] [--slices 0] [--seed 0]

Writes FOLDER/mpd_shaped.parquet (pid, track_name, artist_name, track_uri; about 66 million rows), and with --slices
also so many slices of 1,000 playlists in the dataset's own form. Nothing is held but a batch of rows.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source
from tests.bench.processes import MeasurementError
from tests.bench.synthetic_mpd import MpdShape, row_batches

SLICE_PLAYLISTS = 1000
_COLUMNS = {"pid": pl.Int64, "track_name": pl.String, "artist_name": pl.String, "track_uri": pl.String}
_PARQUET_BYTES_PER_PLAYLIST = 1000  # more than it takes
_SLICE_BYTES_PER_PLAYLIST = 25_000


def write_parquet(shape: MpdShape, folder: Path) -> Path:
    """Write all playlists as one Parquet file, one row per song of a playlist, and return its path."""
    _check_room(folder, shape.playlists * _PARQUET_BYTES_PER_PLAYLIST)
    path = folder / "mpd_shaped.parquet"

    def frames(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        return (frame.select(columns or [*_COLUMNS]) for frame in _frames(shape))

    register_io_source(frames, schema=_COLUMNS).sink_parquet(path, row_group_size=1 << 19)
    return path


def write_slices(shape: MpdShape, folder: Path, count: int) -> Path:
    """Write the first playlists as slices of 1,000 each in the form of the dataset, and return their folder."""
    _check_room(folder, count * SLICE_PLAYLISTS * _SLICE_BYTES_PER_PLAYLIST)
    slices = folder / "slices"
    slices.mkdir(exist_ok=True)
    begin = 0
    for frame in _frames(shape):
        for playlists in _as_nested(frame).iter_slices(SLICE_PLAYLISTS):
            if begin >= count * SLICE_PLAYLISTS:
                return slices
            end = begin + SLICE_PLAYLISTS - 1
            info = json.dumps({"generated_on": "2017-12-03", "slice": f"{begin}-{end}", "version": "v1"})
            text = f'{{"info":{info},"playlists":{playlists.write_json()}}}'
            (slices / f"mpd.slice.{begin}-{end}.json").write_text(text, encoding="utf-8")
            begin += SLICE_PLAYLISTS
    return slices


def _frames(shape: MpdShape) -> Iterator[pl.DataFrame]:
    """Yield a file's columns, whole playlists at a time."""
    song, pid = pl.col("song"), pl.col("pid")
    # One song in 16 is on an album and a single: two URIs, two spellings of the artist.
    edition = pl.when(song % 16 == 0).then(pid % 2).otherwise(0)
    for playlists, songs in row_batches(shape):
        # One listing in nine repeats the one before it, as playlists do: 66 million rows, 58.7 million distinct ones.
        times = 1 + ((playlists + songs) % 8 == 0)
        yield pl.DataFrame({"pid": np.repeat(playlists, times), "song": np.repeat(songs, times)}).select(
            pid.cast(pl.Int64),
            track_name=pl.format("Made-up Song No. {}", song),
            artist_name=pl.format("Band {} of Nowhere{}", song % 300_007, pl.lit("!").repeat_by(edition).list.join("")),
            track_uri=pl.format("spotify:track:{}{}", edition, song.cast(pl.String).str.zfill(21)),
        )


def _as_nested(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row per playlist: pid, name, tracks with the keys that the dataset's own tracks have."""
    track = pl.struct(
        pos=pl.int_range(pl.len()),
        artist_name="artist_name",
        track_uri="track_uri",
        artist_uri=pl.format("spotify:artist:{}", pl.col("track_uri").str.slice(-22)),
        track_name="track_name",
        album_uri=pl.format("spotify:album:{}", pl.col("track_uri").str.slice(-22)),
        duration_ms=pl.lit(200_000),
        album_name=pl.format("Album of {}", "artist_name"),
    )
    nested = frame.group_by("pid", maintain_order=True).agg(tracks=track)
    return nested.select(
        name=pl.format("made up {}", "pid"),
        collaborative=pl.lit("false"),
        pid="pid",
        num_tracks=pl.col("tracks").list.len(),
        tracks="tracks",
    )


def _check_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise MeasurementError(f"{folder}: {free / 1e9:.1f} GB free, the files may need {needed_bytes / 1e9:.1f} GB")


def main() -> None:
    """Write what the arguments ask for and print where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="an existing folder outside the repository")
    parser.add_argument("--playlists", type=int, default=1_000_000)
    parser.add_argument("--slices", type=int, default=0, help="how many slices of 1,000 playlists to write as well")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    shape = MpdShape(playlists=given.playlists, seed=given.seed)
    sys.stdout.write(f"{write_parquet(shape, given.folder)}\n")
    if given.slices:
        sys.stdout.write(f"{write_slices(shape, given.folder, given.slices)}\n")


if __name__ == "__main__":
    main()
