"""The calls in clients/curl, run as they stand against a real API."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CURL = ROOT / "clients/curl"
SCRIPTS = sorted(path.name for path in CURL.glob("*.sh"))
README = CURL.joinpath("README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
CALLS = re.findall(r"^```sh\n(curl .*?)\n```$", (ROOT / "docs/api.md").read_text(), re.MULTILINE)
TOOLS = ("curl", "wget", "jq")
Train = Callable[..., None]
Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("curl") / "models"


@pytest.fixture
def url(folder: Path, train: Train, serve: Serve) -> Iterator[str]:
    if not folder.exists():
        train(folder)
    return serve(folder)


def _need_tools_of(text: str) -> None:
    """Skip a test whose commands are not installed."""
    for tool in TOOLS:
        if re.search(rf"\b{tool} ", text) and shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def _run(command: list[str | Path], url: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "PLAYLIST_URL": url, "LANG": "C.UTF-8", "no_proxy": "*"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_every_script_answers_and_both_tools_give_the_same(url: str) -> None:
    for script in SCRIPTS:
        _need_tools_of((CURL / script).read_text())
        done = _run([CURL / script], url)

        assert done.returncode == 0, f"{script}: {done.stdout} {done.stderr}"
        assert done.stdout, script
        if not script.startswith(("index", "metrics")):
            assert isinstance(json.loads(done.stdout), dict), script
        if ".wget" in script and not script.startswith("metrics"):
            other = script.replace(".wget", "")
            assert _run([CURL / other], url).stdout == done.stdout, f"{script} and {other} differ"


def test_every_operation_of_the_api_has_a_script_for_each_tool(url: str) -> None:
    _need_tools_of("curl ")
    document = json.loads(_run([CURL / "openapi.sh"], url).stdout)
    calls = {script: (CURL / script).read_text() for script in SCRIPTS}

    for path, operations in document["paths"].items():
        for suffix, posts in ((".wget.sh", "--post-data"), (".sh", "--data ")):
            made = [
                text
                for script, text in calls.items()
                if script.endswith(suffix) and re.search(rf"8080}}{re.escape(path)}[\"?]", text)
            ]
            assert made, f"clients/curl has no *{suffix} that calls {path}"
            assert ("post" in operations) == any(posts in text and "--get" not in text for text in made), path


def test_every_call_in_the_api_document_answers(url: str) -> None:
    _need_tools_of("curl ")
    assert len(CALLS) >= 14

    for call in CALLS:
        done = _run(["sh", "-c", call.replace("localhost:8080", url).replace("curl -s", "curl -sSf")], url)
        assert done.returncode == 0, f"{call}: {done.stderr}"


def test_every_script_stands_in_the_readme() -> None:
    named = {
        name for row in re.findall(r"^\| (`.*?`) \|", README, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }

    assert {f"{name}{suffix}" for name in named for suffix in (".sh", ".wget.sh")} == set(SCRIPTS)


@pytest.mark.parametrize("script", ["recommend", "explain", "recommender"])
def test_argument_takes_the_place_of_the_example(url: str, script: str) -> None:
    for suffix in (".sh", ".wget.sh"):
        _need_tools_of((CURL / f"{script}{suffix}").read_text())
        done = _run([CURL / f"{script}{suffix}", '{"songs": ["Für Elise"], "limit": 2}'], url)

        assert len(json.loads(done.stdout)["songs"]) == 2


def test_problem_is_printed_and_is_a_failure(url: str) -> None:
    for script, exit_code in (("recommend.sh", 22), ("recommend.wget.sh", 8)):
        _need_tools_of((CURL / script).read_text())
        done = _run([CURL / script, '{"songs": 3}'], url)

        assert done.returncode == exit_code
        assert json.loads(done.stdout)["status"] == 422


def test_every_block_of_the_readme_runs_as_it_stands(url: str) -> None:
    assert len(BLOCKS) > 10
    for block in BLOCKS:
        _need_tools_of(block)
        done = _run(["sh", "-euc", block], url)

        assert done.returncode == 0, f"{block}: {done.stderr}"
        assert done.stdout or "curl" not in block, block
        assert '"status":4' not in done.stdout, block
