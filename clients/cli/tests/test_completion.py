"""What bash, zsh and fish make of Tab, each on a terminal of its own."""

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from playlist_client.app import app
from playlist_client.completion import FLAGS, Line, parse_line

from .conftest import Client, Process
from .fake_answers import song
from .fake_api import FakeApi, Mood
from .terminal import Terminal

# Each sign is one that some shell runs, expands or ends a quote at.
WICKED = """A$HOME `id` $(id) "b" 'c' \\ d; !e: f* ~g | h #i"""
_START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--private"],
}
_READY = {
    "bash": 'PS1="READY "; eval "$(playlist-client --show-completion bash)"; echo LOADED $?',
    "zsh": (
        "PS1='READY '; unsetopt prompt_sp zle_bracketed_paste; autoload -Uz compinit; compinit -D -u;"
        ' eval "$(playlist-client --show-completion zsh)"; echo LOADED $?'
    ),
    "fish": (
        "function fish_prompt; echo -n 'READY '; end; playlist-client --show-completion fish | source;"
        " echo LOADED $status"
    ),
}
SHELLS = [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed"))
    for name in _START
]


# Completes as the real command does; anything else it only writes down, which takes no time.
_COMMAND = """#!/bin/sh
case $1 in
complete-line | --show-completion) exec {command} "$@" ;;
*) for word; do printf '%s\\0' "$word"; done >{given} ;;
esac
"""


@dataclass(frozen=True)
class Typing:
    """A shell that completes."""

    terminal: Terminal
    given: Path

    def words_of(self, line: str) -> list[str]:
        """Type a line and Enter; return the words that the command then got behind its name."""
        self.given.unlink(missing_ok=True)
        self.terminal.type(f"{line}; echo DO''NE\r")
        self.terminal.wait_for("DONE")
        assert self.given.exists(), self.terminal.text
        return self.given.read_text().split("\0")[:-1]


@contextmanager
def _typing(shell: str, process: Process, api: FakeApi, folder: Path) -> Iterator[Typing]:
    script, given = folder / "playlist-client", folder / "given"
    script.write_text(_COMMAND.format(command=shlex.join(process.command), given=given))
    script.chmod(0o755)
    environment = process.environment | {"PATH": f"{folder}:{process.environment['PATH']}", "PLAYLIST_URL": api.url}
    environment |= {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    with Terminal(_START[shell], environment, columns=200) as terminal:
        terminal.type(f"cd {folder}; {_READY[shell]}\r")
        terminal.wait_for("LOADED 0")
        terminal.wait_for("READY")
        yield Typing(terminal, given)


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_titles_through_the_api_whatever_their_signs_and_quotes(
    shell: str, process: Process, api: FakeApi, tmp_path: Path
) -> None:
    (tmp_path / "my-songs.txt").touch()
    wicked = song("Greensleeves") | {"song": WICKED, "title": WICKED}

    with _typing(shell, process, api, tmp_path) as typing:
        assert typing.words_of('playlist-client recommend "ode t\t') == ["recommend", "Ode to Joy"]
        assert typing.words_of("playlist-client song clair\\ d\t") == ["song", "Clair de lune"]
        assert typing.words_of("playlist-client watch --fail\tx --output cs\t") == [
            "watch",
            "--fail-if",
            "x",
            "--output",
            "csv",
        ]
        assert typing.words_of("playlist-client recommend --file my-so\t") == ["recommend", "--file", "my-songs.txt"]
        api.mood = lambda _path, _count: Mood(json={"songs": [wicked]})
        # Only bash leaves the quoting to others.
        for quote in ("", '"', "'") if shell == "bash" else ("",):
            assert typing.words_of(f"playlist-client search {quote}a\t") == ["search", WICKED]
        if shell == "bash":
            # A colon ends a word, for bash alone.
            named = wicked | {"song": "Star Wars: Main Title"}
            api.mood = lambda _path, _count: Mood(json={"songs": [named]})
            assert typing.words_of("playlist-client search star\\ wars:\\ M\t") == ["search", "star wars: Main Title"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("playlist-client ", Line((), "", "")),
        ("playlist-client recommend ", Line(("recommend",), "", "")),
        ("playlist-client recommend Ode\\ t", Line(("recommend",), "Ode t", "")),
        ('playlist-client recommend "Ode ', Line(("recommend",), "Ode ", '"')),
        ("playlist-client recommend 'It\"", Line(("recommend",), 'It"', "'")),
        ('playlist-client recommend "a b" c\\', Line(("recommend", "a b"), "c", "")),
    ],
)
def test_line_is_read_as_far_as_it_is_typed(text: str, line: Line) -> None:
    assert parse_line(text) == line


def test_options_that_stand_alone_are_those_of_the_commands() -> None:
    group = get_command(app)
    options = [one for command in (group, *group.commands.values()) for one in command.params if one.opts[0][0] == "-"]
    alone = {name for one in options if one.is_flag for name in one.opts}

    assert alone | {"--help", "-h", "--"} == FLAGS


def _offered(client: Client, line: str, url: str) -> list[str]:
    return client("complete-line", "--", line, url=url).lines


def test_all_candidates_begin_with_what_is_typed(client: Client, api: FakeApi) -> None:
    found = [song("Greensleeves") | {"song": name} for name in ("Ode to Joy", "ODE TO NAPOLEON", "My Ode")]
    api.mood = lambda _path, _count: Mood(json={"songs": found})

    assert _offered(client, 'playlist-client song "oDe', api.url) == ["oDe to Joy", "oDe TO NAPOLEON"]


def test_title_that_is_misspelt_is_put_right(client: Client, api: FakeApi) -> None:
    assert _offered(client, 'playlist-client search "clare de lune', api.url) == ["Clair de lune"]


def test_address_on_the_line_is_the_one_that_is_asked(client: Client, api: FakeApi) -> None:
    nowhere = "http://127.0.0.1:1"

    assert _offered(client, f"playlist-client song --url {api.url} gree", nowhere) == ["Greensleeves"]
    assert _offered(client, f"playlist-client song --url={api.url} gree", nowhere) == ["Greensleeves"]
    assert _offered(client, "playlist-client song gree", nowhere) == []
    assert _offered(client, "playlist-client song --kube music gree", api.url) == []


def test_title_with_a_line_break_is_not_offered(client: Client, api: FakeApi) -> None:
    assert _offered(client, 'playlist-client song "hello', api.url) == []
