"""Help and versions."""

import re
import shlex
from importlib.metadata import version

import pytest

from .conftest import Client

COMMANDS = ("recommend", "search", "song", "random", "version", "shell", "watch", "check")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_examples_that_begin_with_it(client: Client, command: str) -> None:
    done = client(command, "--help")

    assert done.code == 0
    _, _, examples = done.out.partition("Examples:\n")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert lines
    assert all(f"playlist-client {command}" in line for line in lines)


def _examples(client: Client) -> list[str]:
    pages = [client("--help").out, *(client(command, "--help").out for command in COMMANDS)]
    return [
        line.strip() for page in pages for line in page.partition("Examples:\n")[2].splitlines() if "playlist" in line
    ]


def test_every_option_in_an_example_exists(client: Client) -> None:
    for example in _examples(client):
        for call in re.findall(r"playlist-client ([^|]*)", example):
            words = shlex.split(call.replace(')"', "").replace('"$(date +%s', "x"))
            page = client(*([words[0]] if words[0] in COMMANDS else []), "--help").out

            for option in (word for word in words if re.fullmatch(r"--?[a-z-]+", word)):
                assert re.search(rf"(^|[ ,]){option}\b", page), f"{option} in: {example}"


def test_help_lists_every_command_with_a_whole_sentence(client: Client) -> None:
    page = client("--help").out

    for command in COMMANDS:
        assert re.search(rf"^  {command} +[A-Z].*\.$", page, re.MULTILINE), command
    assert "..." not in page.partition("Commands:")[2]


def test_help_tells_the_exit_codes(client: Client) -> None:
    page = client("--help").out

    assert [line.split()[0] for line in re.findall(r"^    \d  .*", page, re.MULTILINE)] == ["0", "1", "2", "3"]


def test_client_says_its_own_version(client: Client) -> None:
    done = client("--version")

    assert (done.code, done.out) == (0, f"playlist-client {version('playlist-client')}\n")
