"""Requests like those of users, at a steady rate, while a test changes what answers them."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.e2e.release import Answering

RATE = 120  # requests a second
_INTERVAL_S = 0.25
_CLIENT = Path(sys.executable).with_name("playlist-client")
# One that every data set here knows, and some that only one of them does.
_SONGS = ("Clair de lune", "Made-up Song No. 1", "Closer", "HUMBLE.")
_FLUSHED_S = 15


@dataclass(frozen=True)
class Request:
    """A request and what became of it; times are seconds since 1970.

    Attributes:
        began: when it was due or sent.
        ended: when the last byte of the answer was there, or it failed.
        status: ``200`` for a good answer (checked: status, the three keys and their types) and for nothing else.
        answering: of a good answer.
    """

    began: float
    ended: float
    status: str
    answering: Answering

    @property
    def latency_ms(self) -> float:
        """From when it was due to the last byte."""
        return (self.ended - self.began) * 1000

    @property
    def is_good(self) -> bool:
        """Whether it was answered as promised."""
        return self.status == "200"


@dataclass(frozen=True)
class Latency:
    """Milliseconds, of good answers; zeros without one."""

    p50: float
    p99: float
    max: float

    @classmethod
    def of(cls, requests: Iterable[Request]) -> "Latency":
        """Return the latency of some requests."""
        ordered = sorted(request.latency_ms for request in requests if request.is_good) or [0.0]
        at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99)]
        return cls(*(round(value, 1) for value in (*at, ordered[-1])))


class Load:
    """playlist-client's `watch`: an open loop, half over fresh connections, half over kept, nothing tried twice."""

    def __init__(self, url: str, log: Path, rate: int = RATE) -> None:
        """Start to ask; what becomes of it goes to a file."""
        self._log = log
        self._errors = log.with_suffix(".err").open("w+", encoding="utf-8")
        self._requests: list[Request] = []
        self._offset = 0
        pace = ["--concurrency", str(int(rate * _INTERVAL_S)), "--interval", str(_INTERVAL_S), "--fresh", "0.5"]
        self._process = subprocess.Popen(
            [_CLIENT, "watch", *_SONGS, "--url", url, *pace, "--timeout", "10", "--csv", log, "--json"],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self.rate = rate
        self.started = time.time()

    @property
    def is_running(self) -> bool:
        """Whether it has not been stopped."""
        return self._process.poll() is None

    def stop(self) -> dict[str, Any]:
        """End it; gives the client's own sums."""
        if self.is_running:
            self._process.send_signal(signal.SIGINT)
        output, _ = self._process.communicate(timeout=30)
        self._errors.seek(0)
        said = self._errors.read()
        self._errors.close()
        assert output, f"the client printed no sums: {said[-2000:]}"
        sums: dict[str, Any] = json.loads(output)
        return sums

    def finish(self) -> dict[str, Any]:
        """End it, and insist that every request was sent and answered as promised; gives the client's own sums."""
        sums = self.stop()
        assert sums["requests"] > 0, sums
        assert sums["failed"] == sums["not_sent"] == sums["unanswered"] == 0, sums
        return sums

    def between(self, begin: float, end: float) -> list[Request]:
        """Return the requests that began within a time, once they are all written down."""
        deadline = time.monotonic() + _FLUSHED_S
        while not self._requests or self._requests[-1].began < end:
            assert time.monotonic() < deadline, f"no request of the last {_FLUSHED_S} s was written down"
            assert self.is_running, "the client has ended"
            time.sleep(0.2)
            self._read()
        return [request for request in self._requests if begin <= request.began < end]

    def first_good(self) -> Request:
        """Return the first good answer, once it is there."""
        deadline = time.monotonic() + _FLUSHED_S
        while not (good := [request for request in self._requests if request.is_good]):
            assert time.monotonic() < deadline, f"no good answer within {_FLUSHED_S} s"
            time.sleep(0.2)
            self._read()
        return good[0]

    def _read(self) -> None:
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._offset)
            new = file.read()
        # What was flushed may end anywhere in a line.
        whole, line_end, _ = new.rpartition(b"\r\n")
        lines = whole.decode().splitlines()
        self._requests += map(_request, csv.reader(lines if self._offset else lines[1:]))
        self._offset += len(whole) + len(line_end)


def _request(row: Sequence[str]) -> Request:
    began = datetime.fromisoformat(row[0]).timestamp()
    return Request(began, began + float(row[2]) / 1000, row[1], Answering(row[3], row[4]))
