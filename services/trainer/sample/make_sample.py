"""Makes the built-in sample dataset: playlists of public-domain songs, drawn from a small model of tastes.

    python services/trainer/sample/make_sample.py             writes src/playlist_trainer/sample.csv
    python services/trainer/sample/make_sample.py other.csv   writes other.csv

The songs stand in songs.csv: the most popular of each taste first, the most popular taste first. The artist is
the composer, else the author of the words, else where the song comes from.

The same songs give the same bytes on every Python ≥ 3.11: chance comes from ``Random.random()`` alone, the one method
whose sequence Python promises to keep, and floats are added one by one, because ``sum()`` rounds differently
since Python 3.12.
"""

import csv
import io
import sys
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

HERE = Path(__file__).parent
SONGS = HERE / "songs.csv"
TARGET = HERE.parent / "src" / "playlist_trainer" / "sample.csv"

SEED = 1829
PLAYLISTS = 400
SHORTEST, LONGEST = 6, 25  # songs in a playlist, inclusive
SINGLE_TASTE = 0.4  # of all playlists, 0..1
MAIN_TASTE = 0.6  # of a playlist's draws, 0..1; the rest but for HITS is its second taste
HITS = 0.06  # of a playlist's draws, 0..1: songs that everybody knows, whatever the taste
HITS_PER_TASTE = 3

# The tastes that go with a taste, the likeliest first.
KIN = {
    "romantic piano": ("orchestral", "ragtime", "opera"),
    "orchestral": ("romantic piano", "opera", "choral"),
    "carols": ("hymns and spirituals", "nursery", "choral"),
    "folk": ("sea shanties", "world", "hymns and spirituals"),
    "opera": ("orchestral", "choral", "world"),
    "sea shanties": ("folk", "world"),
    "nursery": ("carols", "folk", "world"),
    "hymns and spirituals": ("carols", "choral", "ragtime"),
    "choral": ("opera", "orchestral", "hymns and spirituals"),
    "world": ("folk", "opera", "nursery"),
    "ragtime": ("romantic piano", "hymns and spirituals", "folk"),
}

_T = TypeVar("_T")


class Song(NamedTuple):
    """One line of songs.csv, with the URI it gets from its line's number."""

    taste: str
    title: str
    artist: str
    uri: str


def read_songs() -> list[Song]:
    """Return the songs of songs.csv in its order."""
    with SONGS.open(encoding="utf-8", newline="") as file:
        return [
            Song(row["taste"], row["track_name"], row["artist_name"], f"sample:track:{number:04d}")
            for number, row in enumerate(csv.DictReader(file), start=1)
        ]


def sample_csv() -> str:
    """Return the whole dataset: columns pid, track_name, artist_name, track_uri; one row per song of a playlist."""
    rng = Random(SEED)  # noqa: S311 - it must be repeatable, not secret
    tastes: dict[str, list[Song]] = {}
    for song in read_songs():
        tastes.setdefault(song.taste, []).append(song)

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("pid", "track_name", "artist_name", "track_uri"))
    for playlist_id in range(PLAYLISTS):
        for song in _draw_playlist(rng, tastes):
            writer.writerow((playlist_id, song.title, song.artist, song.uri))
    return text.getvalue()


def _draw_playlist(rng: Random, tastes: Mapping[str, Sequence[Song]]) -> list[Song]:
    """Return distinct songs of one or two tastes and a few hits, in the order drawn."""
    main = _draw(rng, list(tastes), flatness=10)
    second = main if rng.random() < SINGLE_TASTE else _draw(rng, KIN[main], flatness=1)
    hits = [song for songs in tastes.values() for song in songs[:HITS_PER_TASTE]]
    longest = len(tastes[main]) - 1 if second == main else LONGEST
    # The smaller of two: the longer a length, the fewer playlists have it.
    size = SHORTEST + int((longest - SHORTEST + 1) * min(rng.random(), rng.random()))

    playlist: dict[Song, None] = {}
    while len(playlist) < size:
        share = rng.random()
        if share < HITS:
            song = _draw(rng, hits, flatness=10)
        else:
            song = _draw(rng, tastes[main if share < HITS + MAIN_TASTE else second], flatness=4)
        playlist[song] = None
    return list(playlist)


def _draw(rng: Random, ranked: Sequence[_T], flatness: int) -> _T:
    """Return one of ``ranked``, whose k-th has weight 1 / (k + flatness): Zipf's law, less steep at the top."""
    bounds = list(accumulate(1 / (rank + flatness) for rank in range(1, len(ranked) + 1)))
    return ranked[bisect(bounds, rng.random() * bounds[-1], hi=len(bounds) - 1)]


if __name__ == "__main__":
    # As bytes: text mode would write other line ends on Windows.
    Path(sys.argv[1] if len(sys.argv) > 1 else TARGET).write_bytes(sample_csv().encode())
