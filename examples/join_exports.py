#!/usr/bin/env python3
"""Join exports with one file per playlist into one CSV for the trainer.

    python examples/join_exports.py FOLDER >playlists.csv

Reads each .csv, .tsv and .txt file of the folder: Exportify, Soundiiz, Apple Music ("Export Playlist") and the like.
The file's name becomes the playlist's. Needs Python alone.
"""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

# Compared by their letters alone: "Track Name", track_name and trackname are one spelling.
TITLES = ("trackname", "title", "songname", "song", "track", "name")
ARTISTS = ("artistname", "artistnames", "artistsnames", "artist", "artists")
URIS = ("trackuri", "spotifyuri", "uri")
SUFFIXES = {".csv", ".tsv", ".txt"}


def main(arguments: list[str]) -> int:
    """Write the joined rows to standard output; return 1 where there is nothing to join."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: join_exports.py FOLDER: a folder with one exported file per playlist", file=sys.stderr)
        return 1
    files = sorted(path for path in Path(arguments[0]).iterdir() if path.suffix.lower() in SUFFIXES)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("pid", "track_name", "artist_name", "track_uri"))
    joined = 0
    for path in files:
        rows = list(songs_of(path))
        out.writerows((path.stem, *row) for row in rows)
        joined += bool(rows)
        if not rows:
            print(f"{path.name}: no column with titles, or no rows; left out", file=sys.stderr)
    print(f"joined {joined} playlists", file=sys.stderr)
    return 0 if joined else 1


def songs_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield title, artist and URI of each row; an empty text where the file has none."""
    text = text_of(path)
    first = text.splitlines()[0] if text else ""
    separator = max(",;\t|", key=first.count)
    # Apple's text files quote nothing, so a quote there is part of a title.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting)
    header = next(rows, [])
    places = [place_of(names, header) for names in (TITLES, ARTISTS, URIS)]
    if places[0] is None:
        return
    for row in rows:
        title, artist, uri = ("" if at is None or at >= len(row) else row[at].strip() for at in places)
        if title:
            yield title, artist, uri


def text_of(path: Path) -> str:
    """Read UTF-8 with or without a byte-order mark, or UTF-16 with one, as iTunes writes it."""
    data = path.read_bytes()
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")


def place_of(names: tuple[str, ...], header: list[str]) -> int | None:
    """Return where the first of the names stands in the header."""
    found = ["".join(filter(str.isalpha, column.casefold())) for column in header]
    return next((found.index(name) for name in names if name in found), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
