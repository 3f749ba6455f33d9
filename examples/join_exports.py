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
from typing import Any, Literal

# Compared by their letters alone: "Track Name", track_name and trackname are one spelling.
TITLES = ("trackname", "title", "songname", "song", "track", "name")
ARTISTS = ("artistname", "artistnames", "artistsnames", "artist", "artists")
URIS = ("trackuri", "spotifyuri", "uri")
SUFFIXES = {".csv", ".tsv", ".txt"}


class ExportError(Exception):
    """A file can't be read, or there is none."""


def main(arguments: list[str]) -> int:
    """Write the joined rows to standard output; return 1, and write none, where that can't be done."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: join_exports.py FOLDER: a folder with one exported file per playlist", file=sys.stderr)
        return 1
    try:
        playlists = joined(files_in(Path(arguments[0])))
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"joined {len(playlists)} playlist{'' if len(playlists) == 1 else 's'}", file=sys.stderr)
    if not playlists:
        return 1
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("pid", "track_name", "artist_name", "track_uri"))
    for name, rows in playlists.items():
        out.writerows((name, *row) for row in rows)
    return 0


def files_in(folder: Path) -> list[Path]:
    """Return the folder's exports, in the order of their names."""
    inside = sorted(folder.iterdir())
    files = [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()]
    if files:
        return files
    if any(path.is_dir() for path in inside):
        raise ExportError(f"{folder}: only sub-folders here; give the folder that holds the files")
    raise ExportError(f"{folder}: no .csv, .tsv or .txt file here; give the folder that holds the files")


def joined(files: list[Path]) -> dict[str, list[tuple[str, str, str]]]:
    """Return the rows of each playlist by its name: the file's, with its suffix if any two differ by that alone."""
    are_distinct = len({path.stem for path in files}) == len(files)
    playlists = {}
    for path in files:
        rows = list(songs_of(path))
        if rows:
            playlists[path.stem if are_distinct else path.name] = rows
        else:
            print(f"{path.name}: no column with titles, or no rows; left out", file=sys.stderr)
    return playlists


def songs_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield title, artist and URI of each row; an empty text where the file has none."""
    text = text_of(path)
    first = text.splitlines()[0] if text else ""
    separator = max(",;\t|", key=first.count)
    # Apple's text files quote nothing, so a quote there is part of a title.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
    rows = records(
        path.name, csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator, quoting=quoting)
    )
    header = next(rows, [])
    places = [place_of(names, header) for names in (TITLES, ARTISTS, URIS)]
    if places[0] is None:
        return
    for row in rows:
        title, artist, uri = ("" if at is None or at >= len(row) else row[at].strip() for at in places)
        if title:
            yield title, artist, uri


def records(name: str, reader: Any) -> Iterator[list[str]]:
    """Yield the reader's records; a stray quote could swallow all that follow, so it is an error."""
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = (
                'a quote inside a quoted text must be doubled ("")'
                if "expected after" in str(error)
                else 'a quote opens a text here and is never closed; double it ("") if it belongs to the text'
            )
            raise ExportError(f"{name}: line {line}: {problem}") from None
        yield record


def text_of(path: Path) -> str:
    """Read UTF-8 with or without a byte-order mark, or UTF-16 with one, as iTunes writes it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path.name} can't be read: {error.strerror}") from None
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise ExportError(f"{path.name}: UTF-16 that breaks off or is damaged; export it again") from None
        # Places are counted from behind the byte-order mark.
        line = len((error.object[: error.start] + b"x").splitlines())
        raise ExportError(
            f"{path.name}: line {line}: byte 0x{error.object[error.start]:02X} is not UTF-8; "
            "convert it (iconv -f WINDOWS-1252 -t UTF-8)"
        ) from None


def place_of(names: tuple[str, ...], header: list[str]) -> int | None:
    """Return where the first of the names stands in the header."""
    found = ["".join(filter(str.isalpha, column.casefold())) for column in header]
    return next((found.index(name) for name in names if name in found), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
