"""`make demo`: what it prints works as printed, and it ends by itself unless somebody watches."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from clients.cli.tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
DEMO = [sys.executable, str(ROOT / "ci/demo.py")]
_LONGEST_S = 120


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PLAYLIST_", "NO_COLOR"))}
    return ours | {"TERM": "xterm-256color"} | dict(more)


def _commands(text: str, before: str) -> list[list[str]]:
    """Return the commands that were printed behind some sign, as words, in their order."""
    return [shlex.split(line) for line in re.findall(rf"^{before}(\S*playlist-.*)$", text, re.MULTILINE)]


def test_without_a_terminal_it_ends_by_itself_and_takes_another_port_if_its_own_is_in_use(busy_port: int) -> None:
    done = subprocess.run(
        [*DEMO, "--port", str(busy_port)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        env=_environment({}),
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "\033" not in done.stdout
    (port,) = re.findall(rf"^port {busy_port} is in use, so the API takes (\d+)$", done.stdout, re.MULTILINE)
    url = f"http://127.0.0.1:{port}"
    assert done.stdout.endswith(f"Open {url} (web page), {url}/docs (API)\n")


def test_on_a_terminal_it_serves_until_ctrl_c_and_each_command_works_as_printed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with Terminal([*DEMO, "--port", str(port)], _environment({}), columns=200) as terminal:
        terminal.wait_for(f"Open {url} (web page), {url}/docs (API)")
        assert "\033[1m1. Learn" in terminal.shown
        for path in ("", "/docs"):
            with urllib.request.urlopen(f"{url}{path}", timeout=10) as page:
                assert page.headers["Content-Type"].startswith("text/html")
        trained, served, asked = _commands(terminal.text, r"\$ ")
        subprocess.run(asked, check=True, capture_output=True, timeout=_LONGEST_S, env=_environment({}))
        terminal.type("\x03")
        assert terminal.end() == 0
    assert "the API stopped, exit code 0" in terminal.text

    assert Path(trained[0]).name == "playlist-trainer"
    assert (ROOT / served[served.index("--model-dir") + 1] / "current.json").exists(), "to be served again as printed"
    _work_afterwards(_commands(terminal.text, "  "), tmp_path)


def _work_afterwards(commands: list[list[str]], folder: Path) -> None:
    """Run commands in order, with ``models`` in a folder of the test: an API runs on until its client has asked."""
    servers = []
    names = []
    try:
        for words in commands:
            names.append(Path(words[0]).name)
            line = [str(folder / "models") if word == "models" else word for word in words]
            if names[-1] == "playlist-api":
                servers.append(subprocess.Popen(line, env=_environment({"PLAYLIST_LOG_LEVEL": "warning"})))
                _wait_until_ready(line[-1])
            else:
                subprocess.run(line, check=True, capture_output=True, timeout=_LONGEST_S, env=_environment({}))
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
        assert [server.wait(30) for server in servers] == [0] * len(servers)
    assert names == ["playlist-trainer", "playlist-api", "playlist-client"]


def _wait_until_ready(port: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except OSError:
            subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail(f"the API at {port} was not ready in time")


def test_colour_is_left_out_where_nobody_wants_it() -> None:
    # It ends before it starts to learn: only the headings matter here.
    script = f"import runpy; demo = runpy.run_path({str(ROOT / 'ci/demo.py')!r}); print(repr(demo['bold']('x')))"
    for more, shown in (({}, r"'\x1b[1mx\x1b[0m'"), ({"NO_COLOR": "1"}, "'x'"), ({"TERM": "dumb"}, "'x'")):
        with Terminal([sys.executable, "-c", script], _environment(more)) as terminal:
            assert terminal.end() == 0
        assert terminal.text.strip() == shown
