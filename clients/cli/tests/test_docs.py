"""docs/clients.md speaks of commands, options and keys that there are."""

import json
import re
from pathlib import Path

import pytest

from playlist_client.watch.csv_log import COLUMNS

from .conftest import Client
from .fake_api import FakeApi

DOCS = Path(__file__).parents[3] / "docs/clients.md"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="docs/ is not beside this package")


def _column(heading: str) -> list[str]:
    """Return the names in the first column of the table under a heading row."""
    table = DOCS.read_text().partition(heading)[2].partition("\n\n")[0]
    return [name for row in re.findall(r"^\| (.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)]


def test_commands_of_the_documentation_are_those_of_the_client(client: Client) -> None:
    listed = re.findall(r"^  (\w+) +[A-Z]", client("--help").out.partition("Commands:")[2], re.MULTILINE)

    assert [name.split()[0] for name in _column("| command | does |")] == listed


def test_every_option_of_the_documentation_exists(client: Client) -> None:
    pages = "".join(client(*page, "--help").out for page in ([], ["recommend"], ["random"], ["watch"]))

    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", DOCS.read_text()))):
        assert re.search(rf"{option}\b", pages), option


def test_commands_of_the_shell_are_all_named(client: Client, api: FakeApi) -> None:
    commands = re.findall(r"^(/\w+)", client("shell", url=api.url, stdin="/help").out, re.MULTILINE)

    assert set(commands) == set(re.findall(r"`(/\w+)", DOCS.read_text()))


def test_columns_and_keys_of_the_documentation_are_those_of_a_run(client: Client, api: FakeApi) -> None:
    done = client("watch", "--duration", "0.1", "--json", url=api.url)

    assert _column("| column | holds |") == list(COLUMNS)
    assert set(_column("| key | holds |")) == set(json.loads(done.out))


def test_exit_codes_of_the_documentation_are_those_of_the_help(client: Client) -> None:
    told = re.findall(r"^    (\d)  ", client("--help").out, re.MULTILINE)

    assert re.findall(r"^\| (\d) \|", DOCS.read_text(), re.MULTILINE) == told
