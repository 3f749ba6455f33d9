import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from playlist_client.__main__ import main

from .fake_api import FakeApi

_LONGEST_S = 60


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Client:
    """The command line, in this process: its output goes where pytest catches it, as into a pipe."""

    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object, url: str | None = None, stdin: str | bytes = "") -> Done:
        """Run a command to its end; what it reads from standard input is a pipe."""
        content = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        if url is not None:
            self.monkeypatch.setenv("PLAYLIST_URL", url)
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leave:
            code = int(leave.code or 0)
        out, err = self.capture.readouterr()
        assert "Traceback" not in err
        return Done(code, out, err)


@dataclass(frozen=True)
class Process:
    """The command line as a process of its own, without the settings of whoever runs the tests."""

    environment: dict[str, str]
    command: tuple[str, ...] = (sys.executable, "-W", "error", "-m", "playlist_client")

    def __call__(self, *arguments: object, stdin: str = "", env: Mapping[str, str] | None = None) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            [*self.command, *map(str, arguments)],
            input=stdin.encode(),
            capture_output=True,
            env=self.environment | dict(env or {}),
            timeout=_LONGEST_S,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: object, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*self.command, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment | dict(env or {}),
        )


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, read by the rules of RFC 4180."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return what a process needs, and nothing of the proxies, colours and addresses that are set here."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    return kept | {"HOME": str(home), "TERM": "xterm-256color"}


@pytest.fixture
def client(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> Iterator[Client]:
    for name in os.environ:
        if name not in environment and name != "PYTEST_CURRENT_TEST":
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    yield Client(monkeypatch, capsys)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def process(environment: dict[str, str]) -> Process:
    return Process(environment)
