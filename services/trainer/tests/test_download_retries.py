import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import DownloadLimits, download
from playlist_trainer.errors import DatasetError, DatasetUnavailableError

from .http_origin import BODY, BUSY, OK, ONCE, QUICK, Answer, Origin, left_in


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "answered 400 (bad request), expected 200: check dataset.url / PLAYLIST_DATASET_URL"),
        (401, "answered 401 (unauthorized), expected 200: check the credentials in dataset.headers"),
        (403, "answered 403 (forbidden), expected 200: check the credentials"),
        (404, "answered 404 (not found), expected 200: check dataset.url / PLAYLIST_DATASET_URL"),
        (410, "answered 410 (gone), expected 200: check dataset.url / PLAYLIST_DATASET_URL"),
        (416, "answered 416 (requested range not satisfiable), expected 200"),
        (499, "answered 499, expected 200"),
        (204, "answered 204 (no content), expected 200"),
        (206, "answered 206 (partial content), expected 200"),
        (300, "answered 300 (multiple choices), expected 200"),
    ],
)
def test_answer_that_stays_wrong_is_not_asked_for_again(origin: Origin, into: Path, status: int, sentence: str) -> None:
    url = origin.script("/x.csv", Answer(status))

    with pytest.raises(DatasetError, match=re.escape(f"{url} {sentence}")) as raised:
        download(url, into, limits=QUICK)

    assert raised.value.exit_code == 64
    assert len(origin.requests) == 1
    assert left_in(into) == []


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_answer_that_may_pass_is_asked_for_again(origin: Origin, into: Path, status: int) -> None:
    url = origin.script("/x.csv", Answer(status), Answer(status), OK)

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert len(origin.requests) == 3


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_attempts_end_after_the_retries(origin: Origin, into: Path, retries: int) -> None:
    url = origin.script("/x.csv", BUSY)
    sentence = f"{url} answered 503 (service unavailable), expected 200: try again later (attempt {retries + 1} of "

    with pytest.raises(DatasetUnavailableError, match=re.escape(sentence)) as raised:
        download(url, into, limits=replace(QUICK, retries=retries))

    assert raised.value.exit_code == 1
    assert len(origin.requests) == retries + 1
    assert left_in(into) == []


def test_waits_double_up_to_the_longest() -> None:
    limits = DownloadLimits()

    assert [limits.wait_s(attempt, 0) for attempt in (1, 2, 3, 9)] == [0.5, 1, 2, 5]
    assert [limits.wait_s(1, retry_after_s) for retry_after_s in (0.1, 3, 3600)] == [0.5, 3, 5]


@pytest.mark.parametrize("retry_after", ["60", "Fri, 31 Dec 2999 23:59:59 GMT", "Fri, 31 Dec 2999 23:59:59 -0000"])
def test_retry_after_is_waited_for_but_not_beyond_the_longest_wait(
    origin: Origin, into: Path, retry_after: str
) -> None:
    url = origin.script("/x.csv", Answer(503, {"Retry-After": retry_after}), OK)
    began = time.monotonic()

    download(url, into, limits=QUICK)

    assert 0.2 <= time.monotonic() - began < 30


@pytest.mark.parametrize(
    "retry_after", ["soon", "-1", "", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT", pytest.param("9" * 5000, id="huge")]
)
def test_retry_after_that_says_nothing_is_ignored(origin: Origin, into: Path, retry_after: str) -> None:
    url = origin.script("/x.csv", Answer(503, {"Retry-After": retry_after}), OK)
    began = time.monotonic()

    download(url, into, limits=replace(QUICK, max_wait_s=60))

    assert time.monotonic() - began < 30


def test_retries_are_logged_with_their_reason(origin: Origin, into: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = origin.script("/x.csv", BUSY, OK)

    with caplog.at_level(logging.INFO, "playlist_trainer"):
        download(url, into, limits=QUICK)

    assert caplog.messages[0] == (
        f"attempt 1 of 3 failed, next one in 0.0 s: {url} answered 503 (service unavailable), expected 200: "
        "try again later"
    )
    assert caplog.messages[1].startswith(f"downloaded {url}: {len(BODY)} bytes in ")


def test_silent_server_is_left_after_the_read_timeout(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(silent_s=30))
    began = time.monotonic()

    with pytest.raises(DatasetUnavailableError, match=f"^{url} was silent for too long: try again later"):
        download(url, into, limits=replace(QUICK, read_timeout_s=0.1))

    assert time.monotonic() - began < 20
    assert len(origin.requests) == 3


def test_server_that_falls_silent_within_the_body_is_left_after_the_read_timeout(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(body=BODY, trickle_s=30))

    with pytest.raises(DatasetUnavailableError, match=f"after 1 of {len(BODY)} bytes, was silent for too long"):
        download(url, into, limits=replace(ONCE, read_timeout_s=0.5))

    assert left_in(into) == []


@pytest.mark.parametrize("chunked", [False, True])
def test_transfer_that_trickles_ends_at_the_deadline(origin: Origin, into: Path, chunked: bool) -> None:
    url = origin.script("/x.csv", Answer(body=bytes(1000), trickle_s=0.02, chunked=chunked))
    began = time.monotonic()

    with pytest.raises(DatasetUnavailableError, match=r"\(given up: 0\.3 s are over\)$"):
        download(url, into, limits=replace(QUICK, deadline_s=0.3))

    assert 0.3 <= time.monotonic() - began < 20
    assert len(origin.requests) == 1
    assert left_in(into) == []


def test_deadline_ends_the_attempts(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(503, {"Retry-After": "60"}))
    began = time.monotonic()

    with pytest.raises(DatasetUnavailableError, match=r"given up: 0\.5 s are over"):
        download(url, into, limits=replace(QUICK, retries=1000, deadline_s=0.5))

    assert time.monotonic() - began < 20


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that a further one is neither taken nor refused."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(20):
            client = stack.enter_context(socket.socket())
            client.settimeout(0.1)
            try:
                client.connect(listener.getsockname())
            except TimeoutError:
                yield listener.getsockname()[1]
                return
        pytest.skip("this system's queue of connections does not fill up")


def test_connection_that_is_not_taken_is_left_after_the_connect_timeout(full_port: int, into: Path) -> None:
    url = f"http://127.0.0.1:{full_port}/x.csv"

    with pytest.raises(DatasetUnavailableError, match=f"^{url} did not take the connection in time: "):
        download(url, into, limits=replace(ONCE, connect_timeout_s=0.2))


def test_refused_connection_may_pass(into: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/x.csv"

        with pytest.raises(DatasetUnavailableError, match=rf"^{url} refused the connection: .*\(attempt 3 of 3\)$"):
            download(url, into, limits=QUICK)


def test_host_that_does_not_resolve_may_pass(into: Path) -> None:
    # A scope that no interface has: the resolver says no without asking the network.
    with pytest.raises(DatasetUnavailableError, match="has a host name that did not resolve: try again later, or"):
        download("http://[fe80::1%25nosuchif]/x.csv", into, limits=QUICK)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
    ],
    ids=["nothing", "not HTTP", "two lengths", "no chunk length", "long header", "many headers", "status"],
)
def test_broken_answer_may_pass(origin: Origin, into: Path, raw: bytes) -> None:
    url = origin.script("/x.csv", Answer(raw=raw))

    with pytest.raises(DatasetUnavailableError, match=rf"^{url}.* broke off the connection: .*\(attempt 3 of 3\)$"):
        download(url, into, limits=QUICK)

    assert left_in(into) == []
