"""The client's wheel in an environment that holds what the lock names for it, and nothing else."""

import importlib.util
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools/uv/bin/uv"
OPENAPI = json.loads((ROOT / "services/api/src/playlist_api/openapi.json").read_text())
FAKE_ANSWERS = ROOT / "clients/cli/tests/fake_answers.py"
Train = Callable[..., None]
Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment with the wheel in it."""
    if not UV.exists():
        pytest.skip("uv is not in .tools: run make setup")
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT / "clients/cli")
    (wheel,) = (folder / "dist").glob("*.whl")
    _uv("venv", "--quiet", folder / "venv")
    install = ("pip", "install", "--quiet", "--python", folder / "venv")
    _uv(*install, "--require-hashes", "--requirement", ROOT / "requirements/client.txt")
    _uv(*install, "--no-deps", wheel)
    return folder / "venv/bin"


def _uv(*arguments: str | Path) -> None:
    environment = os.environ | {"UV_NO_CONFIG": "1"}
    environment.pop("VIRTUAL_ENV", None)
    subprocess.run([UV, *arguments], check=True, env=environment, timeout=300)


def _client(
    installed: Path, folder: Path, *arguments: str | Path, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the command from a folder of its own, with nothing of the work tree in sight."""
    return subprocess.run(
        [installed / "playlist-client", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_wheel_imports_nothing_of_the_workspace_and_lacks_nothing(installed: Path, tmp_path: Path) -> None:
    listing = subprocess.run(
        [UV, "pip", "list", "--format", "json", "--python", installed / "python"],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    ours = {package["name"] for package in json.loads(listing) if package["name"].startswith("playlist")}
    check = [UV, "pip", "check", "--python", installed / "python"]

    assert ours == {"playlist-client"}
    assert subprocess.run(check, capture_output=True, timeout=60, check=False).returncode == 0
    assert _client(installed, tmp_path, "--version").stdout.startswith("playlist-client ")


def test_wheel_is_used_from_the_first_question_to_the_picture_of_a_run(
    installed: Path, tmp_path: Path, train: Train, serve: Serve
) -> None:
    train(tmp_path / "models")
    url = serve(tmp_path / "models")

    drawn = _client(installed, tmp_path, "random", "--limit", "3", "--seed", "7", "--url", url)
    songs = [line.split("\t")[0] for line in drawn.stdout.splitlines()]
    asked = _client(installed, tmp_path, "recommend", *songs, "--explain", "--limit", "4", "--url", url)
    piped = _client(installed, tmp_path, "recommend", "--json", "--url", url, stdin="\n".join(songs))
    found = _client(installed, tmp_path, "search", songs[0], "--url", url)
    related = _client(installed, tmp_path, "song", songs[0], "--limit", "3", "--url", url)
    version = _client(installed, tmp_path, "version", "--json", "--url", url)
    shell = _client(installed, tmp_path, "shell", "--url", url, stdin=f"{songs[0]}\n/send\n/explain\n/version\n/help\n")

    for done in (drawn, asked, piped, found, related, version, shell):
        assert done.returncode == 0, done.stderr
    assert all(" playlists with " in line for line in asked.stdout.splitlines())
    assert len(asked.stdout.splitlines()) == 4
    assert json.loads(piped.stdout).keys() >= {"songs", "version", "model_date"}
    assert songs[0] in found.stdout
    assert len(related.stdout.splitlines()) == 3
    model_date = json.loads(version.stdout)["model_date"]
    assert model_date in shell.stdout

    watched = _client(
        installed,
        tmp_path,
        *("watch", *songs, "--interval", "0.05", "--duration", "1", "--fresh", "0.5", "--json", "--url", url),
        *("--csv", "run.csv", "--plot", "run.svg"),
    )

    summary = json.loads(watched.stdout)
    assert watched.returncode == 0, watched.stderr
    assert (summary["requests"], summary["failed"], summary["fresh_connections"]) == (20, 0, 10)
    assert summary["model_date"] == model_date
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 21
    assert "</svg>" in (tmp_path / "run.svg").read_text()


def test_unknown_songs_are_told_by_the_real_api_as_the_client_expects_it(
    installed: Path, tmp_path: Path, train: Train, serve: Serve
) -> None:
    train(tmp_path / "models")
    url = serve(tmp_path / "models")

    close = _client(installed, tmp_path, "recommend", "Greenslee", "--explain", "--url", url)
    unknown = _client(installed, tmp_path, "song", "Greenslee", "--url", url)

    assert "unknown: Greenslee (did you mean Greensleeves?)" in close.stderr
    assert close.stdout.splitlines()[0].endswith("\tpopular")
    assert (unknown.returncode, unknown.stdout) == (0, "")
    assert "unknown: Greenslee (did you mean Greensleeves" in unknown.stderr


def test_api_without_a_model_refuses_and_no_api_is_unreachable(installed: Path, tmp_path: Path, serve: Serve) -> None:
    url = serve(tmp_path / "models")

    assert _client(installed, tmp_path, "recommend", "Greensleeves", "--url", url).returncode == 1
    assert _client(installed, tmp_path, "version", "--url", url).returncode == 0
    assert _client(installed, tmp_path, "recommend", "Greensleeves", "--url", "http://127.0.0.1:1").returncode == 3


def test_answers_that_the_clients_own_tests_work_with_are_what_the_api_promises() -> None:
    spec = importlib.util.spec_from_file_location("fake_answers", FAKE_ANSWERS)
    assert spec is not None
    assert spec.loader is not None
    fake = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fake)

    for body in ({"songs": ["Bolero"]}, {"songs": ["Ode to Joy", "ode", "Greenslee"], "explain": True}):
        _promised("RecommendAnswer", fake.recommended(body, "0.1.0", fake.MODEL_DATE))
    for model_date in (fake.MODEL_DATE, None):
        _promised("Version", fake.version("0.1.0", model_date))
    for status in fake.PROBLEMS:
        _promised("Problem", fake.problem(status))
    for song in fake.songs("/api/songs", {"q": ""})[1]["songs"]:
        _promised("Song", song)
    for song in fake.matched({"songs": ["ode", "nope"]})["songs"]:
        _promised("MatchedSong", song)
    for song in fake.songs("/api/songs/related", {"song": "Greensleeves"})[1]["songs"]:
        _promised("RelatedSong", song)


def _promised(schema: str, content: object) -> None:
    reference = {"$ref": f"#/components/schemas/{schema}", "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(reference).validate(content)
