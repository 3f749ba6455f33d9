"""Clients that are slow, silent or mad, and what the others notice of them: next to nothing.

Each of these stopped a server whose clients hold threads: ordinary requests then waited for seconds, or for ever.
"""

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import cycle
from pathlib import Path

import pytest

from .running_server import BODY, Publish, Server, Start, everything_from, serving

# A client that waits for a thread waits for seconds; a slow machine alone makes nobody wait as long.
ALLOWED_S = 2.0
MEMORY_LIMIT = 384 * 2**20  # of a pod
HEAD = f"POST /api/recommend HTTP/1.1\r\nHost: a\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


# Bounds that take effect long after a test has ended: nobody is helped by them.
PATIENCE = {
    f"PLAYLIST_{name}_SECONDS": "620" for name in ("HEADER_TIMEOUT", "REQUEST_TIMEOUT", "ANSWER_TIMEOUT", "KEEP_ALIVE")
}


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that ends nobody; the tests share it."""
    with serving(tmp_path_factory.mktemp("patient"), **PATIENCE) as server:
        yield server


def asked(server: Server, path: str, connection: http.client.HTTPConnection | None = None) -> float:
    """Ask for a path, by a fresh connection or a kept one; give the seconds that it took."""
    started = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as fresh:
        used = connection or fresh
        used.request(*(("POST", path, BODY) if path == "/api/recommend" else ("GET", path)))
        response = used.getresponse()
        response.read()
    assert response.status == 200
    return time.monotonic() - started


def p99(server: Server) -> float:
    """Ask as ordinary clients do; give the time within which nearly all were answered."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as kept:
        paths = ("/livez", "/readyz", "/api/recommend")
        took = [asked(server, path, which) for _ in range(25) for path in paths for which in (None, kept)]
    return sorted(took)[-2]


@contextmanager
def nobody_waits(server: Server) -> Iterator[None]:
    """Compare ordinary clients' times before with those inside of the block, at its end; look at the memory, too."""
    without = p99(server)
    yield
    assert p99(server) <= without + ALLOWED_S
    (worker,) = server.workers()
    status = Path(f"/proc/{worker}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) * 1024 < MEMORY_LIMIT
    assert not [line for line in server.lines() if line["level"] in {"warning", "error"}]


@contextmanager
def in_background(action: object) -> Iterator[None]:
    """Go on calling something while the block runs."""
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            action()  # type: ignore[operator]

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stopping.set()
    thread.join()


def opened(server: Server, stack: ExitStack, count: int, sent: bytes = b"") -> list[socket.socket]:
    connections = [stack.enter_context(server.socket()) for _ in range(count)]
    for connection in connections:
        connection.sendall(sent)
    return connections


def test_200_slow_clients(patient: Server) -> None:
    with ExitStack() as stack, nobody_waits(patient):
        head = opened(patient, stack, 100, b"POST /api/recommend HTTP/1.1\r\nX-Long: ")
        body = opened(patient, stack, 100, HEAD.replace(str(len(BODY)).encode(), b"5000"))

        def send_a_byte_each() -> None:
            for connection in (*head, *body):
                connection.sendall(b" ")
            time.sleep(0.2)

        stack.enter_context(in_background(send_a_byte_each))


def test_50_clients_that_never_read_their_answer(patient: Server) -> None:
    with ExitStack() as stack, nobody_waits(patient):
        for _ in range(50):
            silent = stack.enter_context(socket.socket())
            silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            silent.connect(("127.0.0.1", patient.port))
            # Some megabytes of answers, more than any buffer on the way takes.
            silent.settimeout(0.05)
            with suppress(TimeoutError):  # the server does not even take the rest of the requests
                silent.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 300)


def test_50_half_closed_connections(patient: Server) -> None:
    with ExitStack() as stack, nobody_waits(patient):
        for connection in opened(patient, stack, 50, HEAD + BODY[:5]):
            connection.shutdown(socket.SHUT_WR)


def test_50_connections_of_which_the_client_leaves_its_half_open(patient: Server) -> None:
    with ExitStack() as stack, nobody_waits(patient):
        opened(patient, stack, 50, b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")


def test_1000_idle_kept_connections(patient: Server) -> None:
    with ExitStack() as stack:
        with nobody_waits(patient):
            connections = opened(patient, stack, 1000, b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            for connection in connections:
                assert b"alive" in connection.recv(65536)
        for connection in connections:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):  # neither closed nor written to
                connection.recv(1)


@pytest.mark.parametrize("beginning", [b"", HEAD.split(b"\r\n", maxsplit=1)[0] + b"\r\nX: "])
def test_20_megabytes_a_second_of_garbage(patient: Server, beginning: bytes) -> None:
    megabyte = beginning + os.urandom(2**20).replace(b"\n", b"x")

    def send() -> None:
        started = time.monotonic()
        with suppress(OSError), patient.socket() as connection:  # closed by the server, as it should
            connection.sendall(megabyte)
        time.sleep(max(0.0, 0.05 - (time.monotonic() - started)))

    with nobody_waits(patient), in_background(send):
        assert p99(patient) < 20


def test_chunked_bodies_cut_anywhere(patient: Server) -> None:
    chunks = b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % (len(BODY) - 5) + BODY[5:] + b"\r\n0\r\n\r\n"
    whole = b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    with nobody_waits(patient):
        for end, is_polite in zip(range(1, len(whole)), cycle([True, False]), strict=False):
            with patient.socket() as connection:
                connection.sendall(whole[:end])
                if is_polite:
                    connection.shutdown(socket.SHUT_WR)
                    assert not everything_from(connection).startswith(b"HTTP/1.1 5")


def test_requests_with_a_thousand_songs(patient: Server) -> None:
    songs = [f"Greensleeves {number}" for number in range(1000)]
    body = json.dumps({"songs": songs, "explain": True}).encode()
    head = b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"

    def send() -> None:
        assert patient.exchange(head % len(body) + body).startswith(b"HTTP/1.1 200")

    with nobody_waits(patient), ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(in_background(send))
        assert p99(patient) < 20


def test_drain_and_stop_are_held_up_by_nobody(start: Start, publish: Publish) -> None:
    publish()
    patient = start(**PATIENCE)
    with ExitStack() as stack:
        opened(patient, stack, 20)
        opened(patient, stack, 20, HEAD)
        opened(patient, stack, 20, b"POST /api/rec")
        opened(patient, stack, 20, b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        started = time.monotonic()

        assert patient.stop() == 0

        # A client has 8 s for the request that it has begun; by gunicorn's graceful time-out, all would be killed.
        assert time.monotonic() - started < 14
    assert not [line for line in patient.lines() if line["level"] in {"warning", "error"}]
