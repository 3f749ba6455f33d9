"""A client that asks small things at a steady rate and notes how long each took; a process of its own.

python -m tests.bench.probe PORT RATE SECONDS BODIES REPORT; the report is JSON: latencies in ms, by what was asked.

A latency counts from the moment at which the request was due, so that what had to wait behind a slow one counts too.
"""

import http.client
import json
import sys
import time
from pathlib import Path

LIVE, SMALL = "/livez", "three songs"


def ask(connection: http.client.HTTPConnection, what: str, body: bytes) -> None:
    """Ask once; any other answer than 200 raises HTTPException."""
    if what == LIVE:
        connection.request("GET", "/livez")
    else:
        connection.request("POST", "/api/recommend", body)
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise http.client.HTTPException(f"{what}: status {response.status}")


def main(port: str, rate: str, seconds: str, bodies: str, report: str) -> None:
    """Ask by turns, over one connection for each kind; write the report."""
    asked = Path(bodies).read_bytes().splitlines()
    connections = {what: http.client.HTTPConnection("127.0.0.1", int(port), timeout=30) for what in (LIVE, SMALL)}
    latencies_ms: dict[str, list[float]] = {what: [] for what in connections}
    began = time.monotonic()
    for number in range(int(float(rate) * float(seconds))):
        due = began + number / float(rate)
        time.sleep(max(0.0, due - time.monotonic()))
        what = (LIVE, SMALL)[number % 2]
        ask(connections[what], what, asked[number // 2 % len(asked)])
        latencies_ms[what].append((time.monotonic() - due) * 1000)
    Path(report).write_text(json.dumps(latencies_ms), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
