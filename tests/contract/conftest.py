"""Real processes: a trainer that publishes and an API that serves, as users run them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

BIN = Path(sys.executable).parent
START_SECONDS = 30
Serve = Callable[[Path], str]


@pytest.fixture
def train() -> Callable[..., None]:
    """Run the trainer to its end: train(model_dir, *flags)."""

    def run(model_dir: Path, *flags: str) -> None:
        command = [BIN / "playlist-trainer", "train", "--model-dir", model_dir, *flags]
        subprocess.run(command, check=True, capture_output=True, env=environment(), timeout=60)

    return run


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start APIs that are gone after the test: serve(model_dir) gives a URL that is ready."""
    with ExitStack() as stack:
        yield lambda model_dir: stack.enter_context(serving(model_dir))


@contextmanager
def serving(model_dir: Path, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run an API until the end of the block, with more in its environment; yields its URL once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [BIN / "playlist-api", "--model-dir", model_dir, "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, env=environment() | {"PLAYLIST_LOG_LEVEL": "warning"} | dict(more or {}))
    try:
        _wait_until_ready(server, url)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the API ended before it was ready"
        try:
            if requests.get(f"{url}/readyz", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    pytest.fail(f"the API was not ready within {START_SECONDS} s")


def environment() -> dict[str, str]:
    """Return this process's environment without what would be settings of the product."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PLAYLIST_")}
