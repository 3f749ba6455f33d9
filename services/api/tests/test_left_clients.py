"""Clients that leave while their request waits for a thread: nobody would read the answer."""

import asyncio
import json
import re
import socket
import struct
import urllib.request
from contextlib import ExitStack

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from playlist_api.server.joined_writes import JoinedWrites
from playlist_api.server.leaving import has_left

from .running_server import Server, wait_until

CLIENTS = 60


def count(server: Server, series: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.operations_port}/metrics", timeout=20) as response:
        found = re.findall(rf"^{re.escape(series)} ([0-9.]+)$", response.read().decode(), re.MULTILINE)
    return sum(int(float(value)) for value in found)


def test_long_requests_of_clients_that_have_left_are_not_computed(server: Server) -> None:
    # Texts that no song is near to, with explain: the longest work that one request can ask for.
    playlist = {"songs": [f"Nobody knows number {number}" for number in range(1000)], "explain": True}
    body = json.dumps(playlist).encode()
    head = f"POST /api/recommend HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with ExitStack() as leaving:
        for _ in range(CLIENTS):
            client = leaving.enter_context(server.socket())
            client.sendall(head + body)
            # Closed, it is reset: for one that is closed politely, a second has to pass first.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    left = 'playlist_connections_closed_total{reason="client_left"}'
    answered = 'playlist_requests_total{method="POST",route="/api/recommend",status="200"}'
    wait_until(lambda: count(server, left) + count(server, answered) == CLIENTS)
    assert count(server, left) > 0
    assert not [line for line in server.lines() if line["level"] in {"warning", "error"}]


@pytest.mark.parametrize("waited_s", [0.1, 5.0])
def test_a_client_that_has_closed_its_side_is_waited_for_a_while(waited_s: float) -> None:
    cycle = object.__new__(RequestResponseCycle)
    cycle.disconnected = False
    transport = JoinedWrites(asyncio.Transport())
    cycle.transport = transport  # type: ignore[assignment]

    before = has_left(cycle.receive, waited_s)
    transport.is_half_closed = True

    assert (before, has_left(cycle.receive, waited_s)) == (False, waited_s > 1)
