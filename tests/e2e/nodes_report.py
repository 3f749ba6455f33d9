"""What a run on three nodes says beside the first version, whose pods all ran where the one volume was."""

from collections.abc import Sequence

from tests.bench.report import Aim, aims, table
from tests.e2e.edits import Seen
from tests.e2e.results import Fault, Result

STORE, SHARED, ONE_NODE = "object store", "shared volume", "one node's volume"
ELSEWHERE_S = 60.0
_EXPLAINED = """\
Three nodes, which are three kubelets of one machine; three replicas; the load, the seconds and the columns are those \
of the section before. A lost node's kubelet and containers end at once; the cluster calls it NotReady after 20 s, and \
until then its pods are endpoints that refuse connections. *well again after* counts from NotReady to three ready pods \
on the other nodes. The first version was measured the same way on the same machine."""
# Measured with the first version: what, by place; failed of sent, or what happened.
_BEFORE = {
    (ONE_NODE, "drained"): "5,108 of 7,964",
    (ONE_NODE, "lost"): "all, for good",
    (SHARED, "drained"): "0",
    (SHARED, "lost"): "1,634 of 22,477",
}


def parts(found: Sequence[Result]) -> list[str]:
    """Return the section's parts but the tables of everything."""
    return [_EXPLAINED, _compared(found), _side_by_side(found), aims(_aims(found))]


def _compared(found: Sequence[Result]) -> str:
    faults = [result for result in found if isinstance(result, Fault)]
    rows = []
    for what in ("drained", "lost"):
        here = [_counts(_of(faults, place, what)) for place in (STORE, SHARED)]
        rows.append((f"a node is {what}", _BEFORE[ONE_NODE, what], _BEFORE[SHARED, what], *here))
    header = ["failed requests", "first version, its volume", "first version, shared", STORE, SHARED]
    return table(header, rows)


def _side_by_side(found: Sequence[Result]) -> str:
    """Compare edits at each place: the longest answer and p99, ms."""
    seen = [result for result in found if isinstance(result, Seen)]
    edits = list(dict.fromkeys(result.what.partition(": ")[2] for result in seen))
    by_what = {result.what: result for result in seen}
    rows = [(edit, *(_edit(by_what.get(f"{place}: {edit}")) for place in (STORE, SHARED, ONE_NODE))) for edit in edits]
    return table(["live, s · p99, ms", STORE, SHARED, ONE_NODE], rows) if rows else ""


def _edit(seen: Seen | None) -> str:
    if seen is None:
        return "–"
    live = "–" if seen.live_s is None else f"{seen.live_s:.1f}"
    return f"{live} · {seen.during.p99:.0f}"


def _aims(found: Sequence[Result]) -> list[Aim]:
    seen = [result for result in found if isinstance(result, Seen)]
    faults = [result for result in found if isinstance(result, Fault)]
    unharmed: list[Seen | Fault] = [*seen, *(fault for fault in faults if " is lost" not in fault.what)]
    lost = [fault for fault in faults if " is lost" in fault.what]
    failed, sent = sum(each.failed for each in unharmed), sum(each.requests for each in unharmed)
    elsewhere = max((fault.recovered_s or 0.0 for fault in lost), default=0.0)
    here, there = _p99_ms(seen, STORE), _p99_ms(seen, ONE_NODE)
    return [
        Aim(
            "answers during edits at most a quarter slower than on one node's volume",
            f"p99 {here:.0f} ms, there {there:.0f} ms",
            0 < here <= there * 1.25,
        ),
        Aim("no failed request but while a node is lost", f"{failed} of {sent:,}", failed == 0),
        Aim(
            f"three ready pods elsewhere within {ELSEWHERE_S:.0f} s of NotReady",
            f"{elsewhere:.1f} s at most",
            0 < elsewhere <= ELSEWHERE_S,
        ),
    ]


def _p99_ms(seen: Sequence[Seen], place: str) -> float:
    """Return the middle one of the edits' p99 at a place; 0 where nothing was edited."""
    found = sorted(result.during.p99 for result in seen if result.what.startswith(f"{place}: "))
    return found[len(found) // 2] if found else 0.0


def _of(faults: Sequence[Fault], place: str, what: str) -> list[Fault]:
    return [fault for fault in faults if fault.what.startswith(f"{place}: ") and fault.what.endswith(f" is {what}")]


def _counts(faults: Sequence[Fault]) -> str:
    failed, sent = sum(fault.failed for fault in faults), sum(fault.requests for fault in faults)
    return f"{failed:,} of {sent:,}" if faults else "–"
