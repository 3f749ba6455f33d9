"""Requests that come whole are answered without a task: nobody can tell, however requests are cut or follow another."""

import json
import random
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from playlist_api.live_model import LiveModel
from playlist_api.server.asgi import Application

from .running_server import BODY, Publish, Server, Start, command, everything_from, wait_until

HEAD = "{} {} HTTP/1.1\r\nHost: a\r\nX-Request-ID: {}\r\n{}Content-Length: {}\r\n\r\n"


def request(method: str, path: str, body: bytes = b"", headers: str = "", request_id: str = "seven") -> bytes:
    return HEAD.format(method, path, request_id, headers, len(body)).encode() + body


LAST = request("GET", "/livez", headers="Connection: close\r\n")
# What is answered directly, and what is not for one reason each.
REQUESTS = [
    request("POST", "/api/recommend", BODY),
    request("POST", "/api/recommend/", b'{"songs": []}'),
    request("POST", "/api/recommender", json.dumps({"songs": ["Halo", "nobody's song"]}).encode()),
    request("POST", "/api/recommend", b'{"songs": 7}'),
    request("POST", "/api/recommend", b'{"songs": ["Halo"], "explain": true}'),
    request("POST", "/api/recommend?", BODY),
    request("POST", "/api/%72ecommend", BODY),
    request("PUT", "/api/recommend", BODY),
    request("GET", "/livez"),
    request("POST", "/api/recommend", BODY, "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
    request("POST", "/api/recommend").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY),
]


def without_dates(answers: bytes) -> bytes:
    return re.sub(rb"date: [^\r]*\r\n", b"", answers)


def exchange(server: Server, pieces: list[bytes], pause_s: float = 0.005) -> bytes:
    """Send pieces, each by itself; give all that comes until the server closes."""
    with server.socket() as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause_s)
        return without_dates(everything_from(connection))


@pytest.mark.parametrize("end", ["", "Connection: close\r\n"])
def test_answer_is_the_same_wherever_the_request_is_cut(server: Server, end: str) -> None:
    whole = request("POST", "/api/recommend", BODY, end)
    rest = b"" if end else LAST
    places = [*range(1, 30, 7), *range(len(whole) - len(BODY) - 5, len(whole))]

    answers = {exchange(server, [whole[:place], whole[place:] + rest]) for place in places}

    assert answers == {exchange(server, [whole + rest])}
    assert next(iter(answers)).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("seed", range(10))
def test_requests_that_follow_one_another_are_answered_as_each_alone(server: Server, seed: int) -> None:
    draw = random.Random(seed)
    asked = draw.choices(REQUESTS, k=draw.randrange(2, 300))
    alone = {sent: exchange(server, [sent + LAST], 0) for sent in REQUESTS}
    last = exchange(server, [LAST], 0)

    sent = b"".join(asked) + LAST
    cuts = sorted(draw.sample(range(1, len(sent)), draw.randrange(4)))
    answers = exchange(server, [sent[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)])

    assert answers == b"".join(alone[each].removesuffix(last) for each in asked) + last


def test_client_that_sends_thousands_at_once_holds_nobody_up(server: Server) -> None:
    count = 3000
    with server.socket() as greedy, server.socket() as other:
        greedy.settimeout(0.01)
        unsent = memoryview(request("POST", "/api/recommend", BODY) * count)
        answers = bytearray()

        def go_on() -> None:
            nonlocal unsent
            try:
                unsent = unsent[greedy.send(unsent) :]
            except TimeoutError:
                answers.extend(greedy.recv(2**20))

        while unsent.nbytes > len(unsent) // 2 and not answers:
            go_on()
        for _ in range(5):
            other.sendall(request("GET", "/livez"))
            assert b"alive" in other.recv(65536)

        assert answers.count(b"HTTP/1.1 200 OK") < count  # they are still being answered
        greedy.settimeout(20)
        while answers.count(b"HTTP/1.1 200 OK") < count:
            if unsent:
                unsent = unsent[greedy.send(unsent[:65536]) :]
            answers.extend(greedy.recv(2**20))


def test_client_that_takes_no_answers_gets_no_memory(server: Server) -> None:
    # More than the buffers of both systems take.
    unsent = memoryview(request("POST", "/api/recommend", BODY) * 1_000_000)
    before = resident_bytes(server)
    with server.socket() as silent:
        silent.settimeout(1)
        with suppress(TimeoutError):
            while unsent:
                unsent = unsent[silent.send(unsent) :]

        assert unsent
        assert resident_bytes(server) < before + 16 * 2**20


def resident_bytes(server: Server) -> int:
    (worker,) = server.workers()
    return int(Path(f"/proc/{worker}/status").read_text().split("VmRSS:")[1].split()[0]) * 1024


def test_what_goes_wrong_unexpectedly_is_left_to_the_way_that_reports_it(
    make_app: Callable[..., Flask], publish: Publish, live: LiveModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    live.refresh()
    application = Application(make_app())
    assert application.answer_at_once(b"/api/recommend", [], BODY) is not None

    monkeypatch.setattr("playlist_api.server.hot_route.answer", lambda *_: 1 / 0)

    assert application.answer_at_once(b"/api/recommend", [], BODY) is None


def statuses_logged(server: Server) -> list[object]:
    """The statuses of all requests so far; the last one, of this function's own, shows that no line is missing."""
    server.exchange(request("GET", "/api/version", headers="Connection: close\r\n", request_id="last-of-all"))
    wait_until(lambda: "last-of-all" in server.log.read_text())
    return [line["status"] for line in server.lines() if "status" in line and line["path"] != "/readyz"]


@pytest.mark.parametrize("body", [b'{"songs": [], "limit": 1}' + b" " * 100, b'{"songs": ["' + b"x" * 100 + b'"]}'])
@pytest.mark.parametrize("pieces", [1, 2])
def test_bound_of_bodies_holds_however_they_come(start: Start, publish: Publish, body: bytes, pieces: int) -> None:
    publish()
    server = start(PLAYLIST_MAX_BODY_BYTES="100")
    whole = request("POST", "/api/recommend", body, "Connection: close\r\n")

    answer = exchange(server, [whole] if pieces == 1 else [whole[:-20], whole[-20:]], 0.05)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_trailer_that_ends_the_connection_is_obeyed(server: Server) -> None:
    chunked = REQUESTS[-1].removesuffix(b"\r\n") + b"Connection: close\r\n\r\n"

    answers = exchange(server, [request("GET", "/livez") + chunked + request("GET", "/livez", request_id="swallowed")])

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert answers.count(b"connection: close") == 1


@pytest.mark.parametrize(
    ("version", "is_chunked"), [(b"0.9", False), (b"2.0", False), (b"1.0", True)], ids=["0.9", "2.0", "1.0-chunked"]
)
def test_wish_for_another_protocol_opens_no_other_version(server: Server, version: bytes, is_chunked: bool) -> None:
    asked = REQUESTS[-1] if is_chunked else REQUESTS[0]
    asked = asked.replace(b"HTTP/1.1", b"HTTP/" + version).replace(
        b"Host", b"Connection: upgrade\r\nUpgrade: h2c\r\nHost"
    )

    assert exchange(server, [asked]).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("headers", ["Connection: close, upgrade\r\nUpgrade: h2c\r\n", "Connection: close\r\n"])
@pytest.mark.parametrize("behind", [request("GET", "/livez"), b"garb age\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\n\r\n"])
def test_what_stands_behind_a_close_is_neither_answered_nor_logged(server: Server, headers: str, behind: bytes) -> None:
    answer = exchange(server, [request("POST", "/api/recommend", BODY, headers) + behind])

    assert answer.count(b"HTTP/1.1 ") == 1
    assert statuses_logged(server) == [200, 200]


@pytest.mark.parametrize("first", [REQUESTS[0], REQUESTS[5]], ids=["direct", "by Flask"])
@pytest.mark.parametrize("behind", [request("GET", "/api/version"), b"garb age\r\n\r\n"])
def test_draining_answers_one_request_and_closes(server: Server, first: bytes, behind: bytes) -> None:
    drained = command("drain", "0", environ=server.environ | {"PLAYLIST_PORT": str(server.port)})
    assert drained.returncode == 0, drained.stderr

    answer = exchange(server, [first + behind])

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer
    assert statuses_logged(server) == [200, 200]


@pytest.mark.parametrize("cut", [request("POST", "/api/recommend", BODY)[:-5], b"GET /livez HT"])
@pytest.mark.parametrize("first", [REQUESTS[0], REQUESTS[5]], ids=["direct", "by Flask"])
def test_whole_requests_before_one_that_is_cut_off_are_answered(server: Server, first: bytes, cut: bytes) -> None:
    with server.socket() as connection:
        connection.sendall(first + REQUESTS[5] + REQUESTS[0] + cut)
        connection.shutdown(socket.SHUT_WR)

        assert everything_from(connection).count(b"HTTP/1.1 200 OK") == 3


def test_bound_of_headers_holds_behind_a_body(start: Start, publish: Publish) -> None:
    publish()
    server = start(PLAYLIST_MAX_HEADER_BYTES="1Ki")
    whole, long = request("POST", "/api/recommend", BODY), request("GET", "/livez", headers=f"X: {'x' * 9000}\r\n")

    assert b"HTTP/1.1 431 " in exchange(server, [whole[:-5], whole[-5:] + long], 0.05)
