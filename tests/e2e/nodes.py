"""Nodes that are drained, lost and given back."""

import os
import shlex
from collections import Counter

from tests.e2e import results
from tests.e2e.cluster import Cluster, Object, run, until
from tests.e2e.load import Request
from tests.e2e.release import Release


class Nodes:
    """The nodes of the cluster; NODE_CRASH and NODE_REVIVE are commands that take a node's name."""

    def __init__(self, cluster: Cluster) -> None:
        """Get ready."""
        self._cluster = cluster

    def ready(self) -> list[str]:
        """Return the names of the nodes that are ready, the control plane's first."""
        return sorted(node["metadata"]["name"] for node in self._cluster.items("/api/v1/nodes") if _is_ready(node))

    def one_to_lose(self, but: str) -> str:
        """Return a node that the cluster can do without, and that is not another one."""
        return next(node for node in reversed(self.ready()[1:]) if node != but)

    def drain(self, node: str) -> None:
        """Drain a node, as its administrator does; the server of datasets stays, for it keeps them in memory."""
        words = ("--ignore-daemonsets", "--delete-emptydir-data", "--pod-selector=app!=datasets", "--timeout=120s")
        self._cluster.kubectl("drain", node, *words, timeout_s=150)

    def uncordon(self, node: str) -> None:
        """Let pods come back."""
        self._cluster.kubectl("uncordon", node)

    def crash(self, node: str) -> None:
        """Let a node end as by a power cut."""
        run([*shlex.split(os.environ["NODE_CRASH"]), node])

    def revive(self, node: str) -> None:
        """Start a node again, and wait for it."""
        run([*shlex.split(os.environ["NODE_REVIVE"]), node])
        until(f"{node} is ready again", lambda: node in self.ready(), timeout_s=90)

    def until_lost(self, node: str) -> None:
        """Wait until the cluster has noticed that a node is lost."""
        until(f"{node} is not ready", lambda: node not in self.ready(), timeout_s=90)

    @staticmethod
    def of(release: Release) -> Counter[str]:
        """Return how many ready pods of the API each node runs."""
        pods = [pod for pod in release.pods() if "deletionTimestamp" not in pod["metadata"]]
        return Counter(pod["spec"]["nodeName"] for pod in pods if _is_ready(pod))


def _is_ready(found: Object) -> bool:
    conditions = found.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def note_loss(what: str, began: float, noticed: float, recovered: float, requests: list[Request]) -> None:
    """Keep what the loss of a node did to requests, in the report."""
    failed = [request for request in requests if not request.is_good]
    last = max((f"the last {request.began - began:.1f} s after the crash" for request in failed[-1:]), default="none")
    words = f"NotReady after {noticed - began:.1f} s; failed requests: {last}"
    results.note(results.Fault(what, words, None, round(recovered - noticed, 1), len(requests), len(failed)))
