"""docs/clients.md speaks of commands, options and keys that there are."""

import json
import re
from pathlib import Path

import pytest

from playlist_client.errors import UsageError
from playlist_client.watch.csv_log import COLUMNS
from playlist_client.watch.thresholds import thresholds_from

from .conftest import Client
from .fake_api import FakeApi
from .student_server import StudentServer

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
    pages = "".join(client(*page, "--help").out for page in ([], ["recommend"], ["random"], ["watch"], ["check"]))

    own = re.sub(r"`playlist-trainer [^`]*`", "", DOCS.read_text())

    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", own))):
        assert re.search(rf"{option}\b", pages), option


def test_commands_of_the_shell_are_all_named(client: Client, api: FakeApi) -> None:
    commands = re.findall(r"^(/\w+)", client("shell", url=api.url, stdin="/help").out, re.MULTILINE)

    assert set(commands) == set(re.findall(r"`(/\w+)", DOCS.read_text()))


def test_columns_and_keys_of_the_documentation_are_those_of_a_run(client: Client, api: FakeApi) -> None:
    done = client("watch", "--duration", "0.1", "--json", url=api.url)

    assert _column("| column | holds |") == list(COLUMNS)
    (threshold,) = json.loads(done.out)["thresholds"]
    assert set(_column("| key | holds |")) == set(json.loads(done.out))
    assert threshold.keys() <= set(re.findall(r"`(\w+)`", DOCS.read_text()))


def test_exit_codes_of_the_documentation_are_those_of_the_help(client: Client) -> None:
    told = re.findall(r"^    (\d)  ", client("--help").out, re.MULTILINE)

    assert re.findall(r"^\| (\d) \|", DOCS.read_text(), re.MULTILINE) == told


def test_keys_of_a_check_are_those_of_the_documentation(client: Client, tmp_path: Path) -> None:
    with StudentServer() as server:
        done = client("check", server.url, "--report", tmp_path / "a.md", "--json")

    (sentence,) = re.findall(r"`--output json` has the same as (.*?)\.\n", DOCS.read_text())
    assert re.findall(r"`(\w+)`", sentence) == list(json.loads(done.out))


def test_metrics_of_the_documentation_are_those_of_conditions() -> None:
    units = {"ms": "1ms", "%": "1%", "none": "1"}
    rows = re.findall(r"^\| (.*?) \| (.*?) \| .*\|$", DOCS.read_text().partition("| metric |")[2], re.MULTILINE)[1:6]

    for metrics, allowed in rows:
        for metric in re.findall(r"`([^`]+)`", metrics):
            for unit, limit in units.items():
                if unit in allowed:
                    thresholds_from([f"{metric}>{limit}"])
                else:
                    with pytest.raises(UsageError):
                        thresholds_from([f"{metric}>{limit}"])
