"""python -m tests.e2e.report: writes what the last `make e2e` saw to docs/measurements.md; with NODES, on nodes."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.bench.report import Aim, Section, aims, replace_section, table
from tests.e2e import nodes_report, results
from tests.e2e.cluster import ROOT
from tests.e2e.edits import Seen
from tests.e2e.load import Latency
from tests.e2e.results import Fact, Fault, Result

R = TypeVar("R", Seen, Fault, Fact)
_DOCUMENT = ROOT / "docs" / "measurements.md"
_NONE = "–"
FULL_SIZE = "dataset.url: the assignment's full size"
# What five reports of the assignment give for themselves.
_REPORTED = (
    ("replicas changed → the last pod ready", "10–15 s to 3 min 42 s", "api.replicas: 2 → 5"),
    ("new code pushed → answering", "27 s to 5 min", "api.image.tag"),
    ("new dataset pushed → answering from its model", "1 to 15 min", FULL_SIZE),
)
_WAYS = ("webhook", "polling")
_LIVE_WITHIN_S = {
    "api.replicas: 2 → 5": 5.0,
    "api.image.tag": 10.0,
    FULL_SIZE: 10.0,
}
# Under three times the load of all others.
AUTOSCALED = "training.minSupport, while autoscaled"
IDLE = "a training that finds nothing to do, its container's time"
GOOD_AFTER_BAD = "a good dataset pushed right after a bad one, by webhook, until only its model answers"
_WITHIN_S = {IDLE: 3.0, GOOD_AFTER_BAD: 12.0}


def main() -> int:
    """Write the section; give the exit code."""
    found = results.noted()
    if results.ON_NODES:
        section = Section(
            "On three nodes: drained, lost and given back", [*nodes_report.parts(found), closing_table(found)]
        )
        command = "make e2e NODES=3, make e2e-report NODES=3"
        replace_section(_DOCUMENT, "nodes", section.markdown(command), ["cluster", "nodes"])
        return 0
    if not any(isinstance(result, Seen) and result.way == "polling" for result in found):
        print(f"{results.FILE} holds no full run: `make e2e` first", file=sys.stderr)
        return 1
    parts = [_EXPLAINED, _compared(found), aims(_aims(found)), closing_table(found)]
    section = Section("On a cluster: from `git push` to live, under load", parts)
    replace_section(_DOCUMENT, "cluster", section.markdown("make e2e, make e2e-report"), ["cluster"])
    return 0


_EXPLAINED = """\
One node that is also the load's machine and runs the whole control plane; Argo CD 3.2, which looks at Git every 10 s \
where no webhook tells it. 120 requests a second all the time (three times as many *while autoscaled*), half over \
fresh connections, none retried, each answer checked. Seconds count from the start of `git push` (or of the helm \
command): *first* until the first changed answer, or the first pod more; *live* until the last answer of before, or \
all pods ready; *settled* until Synced and Healthy. *training* is the Job from its start to its end. *stale* are \
answers of before to requests that began when every pod had already changed. Latency is p50 / p99 / longest in ms, \
in the 3 s before, until settled, and the 3 s after."""


def closing_table(found: Sequence[Result]) -> str:
    """Return everything that a run saw, as text."""
    parts = [_seen_table(found), _fault_table(found), _fact_table(found)]
    return "\n\n".join(part for part in parts if part) or "nothing was measured"


def _compared(found: Sequence[Result]) -> str:
    seen = {(result.what, result.way): result for result in found if isinstance(result, Seen)}
    rows: list[tuple[str, ...]] = [
        (what, reported, _live(seen.get((key, "webhook"))), _live(seen.get((key, "polling"))))
        for what, reported, key in _REPORTED
    ]
    full = [seen.get((FULL_SIZE, way)) for way in _WAYS]
    reloads = [f"{_seconds(each.reload_s)} s" if each else _NONE for each in full]
    rows.append(("new model published → loaded", "up to 10 min", *reloads))
    usual = [result for result in seen.values() if result.what != AUTOSCALED]
    longest = [max((result.during.max for result in usual if result.way == way), default=0) for way in _WAYS]
    rows.append(("longest answer during an update", "spikes of 600 ms", *(f"{value:.0f} ms" for value in longest)))
    return table(["", "the five reports", "here, webhook", "here, polling"], rows)


def _live(seen: Seen | None) -> str:
    return f"{_seconds(seen.live_s)} s" if seen else _NONE


def _aims(found: Sequence[Result]) -> list[Aim]:
    seen = {result.what: result for result in found if isinstance(result, Seen) and result.way == "webhook"}
    lost = sum(result.failed for result in found if isinstance(result, Seen | Fault))
    sent = sum(result.requests for result in found if isinstance(result, Seen | Fault))
    times = [
        Aim(f"{what}, live within {limit:.0f} s by webhook", f"{_live(seen[what])}", (seen[what].live_s or 0) <= limit)
        for what, limit in _LIVE_WITHIN_S.items()
        if what in seen
    ]
    facts = [
        Aim(f"{fact.what}, at most {limit:.0f} s", f"{fact.seconds:.1f} s", fact.seconds <= limit)
        for fact in found
        if isinstance(fact, Fact) and fact.seconds is not None and (limit := _WITHIN_S.get(fact.what))
    ]
    return [Aim("no failed request", f"{lost} of {sent:,}", lost == 0), *times, *facts]


def _seen_table(found: Sequence[Result]) -> str:
    header = ["change", "first, s", "live, s", "settled, s", "training, s", "requests", "failed", "stale"]
    header += ["before, ms", "during, ms", "after, ms"]
    return _table(found, Seen, header, _seen_row)


def _seen_row(seen: Seen) -> Sequence[object]:
    times = (seen.first_s, seen.live_s, seen.settled_s, seen.training_s)
    latencies = map(_latency, (seen.before, seen.during, seen.after))
    counts = (f"{seen.requests:,}", seen.failed, seen.stale)
    return (f"{seen.what}, by {seen.way}", *map(_seconds, times), *counts, *latencies)


def _fault_table(found: Sequence[Result]) -> str:
    header = ["fault", "seen at", "failed after, s", "well again after, s", "requests", "failed"]
    return _table(found, Fault, header, _fault_row)


def _fault_row(fault: Fault) -> Sequence[object]:
    times = (_seconds(fault.failed_s), _seconds(fault.recovered_s))
    return (fault.what, fault.noticed, *times, f"{fault.requests:,}", fault.failed)


def _fact_table(found: Sequence[Result]) -> str:
    return _table(found, Fact, ["besides", "found"], lambda fact: (fact.what, fact.found))


def _table(found: Sequence[Result], kind: type[R], header: Sequence[str], row: Callable[[R], Sequence[object]]) -> str:
    rows = [row(result) for result in found if isinstance(result, kind)]
    return table(header, rows) if rows else ""


def _latency(latency: Latency) -> str:
    return " / ".join(f"{value:.0f}" for value in (latency.p50, latency.p99, latency.max))


def _seconds(value: float | None) -> str:
    return _NONE if value is None else f"{value:.1f}"


if __name__ == "__main__":
    sys.exit(main())
