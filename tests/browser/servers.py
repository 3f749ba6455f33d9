"""Trainers and APIs as processes, as users run them."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

BIN = Path(sys.executable).parent
START_SECONDS = 30


def train(model_dir: Path, *flags: str) -> None:
    """Run the trainer to its end; it publishes a model."""
    command = [BIN / "playlist-trainer", "train", "--model-dir", model_dir, *flags]
    subprocess.run(command, check=True, capture_output=True, env=_environment(), timeout=120)


class Server:
    """An API on a port of its own, which it keeps through stops and starts."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def process_id(self) -> int:
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self, *within: str, **environ: str) -> "Server":
        """Start it; return when it answers, with its model if one is published.

        Args:
            within: words of a command that runs it, in place of this process.
            environ: added to the environment.
        """
        command = [BIN / "playlist-api", "--model-dir", self._model_dir]
        address = ["--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [*within, *command, *address], env=_environment() | {"PLAYLIST_LOG_LEVEL": "warning"} | environ
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the API ended before it was ready"
            try:
                if requests.get(f"{self.url}/readyz", timeout=1).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"the API was not ready within {START_SECONDS} s")

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=30) == 0
        self._process = None


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PLAYLIST_")}
