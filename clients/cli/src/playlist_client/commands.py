"""The commands that ask once."""

from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer

from playlist_client.address import shown_url
from playlist_client.errors import UsageError
from playlist_client.options import Options, with_options
from playlist_client.output import note
from playlist_client.render import (
    answer_listing,
    identity_notes,
    notes_of,
    popularity_listing,
    related_listing,
    version_listing,
)
from playlist_client.song_lines import placed, songs_given
from playlist_client.usage import checked_text, number_option

# Hidden from the list of arguments, which would name Python's types; the text of each command says what they are.
SongsArgument = Annotated[list[str] | None, typer.Argument(metavar="SONG", hidden=True)]
FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", metavar="FILE", help="Songs from a file, one per line; - is a pipe.")
]
LimitOption = Annotated[
    int | None, number_option("--limit", "-l", kind=int, low=1, high=100, metavar="N", help="Number of songs.")
]
SeedOption = Annotated[
    int | None,
    number_option("--seed", kind=int, low=0, metavar="N", help="Draw the same songs for the same number."),
]
ExplainOption = Annotated[bool, typer.Option("--explain", "-e", help="Say why each song was chosen.")]


@with_options
def recommend(
    songs: SongsArgument = None,
    *,
    file: FileOption = None,
    limit: LimitOption = None,
    explain: ExplainOption = False,
    options: Options,
) -> None:
    """Recommend songs that go with some songs.

    SONG is a title, in quotes; titles also come from a file, one per line. A pipe is read where no song is given, or
    with --file -. Case and accents do not matter.
    Unknown songs are not an error: they are named with close matches, and popular songs fill the gaps.
    """
    wanted = songs_given(songs, file)
    with options.api() as api, placed(wanted):
        answered = api.recommend(tuple(wanted), limit)
    options.show(answer_listing(answered.value, explain), answered.json)
    for line in notes_of(answered.value):
        note(line)


@with_options
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", hidden=True)] = "",
    *,
    limit: LimitOption = None,
    options: Options,
) -> None:
    """Search the songs that the API knows.

    Titles that begin with TEXT come first, then those that contain it. Without TEXT, lists the most popular songs.
    """
    with options.api() as api:
        found = api.search(checked_text(text), limit)
    options.show(popularity_listing(found.value.matches), found.json)
    for line in identity_notes(found.value) if not found.value.matches else ():
        note(line)


@with_options
def song(
    title: Annotated[str, typer.Argument(metavar="TITLE", hidden=True)],
    *,
    limit: LimitOption = None,
    options: Options,
) -> None:
    """List the songs that share playlists with one song.

    TITLE is that song, in quotes. Popular songs are not added: the list ends where the rules do.
    """
    if not checked_text(title).strip():
        raise UsageError("song needs a TITLE, in quotes; search lists some")
    with options.api() as api:
        found = api.identify(title)
        related = api.related(title, limit) if found.matches else None
    options.show(related_listing(related.value if related else ()), related.json if related else {"songs": []})
    for line in identity_notes(found):
        note(line)
    if related and not related.value:
        note(f"no rule starts from {title}")


@with_options
def random(*, limit: LimitOption = None, seed: SeedOption = None, options: Options) -> None:
    """Draw random songs, to start from."""
    with options.api() as api:
        drawn = api.random(limit, seed)
    options.show(popularity_listing(drawn.value), drawn.json)


@with_options
def version(*, options: Options) -> None:
    """Say which code and which model answer.

    Includes what the model was learned from, and why a newer one could not be loaded.
    """
    with options.api() as api:
        values = api.version()
        listing = version_listing(values, shown_url(api.url), version_of("playlist-client"))
    options.show(listing, values)
