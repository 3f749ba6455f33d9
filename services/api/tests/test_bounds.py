"""What one connection may take, and what it is told when it takes more."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from .running_server import BODY, Publish, Server, Start, command, everything_from, serving, wait_until

HEAD = f"POST /api/recommend HTTP/1.1\r\nHost: a\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
LIVE = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
STOPPED = ("warning", "error")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with bounds that are met soon; the tests share it."""
    bounds = {
        "PLAYLIST_HEADER_TIMEOUT_SECONDS": "0.5",
        "PLAYLIST_REQUEST_TIMEOUT_SECONDS": "1",
        "PLAYLIST_ANSWER_TIMEOUT_SECONDS": "1",
        "PLAYLIST_KEEP_ALIVE_SECONDS": "0.5",
        "PLAYLIST_MAX_HEADER_BYTES": "8Ki",
        "PLAYLIST_MAX_BODY_BYTES": "8Ki",
        "PLAYLIST_MAX_CONNECTIONS": "20",
    }
    with serving(tmp_path_factory.mktemp("strict"), **bounds) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the bounds that are the default; the tests share it."""
    with serving(tmp_path_factory.mktemp("usual")) as server:
        yield server


def problem_in(answer: bytes, status: int) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"\r\nconnection: close" in head
    assert b"\r\ncontent-type: application/problem+json" in head
    problem = json.loads(body)
    assert problem["status"] == status
    assert f"x-request-id: {problem['request_id']}".encode() in head
    detail: str = problem["detail"]
    return detail


def closed_after(server: Server, reason: str) -> bool:
    text = server.exchange(LAST.replace(b"/livez", b"/metrics")).decode()
    (count,) = re.findall(rf'^playlist_connections_closed_total{{reason="{reason}"}} (\d+)', text, re.MULTILINE)
    return int(count) > 0


def test_headers_that_trickle_in_are_given_up(strict: Server) -> None:
    with strict.socket() as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nX: ")
        detail = problem_in(everything_from(connection), 408)

    assert "0.5 seconds" in detail
    assert closed_after(strict, "too_late")


def test_body_that_trickles_in_is_given_up_however_often_a_byte_comes(strict: Server) -> None:
    answer = b""
    with strict.socket() as connection:
        connection.sendall(HEAD)
        connection.settimeout(0.1)
        while not answer:
            connection.sendall(b" ")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
        connection.settimeout(20)
        answer += everything_from(connection)

    assert "1 seconds" in problem_in(answer, 408)


def test_connection_that_says_nothing_is_closed_without_a_word(strict: Server) -> None:
    assert strict.exchange(b"") == b""


def test_kept_connection_is_closed_after_its_idle_time(strict: Server) -> None:
    answer = strict.exchange(LIVE + LIVE)

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert b"connection: close" not in answer


def test_client_that_does_not_take_its_answers_is_cut(strict: Server) -> None:
    with strict.socket() as connection:
        connection.settimeout(1)
        with suppress(OSError):
            connection.sendall(LIVE.replace(b"/livez", b"/openapi.json") * 2000)

        wait_until(lambda: closed_after(strict, "answer_not_taken"))


@pytest.mark.parametrize("long", [b"GET /livez?%b HTTP/1.1\r\n\r\n", b"GET /livez HTTP/1.1\r\nX: %b\r\n\r\n"])
def test_headers_larger_than_allowed_give_431(strict: Server, long: bytes) -> None:
    assert "8192 bytes" in problem_in(strict.exchange(long % (b"x" * 20_000)), 431)


def test_many_small_headers_are_bounded_together(strict: Server) -> None:
    sent = b"GET /livez HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n"

    problem_in(strict.exchange(sent), 431)


def test_headers_within_the_bound_are_taken(strict: Server) -> None:
    answer = strict.exchange(LAST.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 7000 + b"\r\n\r\n"))

    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("size", [8193, 12_000, 100_000, 10**12])
def test_body_larger_than_allowed_gives_413_however_large(strict: Server, size: int) -> None:
    head = b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size

    answer = strict.exchange(head + b" " * min(size, 100_000))

    assert "8192 bytes" in problem_in(answer, 413)


def test_chunks_without_end_give_413(strict: Server) -> None:
    head = b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = strict.exchange(head + b"400\r\n" + (b" " * 0x400 + b"\r\n400\r\n") * 40)

    problem_in(answer, 413)


def test_more_connections_than_allowed_are_told_to_come_again(strict: Server) -> None:
    with ExitStack() as stack:
        # All that are allowed, each within a request that takes a second.
        for _ in range(20):
            stack.enter_context(strict.socket()).sendall(HEAD)
        refused = strict.exchange(HEAD + BODY)
        alive = strict.exchange(LAST)

    assert "ask again" in problem_in(refused, 503)
    assert b"\r\nretry-after: 1\r\n" in refused
    # Were its probes refused, a busy pod would be killed.
    assert alive.startswith(b"HTTP/1.1 200")
    last = HEAD.replace(b"Host: a", b"Host: a\r\nConnection: close") + BODY
    wait_until(lambda: strict.exchange(last).startswith(b"HTTP/1.1 200"))


def test_pipelined_requests_are_all_answered_in_their_order(server: Server) -> None:
    one = HEAD.replace(b"Host: a", b"Host: a\r\nX-Request-ID: %d")
    sent = b"".join((one % number).replace(b"/api/recommend", path) + BODY for number, path in paths(50))

    answer = server.exchange(sent + LAST)

    ids = [int(part.split(b"\r\n")[0]) for part in answer.split(b"x-request-id: ")[1:51]]
    assert ids == list(range(50))
    assert answer.count(b"HTTP/1.1 200 OK") == 51


def paths(count: int) -> list[tuple[int, bytes]]:
    """Numbers, each with a path that the event loop answers itself or, every third, one that Flask does."""
    return [(number, b"/api/recommend" if number % 3 else b"/api/recommend?") for number in range(count)]


@pytest.mark.parametrize(
    "bad",
    [
        b"FROB\r\n\r\n",
        b"GET /livez\r\n\r\n",
        b"GET /livez HTTP/9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nno colon\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx\r\n",
        # What a proxy before this server may have read in another way.
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /api/recommend HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/recommend HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
@pytest.mark.parametrize("before", [b"", LIVE, LIVE.replace(b"/livez", b"/api/version")])
def test_what_is_not_http_gives_400_after_the_answers_to_what_was(server: Server, before: bytes, bad: bytes) -> None:
    answer = server.exchange(before + bad)

    if before:
        assert answer.startswith(b"HTTP/1.1 200 OK")
        answer = answer[answer.index(b"HTTP/1.1 400") :]
    assert "not HTTP/1.1" in problem_in(answer, 400)
    assert not [line for line in server.lines() if line["level"] in STOPPED]


def test_wish_for_another_protocol_is_passed_over(server: Server) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAA"

    answer = server.exchange(HEAD.replace(b"Host: a", b"Host: a\r\n" + upgrade) + BODY + LAST)

    assert b"Scarborough Fair" in answer
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_client_that_has_said_all_is_answered(server: Server) -> None:
    with server.socket() as connection:
        connection.sendall(HEAD.replace(b"/api/recommend", b"/api/recommend?") + BODY)
        connection.shutdown(1)

        assert b"Scarborough Fair" in everything_from(connection)


def test_body_is_asked_for_where_the_client_waits_for_that(server: Server) -> None:
    with server.socket() as connection:
        connection.sendall(HEAD.replace(b"Host: a", b"Host: a\r\nConnection: close\r\nExpect: 100-continue"))
        asked = connection.recv(65536)
        connection.sendall(BODY)
        answer = everything_from(connection)

    assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_header_with_an_underscore_does_not_pass_for_another(server: Server) -> None:
    answer = server.exchange(LAST.replace(b"Host: a", b"Host: a\r\nX_Request_ID: forged"))

    assert b"forged" not in answer


def test_probes_and_metrics_have_a_port_of_their_own_where_one_is_set(start: Start, publish: Publish) -> None:
    publish()
    server = start("--port", "0", PLAYLIST_METRICS_PORT="0", PLAYLIST_MAX_CONNECTIONS="1")
    operations, public = server.operations_port, server.port
    paths = ("/livez", "/readyz", "/metrics")

    with server.socket():
        # However busy the other port is.
        inside = [server.exchange(LAST.replace(b"/livez", path.encode()), operations) for path in paths]
        wrong = server.exchange(HEAD.replace(b"Host: a", b"Host: a\r\nConnection: close") + BODY, operations)
    drained = command("drain", "0", environ=server.environ | {"PLAYLIST_PORT": str(public)})
    outside = [server.exchange(LAST.replace(b"/livez", path.encode())) for path in paths]

    assert operations != public
    assert [answer[:12] for answer in inside] == [b"HTTP/1.1 200"] * 3
    assert b'route="/livez"' in inside[2]
    assert wrong.startswith(b"HTTP/1.1 404")
    assert drained.returncode == 0
    assert [answer[:12] for answer in outside] == [b"HTTP/1.1 404"] * 3


def test_more_headers_than_allowed_give_431_however_short(server: Server) -> None:
    for count, status in ((98, b"200"), (99, b"431"), (8000, b"431")):
        answer = server.exchange(LAST.replace(b"\r\n\r\n", b"\r\n" + b"a:\r\n" * count + b"\r\n"))
        assert answer.startswith(b"HTTP/1.1 " + status), (count, answer)
    assert problem_in(answer, 431) == "The request has more than 100 headers: send fewer."


def test_white_space_behind_a_header_is_no_part_of_it(server: Server) -> None:
    answer = server.exchange(LAST.replace(b"Host: a", b"Host: a\r\nX-Request-ID: seven \t"))

    assert b"x-request-id: seven\r\n" in answer.lower()


def test_http_1_0_is_told_of_no_body_that_may_be_sent(server: Server) -> None:
    head = HEAD.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: a", b"Host: a\r\nExpect: 100-continue")

    assert server.exchange(head + BODY).startswith(b"HTTP/1.1 200 OK")
