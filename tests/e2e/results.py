"""What the tests saw, kept in a file for the table at the end of a run and for docs/measurements.md."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.cluster import ROOT
from tests.e2e.edits import Seen
from tests.e2e.load import Latency

# A run on several nodes keeps what it saw apart: each is a section of its own in docs/measurements.md.
ON_NODES = "NODES" in os.environ
FILE = ROOT / ".e2e" / ("nodes.jsonl" if ON_NODES else "results.jsonl")

_begun: list[Path] = []


@dataclass(frozen=True)
class Fault:
    """What a fault did.

    Attributes:
        what: went wrong.
        noticed: where it was to be seen, and in which words.
        failed_s: from the push to the operation's end; None where no operation fails.
        recovered_s: from the next good push to all being well; None where nobody had to push.
        requests: sent meanwhile.
        failed: of them.
    """

    what: str
    noticed: str
    failed_s: float | None
    recovered_s: float | None
    requests: int
    failed: int


@dataclass(frozen=True)
class Fact:
    """Something else that was measured, in words, and as seconds if it is some."""

    what: str
    found: str
    seconds: float | None = None


Result = Seen | Fault | Fact
_KINDS: Mapping[str, type[Result]] = {"Seen": Seen, "Fault": Fault, "Fact": Fact}


def begin(*, add: bool) -> None:
    """Forget the last run, or keep what this one does not see anew."""
    FILE.parent.mkdir(exist_ok=True)
    if not add:
        FILE.write_text("", encoding="utf-8")
    _begun.append(FILE)


def is_begun() -> bool:
    """Whether this process keeps results."""
    return bool(_begun)


def note(result: Result) -> None:
    """Keep a result, and print it."""
    content = asdict(result)
    print(f"  {result}", flush=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"kind": type(result).__name__, **content}, ensure_ascii=False) + "\n")


def noted() -> list[Result]:
    """Return the results of the last run in their order; of what was seen twice, the last."""
    if not FILE.exists():
        return []
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return list({(row["kind"], row["what"], row.get("way")): _result(dict(row)) for row in rows}.values())


def _result(row: dict[str, object]) -> Result:
    kind = _KINDS[str(row.pop("kind"))]
    latencies = {key: Latency(**value) for key, value in row.items() if isinstance(value, dict)}
    return kind(**(row | latencies))  # type: ignore[arg-type]
