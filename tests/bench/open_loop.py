"""A client that asks at a steady rate, whether or not the answers keep up; a process of its own.

python -m tests.bench.open_loop PORT PATH RATE SECONDS BODIES REPORT; the report is JSON.

A request's latency counts from the moment at which it was due, so that what had to wait behind a slow one counts too.
"""

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16


@dataclass
class Seen:
    """What one connection saw.

    Attributes:
        latencies_ms: of each request that was answered with 200.
        failed: requests that were not.
        first_answers: when the first answer of each model came (monotonic seconds), by model_date.
        seconds: from the first request's due time to the last answer.
    """

    latencies_ms: list[float] = field(default_factory=list)
    failed: int = 0
    first_answers: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What to ask, and when.

    Attributes:
        port: of the server on 127.0.0.1.
        path: to post to.
        rate: requests a second, over all connections.
        seconds: how long.
        bodies: asked in turn.
    """

    port: int
    path: str
    rate: float
    seconds: float
    bodies: list[bytes]


def ask(plan: Plan, started: float, first: int, seen: Seen) -> None:
    """Send every ``CONNECTIONS``-th request of the plan, from ``first`` on, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=30)
    for number in range(first, int(plan.rate * plan.seconds), CONNECTIONS):
        due = started + number / plan.rate
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            connection.request("POST", plan.path, plan.bodies[number % len(plan.bodies)])
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            seen.failed += 1
            continue
        now = time.monotonic()
        if response.status != 200:
            seen.failed += 1
            continue
        seen.latencies_ms.append((now - due) * 1000)
        seen.first_answers.setdefault(answer["model_date"], now)
    connection.close()


def run(plan: Plan) -> Seen:
    """Carry out a plan."""
    parts = [Seen() for _ in range(CONNECTIONS)]
    started = time.monotonic() + 0.2
    threads = [threading.Thread(target=ask, args=(plan, started, first, seen)) for first, seen in enumerate(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Seen(seconds=time.monotonic() - started)
    for part in parts:
        whole.latencies_ms += part.latencies_ms
        whole.failed += part.failed
        for model_date, moment in part.first_answers.items():
            whole.first_answers[model_date] = min(moment, whole.first_answers.get(model_date, moment))
    return whole


def main(port: str, path: str, rate: str, seconds: str, bodies: str, report: str) -> None:
    """Read the plan from the command line, carry it out, write the report."""
    found = run(Plan(int(port), path, float(rate), float(seconds), Path(bodies).read_bytes().splitlines()))
    Path(report).write_text(json.dumps(vars(found)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
