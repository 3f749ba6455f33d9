"""The shell's loop: lines from a person at a terminal, or from a pipe."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from playlist_client.api import Api
from playlist_client.errors import UsageError
from playlist_client.output import Format, clean, note
from playlist_client.shell.completion import LineCompleter
from playlist_client.shell.session import Session

# A list that comes later than this no longer belongs to what is being typed.
_COMPLETION_S = 2.0


def talk(url: str, timeout_s: float, form: Format | None) -> int:
    """Take lines until they end; return the exit code."""
    with Api(url, timeout_s) as api, Api(url, min(timeout_s, _COMPLETION_S)) as searching:
        session = Session(api, form)
        if sys.stdin is None:
            raise UsageError("standard input is closed; the shell reads its lines from there")
        if not sys.stdin.isatty():
            return take_lines(session)
        session.greet()
        converse(session, LineCompleter(session, searching), history_from(os.environ))
    return 0


def take_lines(session: Session) -> int:
    """Take the lines of a pipe; return the exit code of the last one that failed."""
    for line in sys.stdin:
        session.take(line)
        if session.has_ended:
            break
    return session.exit_code


def converse(
    session: Session,
    completer: Completer,
    history: History,
    given_input: Input | None = None,
    given_output: Output | None = None,
) -> None:
    """Take lines from a person until they leave.

    Args:
        session: what takes the lines.
        completer: what is offered meanwhile.
        history: of lines.
        given_input: other than the terminal.
        given_output: likewise.
    """
    prompt: PromptSession[str] = PromptSession(
        "> ",
        completer=completer,
        complete_in_thread=True,
        history=history,
        bottom_toolbar=lambda: clean(_toolbar(session)),
        input=given_input,
        output=given_output,
    )
    while not session.has_ended:
        try:
            session.take(prompt.prompt())
        except KeyboardInterrupt:
            note("Ctrl-D or /quit leaves")
        except EOFError:
            return


def history_from(environ: Mapping[str, str]) -> History:
    """Return the history kept where the XDG rules say; one that ends with the session where nothing can be kept."""
    home = environ.get("HOME", "")
    state = environ.get("XDG_STATE_HOME") or (f"{home}/.local/state" if home else "")
    folder = Path(state) / "playlist-client"
    try:
        if not folder.is_absolute():
            return InMemoryHistory()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "history").open("ab").close()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(folder / "history"))


def _toolbar(session: Session) -> str:
    if not session.chosen:
        return "no song chosen yet"
    return f"{len(session.chosen)} chosen: {', '.join(song.title for song in session.chosen)}"
