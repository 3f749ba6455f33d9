"""What reaches a terminal, and what a pipe."""

import csv
import io
import json
import subprocess

import pytest

from playlist_client.output import clean

from .conftest import Client, Process
from .fake_answers import NASTY
from .fake_api import FakeApi, Mood
from .terminal import Terminal

ESCAPE = "\x1b"


def _shown(process: Process, *arguments: str, columns: int = 80, **environment: str) -> Terminal:
    with Terminal([*process.command, *arguments], process.environment | environment, columns) as terminal:
        assert terminal.end() == 0
    return terminal


def test_terminal_gets_one_row_per_song_with_artist_and_reason(process: Process, api: FakeApi) -> None:
    shown = _shown(process, "recommend", "Ode to Joy", "--explain", "--limit", "2", "--url", api.url)

    lines = [line.rstrip() for line in shown.text.splitlines()]
    assert lines == [
        "1  Für Elise      Ludwig van Beethoven  31% of playlists with Ode to Joy",
        "2  Clair de lune  Ludwig van Beethoven  31% of playlists with Ode to Joy",
        "version 0.1.0, model of 2026-11-22T10:00:00.000Z",
    ]


def test_narrow_terminal_folds_titles_and_cuts_none(process: Process, api: FakeApi) -> None:
    shown = _shown(process, "search", "--url", api.url, columns=14)

    assert all(len(line) <= 14 for line in shown.text.splitlines())
    assert "…" not in shown.text
    whole = "".join(line[3:].rstrip() for line in shown.text.splitlines())
    assert "Greensleeves" in whole


def test_pipe_gets_long_titles_whole_whatever_the_width(process: Process, api: FakeApi) -> None:
    long = "A song " * 60 + "ends"
    api.mood = lambda _path, _count: _answer([long])

    done = process("recommend", "Bolero", "--url", api.url, env={"COLUMNS": "20"})
    refused = process("song", long, "--url", "http://127.0.0.1:1", env={"COLUMNS": "20"})

    assert done.out == f"{long}\t\n"
    assert len(refused.err.splitlines()) == 1


def test_terminal_without_colour_gets_none(process: Process, api: FakeApi) -> None:
    coloured = _shown(process, "search", "--url", api.url)
    plain = _shown(process, "search", "--url", api.url, NO_COLOR="1")
    dumb = _shown(process, "search", "--url", api.url, TERM="dumb")

    assert f"{ESCAPE}[36m" in coloured.shown
    assert f"{ESCAPE}[36m" not in plain.shown
    assert ESCAPE not in dumb.shown


def test_brackets_in_titles_are_not_taken_for_styles(process: Process, api: FakeApi) -> None:
    shown = _shown(process, "search", "bolero", "--url", api.url)

    assert "[red]Bolero[/red]" in shown.text


@pytest.mark.parametrize(
    "title", ["\x1b[2Jgone", "bell\x07", "two\nlines", "a\ttab", "c1\x9b31m", "half \ud800", "\u2028"]
)
def test_nothing_in_a_title_moves_the_cursor_or_ends_the_line(title: str) -> None:
    cleaned = clean(title)

    assert len(cleaned) == len(title)
    assert cleaned.isprintable()


def test_scripts_of_all_kinds_stay_as_they_are() -> None:
    for title in ("Für Elise", "さくら", "Калинка", "هوى", "👩‍🎤", "Hello, 'World'"):
        assert clean(title) == title


def test_escape_sequence_in_an_answer_does_not_reach_a_terminal_or_a_pipe(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: _answer(["\x1b]0;owned\x07", "a\tb"])

    done = client("recommend", "Bolero", url=api.url)

    assert done.lines == ["�]0;owned�\t", "a�b\t"]


def test_message_of_a_server_is_cleaned_too(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: _answer([], detail="\x1b[2Jno", status=422)

    assert (
        client("recommend", "Bolero", url=api.url).err
        == f"playlist-client: {api.url} answered 422 Unprocessable Entity: �[2Jno\n"
    )


def test_output_in_an_encoding_without_the_letters_is_escaped_and_goes_on(process: Process, api: FakeApi) -> None:
    done = process("search", "elise", "--url", api.url, env={"PYTHONIOENCODING": "ascii"})
    as_json = process("search", "elise", "--json", "--url", api.url, env={"PYTHONIOENCODING": "ascii"})

    assert done.out.startswith("F\\xfcr Elise\t")
    assert json.loads(as_json.out)["songs"][0]["song"] == "Für Elise"


def test_output_that_takes_no_more_is_told_with_the_cause(process: Process, api: FakeApi) -> None:
    full = Process(process.environment, ("sh", "-c", 'exec "$@" >/dev/full', "sh", *process.command))

    for arguments in (("search",), ("search", "--output", "csv"), ("--help",), ("watch", "--duration", "0.1")):
        done = full(*arguments, env={"PLAYLIST_URL": api.url})

        said = "playlist-client: standard output can't be written: No space left on device\n"
        assert (done.code, done.err) == (1, said), arguments


@pytest.mark.parametrize("lost", ["2>/dev/full", "2>&-", "2>&1 >&3 | true"])
def test_notes_that_nobody_can_read_change_nothing(process: Process, api: FakeApi, lost: str) -> None:
    command = f'exec 3>&1; {{ "$@"; echo "code $?" >&3; }} {lost}'
    broken = Process(process.environment, ("sh", "-c", command, "sh", *process.command))

    done = broken("recommend", "nope", *(["unknown"] * 3), "--limit", "1", "--url", api.url)

    assert done.out.splitlines() == ["Für Elise\tLudwig van Beethoven", "code 0"]


def test_reader_that_has_seen_enough_ends_the_command_quietly(process: Process, api: FakeApi) -> None:
    for format_option in ([], ["--json"]):
        command = [*process.command, "search", "--url", api.url, *format_option]
        with subprocess.Popen(
            command, env=process.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            said = running.stderr.read()

        assert (running.returncode, said) == (0, b"")


def test_json_of_nasty_titles_reads_back_the_same(client: Client, api: FakeApi) -> None:
    done = client("search", "hello", "--json", url=api.url)

    assert json.loads(done.out)["songs"][0]["song"] == NASTY


def _answer(songs: list[str], detail: str = "", status: int = 200) -> Mood:
    content = {"songs": songs, "version": "1", "model_date": "now"} | ({"detail": detail} if detail else {})
    return Mood(json=content, status=status)


@pytest.mark.parametrize(
    ("arguments", "header"),
    [
        (("recommend", "Ode to Joy"), ["song", "artist"]),
        (("recommend", "Ode to Joy", "--explain"), ["song", "artist", "reasons"]),
        (("search",), ["song", "artist", "playlists"]),
        (("song", "Greensleeves"), ["song", "artist", "together", "confidence"]),
        (("random",), ["song", "artist", "playlists"]),
        (("version",), ["name", "value"]),
        (("watch", "--duration", "0.1", "--interval", "0.05"), ["name", "value"]),
    ],
    ids=lambda value: value[0],
)
def test_every_command_prints_csv_json_and_a_table(
    client: Client, api: FakeApi, arguments: tuple[str, ...], header: list[str]
) -> None:
    as_csv = client(*arguments, "--output", "csv", url=api.url)
    as_json = client(*arguments, "--output", "json", url=api.url)
    table = client(*arguments, "--output", "table", url=api.url)

    assert as_csv.out.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(as_csv.out, newline=""), strict=True))
    assert rows[0] == header
    assert {len(row) for row in rows} == {len(header)}
    assert isinstance(json.loads(as_json.out), dict)
    # A watch has lines of its own: who answered first, and the verdict.
    assert len(table.lines) == len(rows) - 1 + (2 if arguments[0] == "watch" else 0)
    assert "\t" not in table.out
    assert ESCAPE not in table.out


def test_csv_holds_titles_as_they_are_and_a_terminal_is_spared_them(
    client: Client, process: Process, api: FakeApi
) -> None:
    done = client("search", "hello", "--output", "csv", url=api.url)
    shown = _shown(process, "search", "hello", "--output", "csv", "--url", api.url)

    assert list(csv.reader(io.StringIO(done.out, newline="")))[1][0] == NASTY
    assert '"Hello, ""World""��and�goodbye"' in shown.text


def test_table_of_a_pipe_is_aligned_by_the_width_of_its_signs(client: Client, api: FakeApi) -> None:
    wide = {"title": "さくら", "song": "さくら", "artist": "A", "artist_count": 1, "support_count": 9}
    narrow = wide | {"title": "Sakura", "song": "Sakura"}
    api.mood = lambda _path, _count: Mood(json={"songs": [wide, narrow]})

    done = client("search", "--output", "table", url=api.url)

    assert done.lines == ["1  さくら  A  in 9 playlists", "2  Sakura  A  in 9 playlists"]


def test_name_to_ask_with_stands_behind_a_title_that_is_another(client: Client, api: FakeApi) -> None:
    song = {"title": "Home", "song": "spotify:1", "artist": "A", "artist_count": 3, "support_count": 9}
    api.mood = lambda _path, _count: Mood(json={"songs": [song]})

    table = client("search", "--output", "table", url=api.url)
    plain = client("search", url=api.url)

    assert table.out == "1  Home [spotify:1]  A and 2 more  in 9 playlists\n"
    assert plain.out == "spotify:1\tA\t9\n"


def test_name_that_is_title_and_artist_is_not_said_twice(client: Client, api: FakeApi) -> None:
    song = {"title": "So What", "song": "So What – Miles Davis", "artist": "Miles Davis", "artist_count": 1}
    api.mood = lambda _path, _count: Mood(json={"songs": [song | {"support_count": 9}]})

    assert client("search", "--output", "table", url=api.url).out == "1  So What  Miles Davis  in 9 playlists\n"
    assert client("search", url=api.url).out == "So What – Miles Davis\tMiles Davis\t9\n"


def test_two_formats_at_once_are_wrong_use(client: Client, api: FakeApi) -> None:
    done = client("random", "--json", "--output", "csv", url=api.url)

    assert (done.code, done.err) == (2, "playlist-client: both --json and --output csv are given: choose one\n")


def test_shell_prints_its_lists_in_the_format_that_was_asked_for(client: Client, api: FakeApi) -> None:
    done = client("shell", "--output", "csv", url=api.url, stdin="Ode to Joy\n/songs\n")

    assert done.out == "song,artist\r\nOde to Joy,Ludwig van Beethoven\r\n"
