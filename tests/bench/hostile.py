"""Clients that are slow, silent or mad, all of one kind; a process of its own: python -m tests.bench.hostile PORT KIND.

Says "ready" on standard output once all of them are there, then goes on until its standard input ends.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count

_BODY = json.dumps({"songs": ["a", "b", "c"]}).encode()
_LINE = b"POST /api/recommend HTTP/1.1\r\nHost: a\r\n"
_HEAD = _LINE + b"Content-Length: %d\r\n\r\n"
_LIVE = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
_GARBAGE_BYTES_PER_S = 20_000_000

Act = Callable[[int], None]


def _connected(port: int, sent: bytes = b"", receive_bytes: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(5)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


class _Crowd:
    """So many connections at a time: what the server closes is opened again."""

    def __init__(self, port: int, openings: list[bytes], then: Callable[[socket.socket], None] | None = None) -> None:
        self._port = port
        self._openings = openings
        self._then = then
        self._connections = [self._opened(number) for number in range(len(openings))]

    def _opened(self, number: int) -> socket.socket:
        connection = _connected(self._port, self._openings[number])
        if self._then:
            self._then(connection)
        return connection

    def turn(self, sent: bytes = b"") -> None:
        """Send each of them a few bytes; open those again that the server has closed."""
        for number, connection in enumerate(self._connections):
            try:
                if sent:
                    connection.sendall(sent)
                elif _is_over(connection):
                    raise ConnectionResetError
            except OSError:
                connection.close()
                self._connections[number] = self._opened(number)


def _is_over(connection: socket.socket) -> bool:
    """Tell whether the server has closed a connection; what it answered is read."""
    connection.setblocking(False)
    try:
        while found := connection.recv(65536):
            del found
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(5)
    return True


def _slow(port: int) -> Act:
    openings = [_LINE + b"X-Long: "] * 100 + [_HEAD % 5000] * 100
    crowd = _Crowd(port, openings)

    def act(_number: int) -> None:
        crowd.turn(b" ")
        time.sleep(2)

    return act


def _never_reading(port: int) -> Act:
    def silent() -> socket.socket:
        connection = _connected(port, receive_bytes=2048)
        connection.settimeout(0.02)
        with suppress(OSError):  # the server soon takes no more, or cuts it
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 300)
        return connection

    connections = [silent() for _ in range(50)]

    def act(number: int) -> None:
        # In turn, one after the other: each has long been cut when it comes again.
        connections[number % 50].close()
        connections[number % 50] = silent()
        time.sleep(0.2)

    return act


def _half_closed(port: int) -> Act:
    crowd = _Crowd(port, [_HEAD % len(_BODY) + _BODY[:5]] * 50, lambda each: each.shutdown(socket.SHUT_WR))

    def act(_number: int) -> None:
        crowd.turn()
        time.sleep(0.5)

    return act


def _idle(port: int) -> Act:
    # Idle from their first answer on.
    crowd = _Crowd(port, [_LIVE] * 1000, lambda each: each.recv(65536))

    def act(_number: int) -> None:
        time.sleep(1)
        crowd.turn()

    return act


def _garbage(port: int) -> Act:
    chunk = os.urandom(2**20).replace(b"\n", b"x")

    def act(_number: int) -> None:
        started = time.monotonic()
        with suppress(OSError), _connected(port) as connection:  # the server closes it, as it should
            connection.sendall(chunk)
        time.sleep(max(0.0, len(chunk) / _GARBAGE_BYTES_PER_S - (time.monotonic() - started)))

    return act


def _cut(port: int) -> Act:
    body = b"5\r\n" + _BODY[:5] + b"\r\n%x\r\n" % (len(_BODY) - 5) + _BODY[5:] + b"\r\n0\r\n\r\n"
    whole = _LINE + b"Transfer-Encoding: chunked\r\n\r\n" + body

    def act(number: int) -> None:
        with suppress(OSError), _connected(port, whole[: 1 + number % (len(whole) - 1)]):
            time.sleep(0.005)

    return act


def _pipelined(port: int) -> Act:
    def act(_number: int) -> None:
        with suppress(OSError), _connected(port, _LIVE * 20) as connection:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        time.sleep(0.1)

    return act


def _bad_lines(port: int) -> Act:
    lines = (
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"POST  /livez HTTP/9\r\n\r\n",
        b"GET / HTTP/1.1\r\n: \r\n\r\n",
    )

    def act(number: int) -> None:
        with suppress(OSError), _connected(port, lines[number % len(lines)]) as connection:
            connection.recv(65536)
        time.sleep(0.005)

    return act


KINDS: dict[str, Callable[[int], Act]] = {
    "200 slow clients, half in the headers": _slow,
    "50 clients that never read": _never_reading,
    "50 half-closed connections": _half_closed,
    "1,000 idle connections": _idle,
    "20 MB/s of garbage": _garbage,
    "chunked bodies cut anywhere": _cut,
    "20 pipelined requests, ten times a second": _pipelined,
    "bad request lines, 200 a second": _bad_lines,
}


def main(port: str, kind: str) -> None:
    """Be all clients of a kind."""
    act = KINDS[kind](int(port))

    def go_on() -> None:
        for number in count():
            act(number)

    threading.Thread(target=go_on, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
