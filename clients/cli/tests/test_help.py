"""Help, versions and the completion of a shell."""

import re
import shlex
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from .conftest import Client, Process

COMMANDS = ("recommend", "search", "song", "random", "version", "shell", "watch")


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


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_and_options(process: Process, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "playlist-client"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(process.command)} "$@"\n')
    script.chmod(0o755)
    asked = """
    eval "$(playlist-client --show-completion bash)"
    function=$(complete -p playlist-client | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $function $1; echo "${COMPREPLY[@]}"; }
    complete_line playlist-client re
    complete_line playlist-client watch --conc
    """

    done = subprocess.run(
        ["bash", "-c", asked],
        env=process.environment | {"PATH": f"{folder}:{process.environment['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.splitlines() == ["recommend", "--concurrency"], done.stderr
