"""Requests that come whole are answered without a task: nobody can tell, however requests are cut or follow another."""

import json
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from playlist_api.live_model import LiveModel
from playlist_api.server.asgi import Application

from .running_server import BODY, Publish, Server, everything_from

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
