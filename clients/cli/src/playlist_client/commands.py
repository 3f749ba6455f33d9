"""The commands that ask once."""

from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer

from playlist_client.address import shown_url
from playlist_client.api import DEFAULT_TIMEOUT_S
from playlist_client.connection import KubeOption, NamespaceOption, TimeoutOption, UrlOption, connected
from playlist_client.output import note, show_facts, show_json, show_songs
from playlist_client.song_lines import songs_given
from playlist_client.told import entries_of, notes_of, related_entries, song_entries, version_facts

# Hidden from the list of arguments, which would name Python's types; the text of each command tells what they are.
SongsArgument = Annotated[list[str] | None, typer.Argument(metavar="SONG", hidden=True)]
FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", metavar="FILE", help="Songs from a file, one a line; - is a pipe.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", "-l", metavar="N", min=1, max=100, help="How many songs.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="N", min=0, help="The same number draws the same songs.")
]
ExplainOption = Annotated[bool, typer.Option("--explain", "-e", help="Say why each song was chosen.")]


def recommend(  # noqa: PLR0913 - each is an option of the command line
    songs: SongsArgument = None,
    *,
    file: FileOption = None,
    limit: LimitOption = None,
    explain: ExplainOption = False,
    json: JsonOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Ask which songs go with some songs.

    SONG is a title, in quotes; titles also come from a file or a pipe, one a line. Case and accents do not matter.
    Songs that the API does not know are no error; --explain names them.
    """
    wanted = songs_given(songs, file)
    with connected(url, kube, namespace, timeout) as api:
        told = api.recommend(wanted, limit, explain)
    if json:
        show_json(told.json)
        return
    show_songs(entries_of(told.value))
    for line in notes_of(told.value):
        note(line)


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", hidden=True)] = "",
    *,
    limit: LimitOption = None,
    json: JsonOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Search the songs that the API knows.

    Titles that begin with TEXT come first, then those that hold it. Without TEXT, the most popular songs are given.
    """
    with connected(url, kube, namespace, timeout) as api:
        told = api.search(text, limit)
    if json:
        show_json(told.json)
        return
    show_songs(song_entries(told.value))
    if not told.value:
        note(f"no title holds {text}")


def song(
    title: Annotated[str, typer.Argument(metavar="TITLE", hidden=True)],
    *,
    limit: LimitOption = None,
    json: JsonOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """List the songs that playlists hold together with one song.

    TITLE is that song, in quotes. Popular songs are not added: the list ends where the rules do.
    """
    with connected(url, kube, namespace, timeout) as api:
        told = api.related(title, limit)
    if json:
        show_json(told.json)
        return
    show_songs(related_entries(told.value))
    if not told.value:
        note(f"the model has no rule that starts from {title}")


def random(
    *,
    limit: LimitOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Draw songs by chance, to start from."""
    with connected(url, kube, namespace, timeout) as api:
        told = api.random(limit, seed)
    if json:
        show_json(told.json)
    else:
        show_songs(song_entries(told.value))


def version(
    *,
    json: JsonOption = False,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Say which code and which model answer.

    With what the model was learned from, and why a newer one could not be loaded.
    """
    with connected(url, kube, namespace, timeout) as api:
        values = api.version()
        address = shown_url(api.url)
    if json:
        show_json(values)
    else:
        show_facts(version_facts(values, address, version_of("playlist-client")))
