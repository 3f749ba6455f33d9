"""The interactive shell, at a terminal and through a pipe."""

import os
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from playlist_client.answers import Song
from playlist_client.api import Api
from playlist_client.shell.completion import LineCompleter
from playlist_client.shell.prompt import converse, history_from
from playlist_client.shell.session import Session

from .conftest import Client, Process
from .fake_api import NO_MODEL, FakeApi, Mood
from .terminal import Terminal


def test_songs_are_chosen_line_by_line_and_sent(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="Ode to Joy\nGreensleeves\n/send\n/quit\nnever read\n")

    assert done.code == 0
    assert done.lines[:2] == ["Für Elise\tLudwig van Beethoven", "Clair de lune\tLudwig van Beethoven"]
    assert "2 chosen: Ode to Joy, Greensleeves" in done.err
    assert api.asked[-1].path == "/api/recommend"
    assert api.asked[-1].body["songs"] == ["Ode to Joy", "Greensleeves"]


def test_explain_gives_reasons_and_send_does_not(client: Client, api: FakeApi) -> None:
    sent = client("shell", url=api.url, stdin="Ode to Joy\n/send\n")
    explained = client("shell", url=api.url, stdin="Ode to Joy\n/explain\n")

    assert "playlists with" not in sent.out
    assert "in 37 of the 120 playlists with Ode to Joy" in explained.out


def test_song_is_checked_as_soon_as_it_is_chosen_and_close_matches_can_be_added(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="Greenslee\nzzz\n/add 1\n")

    assert done.code == 0
    assert done.err.splitlines() == [
        "unknown: Greenslee (did you mean Greensleeves?)",
        "not chosen; /add 1 takes the first of these",
        "unknown: zzz",
        "1 chosen: Greensleeves",
    ]


def test_song_that_stands_for_several_is_chosen_and_they_are_named(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="ode\n/send\n")

    assert "ambiguous: ode matches Ode to Joy by Ludwig van Beethoven; Greensleeves\n1 chosen: ode\n" in done.err
    assert api.asked[-1].body["songs"] == ["ode"]


def test_song_is_chosen_by_the_name_that_the_model_has_for_it(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="ode TO joy\nOde to Joy\n")

    assert done.err.splitlines() == ["1 chosen: Ode to Joy"] * 2


def test_server_that_can_not_be_asked_about_songs_gets_them_as_typed(client: Client, api: FakeApi) -> None:
    api.mood = lambda path, _count: Mood(status=404) if path == "/api/songs/match" else Mood()

    done = client("shell", url=api.url, stdin="Bolero\n/send\n")

    assert (done.code, done.err.splitlines()[0]) == (0, "1 chosen: Bolero")


def test_song_is_chosen_once_and_removed_by_title_place_or_from_the_end(client: Client, api: FakeApi) -> None:
    api.mood = lambda path, _count: Mood(status=404) if path == "/api/songs/match" else Mood()
    lines = ["A", "B", "A", "C", "D", "/remove B", "/remove 1", "/remove", "/songs", "/remove X", "/clear", "/remove"]

    done = client("shell", url=api.url, stdin="\n".join(lines))

    assert done.out == "C\t\n"
    assert "4 chosen: A, B, C, D" in done.err
    assert "removed B; 3 chosen" in done.err
    assert "removed A; 2 chosen" in done.err
    assert "removed D; 1 chosen" in done.err
    assert "X is not among the chosen songs" in done.err
    assert done.err.endswith("no song is chosen any more\nno song is chosen yet\n")


def test_title_that_is_a_number_can_be_removed(client: Client, api: FakeApi) -> None:
    api.mood = lambda path, _count: Mood(status=404) if path == "/api/songs/match" else Mood()

    done = client("shell", url=api.url, stdin="1999\n2\n1\n/remove 1\n/remove 2\n/songs\n")

    assert done.out == "1999\t\n"


def test_song_of_the_list_last_shown_is_added_by_its_number(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="/add 1\n/search green\n/add 1\n/add 2\n/add x\n/songs\n")

    assert done.lines[-1] == "Greensleeves\t"
    assert done.err.splitlines() == [
        "no list was shown yet",
        "1 chosen: Greensleeves",
        "/add takes a number from 1 to 1",
        "/add takes a number from 1 to 1",
    ]


def test_random_songs_can_be_added(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="/random\n/add 2\n/songs\n")

    assert done.lines[-1] == "Clair de lune\tLudwig van Beethoven"


def test_sending_nothing_says_how_to_begin(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="/send\n")

    assert "no song is chosen yet; type a title, or see /random" in done.err
    assert api.asked == []


def test_unknown_command_is_told_and_a_song_may_begin_with_a_slash(client: Client, api: FakeApi) -> None:
    api.mood = lambda path, _count: Mood(status=404) if path == "/api/songs/match" else Mood()

    done = client("shell", url=api.url, stdin="/sned\n//Slash\n/songs\n")

    assert done.code == 2
    assert "no command /sned; /help lists them" in done.err
    assert done.out == "/Slash\t\n"


def test_help_lists_every_command(client: Client, api: FakeApi) -> None:
    done = client("shell", url=api.url, stdin="/help\n")

    for command in ("/send", "/remove", "/clear", "/explain", "/version", "/help", "/quit"):
        assert command in done.out


def test_failure_is_told_and_the_session_goes_on(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, count: NO_MODEL if count < 2 else Mood()

    done = client("shell", url=api.url, stdin="Ode to Joy\n/send\n/send\n")

    assert done.code == 1, "a pipe is told by the exit code"
    assert "No model is loaded yet" in done.err
    assert done.lines[0] == "Für Elise\tLudwig van Beethoven"


def test_pipe_into_a_shell_without_a_server_is_exit_code_3(client: Client) -> None:
    done = client("shell", url="http://127.0.0.1:1", stdin="Bolero\n/send\n")

    assert done.code == 3


def test_conversation_outlives_ctrl_c_and_ends_with_ctrl_d(api: FakeApi, capsys: pytest.CaptureFixture[str]) -> None:
    with create_pipe_input() as keys, Api(api.url) as asking, Api(api.url) as searching:
        session = Session(asking)
        history = InMemoryHistory()
        keys.send_text("half a title\x03Ode to Joy\r\x04")

        converse(session, LineCompleter(session, searching), history, keys, DummyOutput())

    assert [song.song for song in session.chosen] == ["Ode to Joy"]
    assert not session.has_ended
    assert "Ctrl-D or /quit leaves" in capsys.readouterr().err
    assert history.get_strings() == ["Ode to Joy"]


def test_ctrl_c_gives_up_waiting_for_an_answer(process: Process, api: FakeApi) -> None:
    api.mood = lambda path, _count: Mood(delay_s=20) if path == "/api/recommend" else Mood()
    with Terminal([*process.command, "shell", "--url", api.url, "--timeout", "30"], process.environment) as terminal:
        terminal.wait_for("no song chosen yet")
        terminal.type("Greensleeves\r")
        terminal.wait_for("1 chosen: Greensleeves")
        terminal.wait_for(">")
        terminal.type("/send\r")
        while not any(asked.path == "/api/recommend" for asked in list(api.asked)):
            os.sched_yield()
        terminal.type("\x03")
        terminal.wait_for("Ctrl-D or /quit leaves")
        terminal.wait_for(">")
        terminal.type("/songs\r")
        terminal.wait_for("Greensleeves")
        terminal.wait_for(">")
        terminal.type("/quit\r")
        assert terminal.end() == 0


def test_terminal_greets_completes_and_remembers_lines(
    process: Process, api: FakeApi, environment: dict[str, str]
) -> None:
    with Terminal([*process.command, "shell", "--url", api.url], process.environment) as terminal:
        terminal.wait_for("type a title to choose a song (Tab completes)")
        terminal.wait_for("no song chosen yet")
        terminal.type("greens")
        terminal.wait_for("Greensleeves")
        terminal.type("\t\r")
        terminal.wait_for("1 chosen: Greensleeves")
        terminal.wait_for(">")
        terminal.type("/explain\r")
        terminal.wait_for("31% of playlists with Greensleeves")
        terminal.wait_for(">")
        terminal.type("/quit\r")
        assert terminal.end() == 0

    history = Path(environment["HOME"]) / ".local/state/playlist-client/history"
    assert [line for line in history.read_text().splitlines() if line.startswith("+")] == [
        "+Greensleeves",
        "+/explain",
        "+/quit",
    ]
    with Terminal([*process.command, "shell", "--url", api.url], process.environment) as terminal:
        terminal.wait_for("no song chosen yet")
        terminal.type("\x1b[A\x1b[A\x1b[A\r")
        terminal.wait_for("1 chosen: Greensleeves")
        terminal.wait_for(">")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_shell_starts_without_a_server_and_says_so(process: Process) -> None:
    command = [*process.command, "shell", "--url", "http://127.0.0.1:1"]
    with Terminal(command, process.environment) as terminal:
        terminal.wait_for("nothing answers at http://127.0.0.1:1")
        terminal.wait_for("no song chosen yet")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_completion_offers_commands_chosen_songs_and_titles(api: FakeApi) -> None:
    with Api(api.url) as asking, Api(api.url) as searching:
        session = Session(asking)
        completer = LineCompleter(session, searching)
        session.chosen += [Song.named("Greensleeves"), Song.named("Bolero")]

        assert _offered(completer, "/re") == ["/remove"]
        assert _offered(completer, "/remove b") == ["Bolero"]
        assert _offered(completer, "/search clair") == ["Clair de lune"]
        assert _offered(completer, "  für") == ["Für Elise"]
        assert _offered(completer, "") == []
        assert _offered(completer, "hello") == [], "a title with a line break can't be typed"


def test_completion_keeps_quiet_while_the_api_is_away() -> None:
    with Api("http://127.0.0.1:1") as api:
        assert _offered(LineCompleter(Session(api), api), "green") == []


def test_history_stays_in_memory_where_no_folder_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert isinstance(history_from({}), InMemoryHistory)
    assert isinstance(history_from({"HOME": str(tmp_path / "file")}), InMemoryHistory)
    assert isinstance(history_from({"HOME": "/", "XDG_STATE_HOME": str(tmp_path)}), FileHistory)
    assert (tmp_path / "playlist-client").stat().st_mode & 0o777 == 0o700, "what was typed is nobody else's business"


def _offered(completer: LineCompleter, text: str) -> list[str]:
    return [completion.text for completion in completer.get_completions(Document(text), CompleteEvent())]
