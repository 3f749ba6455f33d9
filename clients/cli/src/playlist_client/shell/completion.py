"""What the shell offers while a line is typed."""

from collections.abc import Iterator
from contextlib import suppress

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from playlist_client.api import Api
from playlist_client.errors import ClientError
from playlist_client.output import clean
from playlist_client.shell.session import Session

_OFFERED = 10


class LineCompleter(Completer):
    """Offers commands, chosen songs for /remove, and titles from the API's search for everything else."""

    def __init__(self, session: Session, api: Api) -> None:
        """Get ready.

        Args:
            session: whose commands and chosen songs are offered.
            api: not the session's: completion runs in a thread of its own.
        """
        self._session = session
        self._api = api

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - part of what a Completer is asked with
    ) -> Iterator[Completion]:
        """Yield what the text before the cursor may become."""
        text = document.text_before_cursor.lstrip()
        if text.startswith("/remove "):
            yield from self._chosen(text.removeprefix("/remove ").lstrip())
        elif text.startswith("/search "):
            yield from self._titles(text.removeprefix("/search ").lstrip())
        elif text.startswith("/"):
            yield from self._commands(text)
        elif text:
            yield from self._titles(text)

    def _commands(self, text: str) -> Iterator[Completion]:
        for name, command in self._session.commands.items():
            if name.startswith(text):
                yield Completion(name, start_position=-len(text), display_meta=command.help)

    def _chosen(self, text: str) -> Iterator[Completion]:
        for song in self._session.chosen:
            if song.title.casefold().startswith(text.casefold()):
                yield Completion(song.title, start_position=-len(text))

    def _titles(self, text: str) -> Iterator[Completion]:
        # Nobody asked for anything yet: errors of the API are shown when a line is sent.
        with suppress(ClientError):
            found = self._api.search(text, _OFFERED).value
            for song in found.matches or found.close_matches:
                # What can't stand in a line can't be chosen by typing either.
                if song.song == clean(song.song):
                    meta = clean(song.artist if song.title == song.song else f"{song.title}  {song.artist}")
                    yield Completion(song.song, start_position=-len(text), display_meta=meta)
