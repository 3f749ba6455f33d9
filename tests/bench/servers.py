"""Servers that are measured: started on one processor and a free port of 127.0.0.1, ended by their own id."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.processes import MeasurementError, clean_environ

HOST = "127.0.0.1"
_START_LIMIT_S = 120.0
_STOP_LIMIT_S = 20.0


@dataclass(frozen=True)
class Recipe:
    """How a server is started.

    Attributes:
        command: its words; ``{port}`` stands for the port.
        environ: added to the environment; ``{port}`` as well.
        path: where it answers POST requests for recommendations.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    path: str


@dataclass(frozen=True)
class Server:
    """A server that runs and answers.

    Attributes:
        port: on 127.0.0.1.
        path: where it answers POST requests for recommendations.
        process_id: of the process that was started; its workers are children of it.
    """

    port: int
    path: str
    process_id: int

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://{HOST}:{self.port}{self.path}"

    @property
    def worker_id(self) -> int:
        """The process that answers: the only child, or the process itself where it has none."""
        return _children(self.process_id)[0] if _children(self.process_id) else self.process_id

    @property
    def process_ids(self) -> list[int]:
        """The process that was started, and its children."""
        return [self.process_id, *_children(self.process_id)]

    def processor_seconds(self) -> float:
        """Return the processor time that it has used so far, with its children's."""
        return sum(map(_processor_seconds, self.process_ids))

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Ask once, over a new connection; return status and body."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request("POST", self.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def processors() -> tuple[str, str]:
    """Return the processor for servers and the one for their clients; the same one where there is no other."""
    allowed = sorted(os.sched_getaffinity(0))
    return str(allowed[0]), str(allowed[-1])


@contextmanager
def serving(recipe: Recipe, processor: str | None = None, poll_s: float = 0.1) -> Iterator[Server]:
    """Run a server until the block is left.

    Args:
        recipe: of the server.
        processor: the only one that it may use; all by default.
        poll_s: how often to look whether it answers.

    Raises:
        MeasurementError: it does not start; the message ends with what it said.
    """
    port = _free_port()
    words = [word.format(port=port) for word in recipe.command]
    environ = {name: value.format(port=port) for name, value in recipe.environ.items()}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*(("taskset", "--cpu-list", processor) if processor else ()), *words],
            env=clean_environ() | environ,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            server = Server(port, recipe.path, process.pid)
            if not _is_answering(server, process, poll_s):
                log.seek(0)
                raise MeasurementError(f"{' '.join(words)} does not answer:\n{log.read()[-2000:]}")
            yield server
        finally:
            _end(process)


def python_module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module in this environment."""
    return [sys.executable, "-m", name, *arguments]


def _children(process_id: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def _processor_seconds(process_id: int) -> float:
    # The fields behind the name, which stands in brackets and may hold spaces.
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_answering(server: Server, process: "subprocess.Popen[bytes]", poll_s: float) -> bool:
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.answer(b'{"songs": []}')[0] == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(poll_s)
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the server's own session
        process.wait()
