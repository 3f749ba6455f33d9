"""Load by wrk, from a processor of its own."""

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.processes import MeasurementError
from tests.bench.servers import Server, processors

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What wrk saw of one server for a while, and the processor time that the server took for it."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failed: int
    processor_seconds: float = 0.0

    @property
    def rate_of_processor(self) -> float:
        """Requests answered in a second of the server's processor time: the rate, had it the processor to itself."""
        return self.requests / self.processor_seconds

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds


def loaded(server: Server, bodies: Path, seconds: int) -> Load:
    """Load a server: a short while to warm it up, then as long as it counts."""
    _wrk(server, bodies, 1)
    before = server.processor_seconds()
    found = _wrk(server, bodies, seconds)
    found = replace(found, processor_seconds=server.processor_seconds() - before)
    if found.failed:
        raise MeasurementError(f"{found.failed} of {found.requests} requests to {server.url} failed")
    return found


def _wrk(server: Server, bodies: Path, seconds: int) -> Load:
    command = ["taskset", "--cpu-list", processors()[1], "wrk", "--threads", "1", "--connections", str(CONNECTIONS)]
    command += [
        "--duration",
        f"{seconds}s",
        "--timeout",
        "60s",
        "--script",
        str(_SCRIPT),
        server.url,
        "--",
        str(bodies),
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 90, check=True).stdout
    return Load(**json.loads(told.splitlines()[-1]))
