"""Playlists whose songs are hard on a page, and ones with very many songs."""

import csv
from collections.abc import Iterable
from pathlib import Path

Row = tuple[int, str, str]

IMAGE = '<img src=x onerror="window.hacked=1">'
SCRIPT = '"><script>window.hacked=1</script>'
QUOTES = "It's \"Quoted\" & 'Done'"
EMOJI = "🎷 Sax & Violins 👩‍🎤"
ARABIC = "يا زهرة في خيالي"
ADDRESS = "50% off? #1 = A+B & C"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
ODD = [IMAGE, SCRIPT, QUOTES, EMOJI, ARABIC, ADDRESS, LONG]
# Three artists share it.
SHARED = "Hello"
# Differ in case alone.
AMBIGUOUS = ["Halo", "halo"]
# In all four playlists; every other song is in three of them.
ANCHOR = "Anchor"


def odd_playlists(path: Path) -> Path:
    """Write four playlists: all with ANCHOR, each of the other songs left out of one."""
    others = [*ODD, SHARED, *AMBIGUOUS]
    return _written(
        path,
        (
            (playlist, song, _artist(song, playlist))
            for playlist in range(4)
            for position, song in enumerate([ANCHOR, *others])
            if song == ANCHOR or position % 4 != playlist
        ),
    )


def many_songs(path: Path, count: int) -> Path:
    """Write playlists of five songs each, ``count`` songs in all, "Song 00000" and so on."""
    return _written(path, ((number // 5, f"Song {number:06}", f"Artist {number % 977}") for number in range(count)))


def _artist(song: str, playlist: int) -> str:
    if song == SHARED:
        return ["Adele", "Lionel Richie", "Martin Solveig", "Adele"][playlist]
    return "" if song == ANCHOR else f"<b>The {song[:10]}s</b>"


def _written(path: Path, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["pid", "track_name", "artist_name"])
        writer.writerows(rows)
    return path
