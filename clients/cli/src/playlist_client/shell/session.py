"""What the shell knows and does, apart from how its lines are typed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from importlib.metadata import version as version_of

from playlist_client.address import shown_url
from playlist_client.answers import Identified, Json, Song
from playlist_client.api import Api
from playlist_client.errors import ClientError, RefusedError
from playlist_client.output import Format, Listing, facts_listing, note, show
from playlist_client.render import (
    answer_listing,
    identity_notes,
    notes_of,
    origin,
    popularity_listing,
    song_listing,
    version_listing,
)

_RANDOM_COUNT = 10
_NO_SUCH_PATH = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


@dataclass(frozen=True)
class Command:
    """A command of the shell.

    Attributes:
        words: what follows its name, for help; empty where nothing does.
        help: what it does.
        run: called with what follows its name.
    """

    words: str
    help: str
    run: Callable[[str], None]


class Session:
    """A choice of songs, the list last shown, and the API that is asked.

    Attributes:
        chosen: the songs to ask with, in the order in which they were chosen.
        has_ended: whether /quit was given.
        exit_code: of the last thing that failed, else 0.
        commands: by name, with the slash.
    """

    def __init__(self, api: Api, form: Format | None = None) -> None:
        self._api = api
        self._form = form
        self._listed: list[Song] = []
        self.chosen: list[Song] = []
        self.has_ended = False
        self.exit_code = 0
        self.commands = {
            "/send": Command("", "recommend songs for the chosen ones", lambda _: self._send(explain=False)),
            "/explain": Command("", "the same, with the reason for each song", lambda _: self._send(explain=True)),
            "/songs": Command("", "show the chosen songs", lambda _: self._show_chosen()),
            "/add": Command("N", "choose song N of the last list", self._add),
            "/remove": Command("[N|TITLE]", "remove a chosen song; by default the last one", self._remove),
            "/clear": Command("", "remove all chosen songs", lambda _: self._clear()),
            "/search": Command("[TEXT]", "search songs by title", self._search),
            "/random": Command("", "show random songs", lambda _: self._random()),
            "/version": Command("", "show which code and model answer", lambda _: self._version()),
            "/help": Command("", "show this", lambda _: self._help()),
            "/quit": Command("", "leave, like Ctrl-D", lambda _: self._quit()),
        }

    def greet(self) -> None:
        """Say how it works, and who answers."""
        note("type a title to choose a song (Tab completes), /send for recommendations, /help for more")
        self._attempt(lambda: note(f"{shown_url(self._api.url)}: {origin(self._api.version())}"))

    def take(self, line: str) -> None:
        """Do what a line says: a command, or a song to choose; errors are shown, and the session goes on."""
        text = line.strip()
        if text.startswith("/") and not text.startswith("//"):
            self._run(text)
        elif text:
            self._attempt(lambda: self._choose_text(text.removeprefix("/")))

    def _run(self, text: str) -> None:
        name, _, words = text.partition(" ")
        command = self.commands.get(name)
        if command is None:
            note(f"no command {name}; /help lists them, and // begins a title that starts with a slash")
            self.exit_code = 2
            return
        self._attempt(lambda: command.run(words.strip()))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ClientError as error:
            note(str(error))
            self.exit_code = error.exit_code

    def _choose_text(self, text: str) -> None:
        """Choose the song that a text stands for; one that is unknown is not chosen, what reads like it is listed."""
        try:
            found = self._api.identify(text)
        except ClientError as error:
            # Nobody could say whether it exists, so it stays as it was typed; a server of the assignment never can.
            self._choose(Song.named(text))
            if isinstance(error, RefusedError) and error.status in _NO_SUCH_PATH:
                return
            raise
        for line in identity_notes(found):
            note(line)
        if not found.matches:
            self._suggest(found)
        else:
            self._choose(found.matches[0] if len(found.matches) == 1 else Song.named(text))

    def _suggest(self, found: Identified) -> None:
        if found.close_matches:
            self._listed = list(found.close_matches)
            note("not chosen; /add 1 takes the first of these")

    def _choose(self, song: Song) -> None:
        if song.song not in {chosen.song for chosen in self.chosen}:
            self.chosen.append(song)
        note(f"{len(self.chosen)} chosen: {', '.join(chosen.title for chosen in self.chosen)}")

    def _send(self, explain: bool) -> None:
        if not self.chosen:
            note("no song is chosen yet; type a title, or see /random")
            return
        answered = self._api.recommend([song.song for song in self.chosen])
        songs = [entry.song for entry in answered.value.recommendations]
        self._listed = songs or [Song.named(name) for name in answered.value.songs]
        self._show(answer_listing(answered.value, explain), answered.json)
        for line in notes_of(answered.value):
            note(line)

    def _list(self, songs: Sequence[Song], values: Json) -> None:
        self._listed = list(songs)
        self._show(popularity_listing(songs), values)

    def _show(self, listing: Listing, values: Json) -> None:
        show(listing, values, self._form)

    def _show_chosen(self) -> None:
        if not self.chosen:
            note("no song is chosen yet")
        # Not what /add counts from: these are chosen already.
        self._show(song_listing(self.chosen), {"songs": [asdict(song) for song in self.chosen]})

    def _add(self, words: str) -> None:
        place = _place(words, len(self._listed))
        if place is None:
            note(f"/add takes a number from 1 to {len(self._listed)}" if self._listed else "no list was shown yet")
            return
        self._choose(self._listed[place])

    def _remove(self, words: str) -> None:
        # A title that is a number wins over the place of another.
        titled = [song for song in self.chosen if words in {song.song, song.title}]
        place = _place(words or str(len(self.chosen)), len(self.chosen))
        if not titled and place is None:
            note(f"{words} is not among the chosen songs" if words else "no song is chosen yet")
            return
        song = titled[0] if titled else self.chosen[place or 0]
        self.chosen.remove(song)
        note(f"removed {song.title}; {len(self.chosen)} chosen")

    def _clear(self) -> None:
        self.chosen.clear()
        note("no song is chosen any more")

    def _search(self, words: str) -> None:
        found = self._api.search(words)
        self._list(found.value.matches, found.json)
        if not found.value.matches:
            note(*identity_notes(found.value))
            self._suggest(found.value)

    def _random(self) -> None:
        drawn = self._api.random(_RANDOM_COUNT)
        self._list(drawn.value, drawn.json)

    def _version(self) -> None:
        values = self._api.version()
        self._show(version_listing(values, shown_url(self._api.url), version_of("playlist-client")), values)

    def _help(self) -> None:
        commands = ((f"{name} {command.words}".strip(), command.help) for name, command in self.commands.items())
        # For people, whatever form the answers have.
        show(facts_listing([("TITLE", "choose a song; Tab completes"), *commands]), {}, None)

    def _quit(self) -> None:
        self.has_ended = True


def _place(words: str, count: int) -> int | None:
    """Return the index that a place from 1 to ``count`` stands for; None if it is none."""
    if not words.isdecimal() or not 1 <= int(words) <= count:
        return None
    return int(words) - 1
