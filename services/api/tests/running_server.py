"""Real servers to test against, as processes of their own; ``conftest`` offers the fixtures."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playlist_model import FolderStore

from . import small_model

Publish = Callable[..., str]
Start = Callable[..., "Server"]

BODY = b'{"songs": ["Greensleeves"], "limit": 1}'


@dataclass
class Server:
    """A running playlist-api.

    Attributes:
        process: of gunicorn's master.
        log: what it has written.
        environ: that it was started with.
        connections: to be closed in the end.
    """

    process: subprocess.Popen[bytes]
    log: Path
    environ: dict[str, str]
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    @property
    def port(self) -> int:
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log.read_text())
        if not found:
            raise ConnectionError(self.log.read_text())
        return int(found[1])

    @property
    def operations_port(self) -> int:
        found = re.search(r"health and metrics are on http://127\.0\.0\.1:(\d+)", self.log.read_text())
        return int(found[1]) if found else self.port

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def connect(self) -> http.client.HTTPConnection:
        self.connections.append(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20))
        return self.connections[-1]

    def socket(self, port: int | None = None) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=20)

    def exchange(self, sent: bytes, port: int | None = None) -> bytes:
        """Send bytes; give all that comes until the server closes."""
        with self.socket(port) as connection:
            connection.sendall(sent)
            return everything_from(connection)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(process_id) for process_id in children.read_text().split()]

    def is_ready(self) -> bool:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.operations_port, timeout=20)) as connection:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def clean_up(self) -> None:
        for connection in self.connections:
            connection.close()
        if self.process.poll() is None:
            self.stop()


def everything_from(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def wait_until(condition: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.02)


def command(*arguments: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playlist_api", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environ_in(folder: Path, model_dir: Path) -> dict[str, str]:
    """An environment of folders that hold nothing else; whatever is left behind can be seen."""
    for name in ("home", "tmp", "work"):
        (folder / name).mkdir()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("PLAYLIST_", "GUNICORN_"))}
    return given | {
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PLAYLIST_MODEL_DIR": str(model_dir),
        "PLAYLIST_HOST": "127.0.0.1",
        "PLAYLIST_REFRESH_INTERVAL_SECONDS": "0.05",
        "PLAYLIST_LOG_FORMAT": "json",
    }


def started(folder: Path, environ: dict[str, str], *arguments: str, name: str = "log") -> Server:
    """Start a server, and wait until it is ready or has ended."""
    log = folder / name
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "playlist_api", *(arguments or ("--port", "0"))],
            env=environ,
            stdout=file,
            stderr=file,
            cwd=folder / "work",
        )
    server = Server(process, log, environ)
    wait_until(lambda: server.is_ready() or process.poll() is not None, log.read_text)
    return server


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Server]:
    """Serve the small model; for tests that share a server, since starting one takes longer than they do."""
    store = FolderStore(folder / "volume")
    small_model.publish_to(store, 1, small_model.songs(), small_model.rules())
    server = started(folder, environ_in(folder, store.root) | more)
    yield server
    server.clean_up()


@pytest.fixture
def environ(tmp_path: Path, store: FolderStore) -> dict[str, str]:
    return environ_in(tmp_path, store.root)


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*arguments: str, **more: str) -> Server:
        servers.append(started(tmp_path, environ | more, *arguments, name=f"log-{len(servers)}"))
        return servers[-1]

    yield start
    for server in servers:
        server.clean_up()


@pytest.fixture
def server(start: Callable[..., Server], publish: Publish) -> Server:
    publish()
    return start()
