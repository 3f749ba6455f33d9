"""What the shell knows and does, apart from how its lines are typed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version as version_of

from playlist_client.address import shown_url
from playlist_client.api import Api
from playlist_client.errors import ClientError
from playlist_client.output import Entry, note, show_facts, show_songs
from playlist_client.told import entries_of, notes_of, origin, song_entries, version_facts

_RANDOM_COUNT = 10


@dataclass(frozen=True)
class Command:
    """A command of the shell.

    Attributes:
        words: what follows its name, for help; empty where nothing does.
        help: what it does.
        run: gets what follows its name.
    """

    words: str
    help: str
    run: Callable[[str], None]


class Session:
    """A choice of songs, the list last shown, and the API that is asked.

    Attributes:
        chosen: the songs to ask with, in the order in which they were chosen.
        has_ended: whether /quit was said.
        exit_code: of the last thing that failed, else 0.
        commands: by name, with the slash.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._listed: list[Entry] = []
        self.chosen: list[str] = []
        self.has_ended = False
        self.exit_code = 0
        self.commands = {
            "/send": Command("", "ask what goes with the chosen songs", lambda _: self._send(explain=False)),
            "/explain": Command("", "the same, with the reason for each song", lambda _: self._send(explain=True)),
            "/songs": Command("", "show the chosen songs", lambda _: self._show_chosen()),
            "/add": Command("N", "choose song N of the list last shown", self._add),
            "/remove": Command("[N|TITLE]", "take a chosen song away; by itself the last one", self._remove),
            "/clear": Command("", "take all chosen songs away", lambda _: self._clear()),
            "/search": Command("[TEXT]", "look for titles", self._search),
            "/random": Command("", "show songs drawn by chance", lambda _: self._random()),
            "/version": Command("", "say which code and model answer", lambda _: self._version()),
            "/help": Command("", "show this", lambda _: self._help()),
            "/quit": Command("", "leave, as Ctrl-D does", lambda _: self._quit()),
        }

    def greet(self) -> None:
        """Say how it goes, and who answers."""
        note("a title chooses a song (Tab completes), /send asks what goes with it, /help shows more")
        self._attempt(lambda: note(f"{shown_url(self._api.url)}: {origin(self._api.version())}"))

    def take(self, line: str) -> None:
        """Do what a line says: a command, or a song to choose; what goes wrong is told, and the session goes on."""
        text = line.strip()
        if text.startswith("//"):
            self._choose(text[1:])
        elif text.startswith("/"):
            self._run(text)
        elif text:
            self._choose(text)

    def _run(self, text: str) -> None:
        name, _, words = text.partition(" ")
        command = self.commands.get(name)
        if command is None:
            note(f"there is no command {name}: /help lists them; a song that begins with / is written with two")
            self.exit_code = 2
            return
        self._attempt(lambda: command.run(words.strip()))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ClientError as error:
            note(str(error))
            self.exit_code = error.exit_code

    def _choose(self, song: str) -> None:
        if song not in self.chosen:
            self.chosen.append(song)
        note(f"{len(self.chosen)} chosen: {', '.join(self.chosen)}")

    def _send(self, explain: bool) -> None:
        if not self.chosen:
            note("no song is chosen yet: type a title, or see /random")
            return
        # Reasons are asked for either way: with them comes which songs are unknown.
        answer = self._api.recommend(self.chosen, explain=True).value
        entries = entries_of(answer)
        if not explain:
            entries = [Entry(entry.song, entry.title, entry.artist) for entry in entries]
        self._list(entries)
        for line in notes_of(answer):
            note(line)

    def _list(self, entries: list[Entry]) -> None:
        self._listed = entries
        show_songs(entries)

    def _show_chosen(self) -> None:
        if not self.chosen:
            note("no song is chosen yet")
        # Not what /add counts from: these are chosen already.
        show_songs(Entry(song, song) for song in self.chosen)

    def _add(self, words: str) -> None:
        place = _place(words, len(self._listed))
        if place is None:
            note(f"/add takes a number from 1 to {len(self._listed)}" if self._listed else "no list was shown yet")
            return
        self._choose(self._listed[place].song)

    def _remove(self, words: str) -> None:
        place = _place(words or str(len(self.chosen)), len(self.chosen))
        song = words if place is None else self.chosen[place]
        # A title that is a number wins over the place of another.
        song = words if words in self.chosen else song
        if song not in self.chosen:
            note(f"{words} is not among the chosen songs" if words else "no song is chosen yet")
            return
        self.chosen.remove(song)
        note(f"took {song} away; {len(self.chosen)} chosen")

    def _clear(self) -> None:
        self.chosen.clear()
        note("no song is chosen any more")

    def _search(self, words: str) -> None:
        found = self._api.search(words).value
        self._list(song_entries(found))
        if not found:
            note(f"no title holds {words}")

    def _random(self) -> None:
        self._list(song_entries(self._api.random(_RANDOM_COUNT).value))

    def _version(self) -> None:
        show_facts(version_facts(self._api.version(), shown_url(self._api.url), version_of("playlist-client")))

    def _help(self) -> None:
        show_facts(
            [
                ("TITLE", "choose a song; Tab completes"),
                *((f"{name} {command.words}".strip(), command.help) for name, command in self.commands.items()),
            ]
        )

    def _quit(self) -> None:
        self.has_ended = True


def _place(words: str, count: int) -> int | None:
    """Return the index that a place from 1 to ``count`` stands for; None if it is none."""
    if not words.isdecimal() or not 1 <= int(words) <= count:
        return None
    return int(words) - 1
