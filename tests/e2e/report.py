"""python -m tests.e2e.report: writes what the last full run saw to docs/measurements.md."""

from collections.abc import Sequence

from tests.bench.report import table
from tests.e2e.edits import Seen
from tests.e2e.results import Fact, Fault, Result

NOTHING = "–"


def closing_table(found: Sequence[Result]) -> str:
    """Give everything that a run saw, as text."""
    parts = [_seen_table(found), _fault_table(found), _fact_table(found)]
    return "\n\n".join(part for part in parts if part) or "nothing was measured"


def _seen_table(found: Sequence[Result]) -> str:
    rows = [
        (
            f"{seen.what}, by {seen.way}",
            *map(_seconds, (seen.first_s, seen.live_s, seen.settled_s, seen.training_s)),
            f"{seen.requests:,}",
            seen.failed,
            seen.stale,
            *(
                "/".join(f"{value:.0f}" for value in (part.p50, part.p99, part.max))
                for part in (seen.before, seen.during, seen.after)
            ),
        )
        for seen in found
        if isinstance(seen, Seen)
    ]
    header = ["change", "first, s", "live, s", "settled, s", "training, s", "requests", "failed", "stale"]
    return table([*header, "before", "during", "after: p50/p99/max ms"], rows) if rows else ""


def _fault_table(found: Sequence[Result]) -> str:
    rows = [
        (
            fault.what,
            fault.noticed,
            _seconds(fault.failed_s),
            _seconds(fault.recovered_s),
            f"{fault.requests:,}",
            fault.failed,
        )
        for fault in found
        if isinstance(fault, Fault)
    ]
    header = ["fault", "seen at", "failed after, s", "well again after, s", "requests", "failed"]
    return table(header, rows) if rows else ""


def _fact_table(found: Sequence[Result]) -> str:
    rows = [(fact.what, fact.found) for fact in found if isinstance(fact, Fact)]
    return table(["besides", "found"], rows) if rows else ""


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"
