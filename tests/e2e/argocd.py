"""Argo CD: the Application of a repository, and the webhook of a Git host."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass

import requests
from tests.e2e.cluster import Cluster, Object, until
from tests.e2e.repository import Push, Repository, Values

APPLICATION = "playlist-recommender"
_APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"


@dataclass(frozen=True)
class State:
    """What an operator sees of the Application.

    Attributes:
        sync: Synced or OutOfSync.
        health: Healthy, Progressing, Degraded …
        revision: that the cluster was compared with.
        phase: of the last operation: Running, Succeeded, Failed …
        operated: the revision of that operation.
        message: of that operation, with what each hook said.
    """

    sync: str
    health: str
    revision: str
    phase: str
    operated: str
    message: str

    def is_done(self, commit: str) -> bool:
        """Whether a commit is fully there."""
        return (self.sync, self.health, self.phase) == ("Synced", "Healthy", "Succeeded") and (
            self.revision == self.operated == commit
        )

    def has_succeeded(self, commit: str) -> bool:
        """Whether a commit was synced; what Git no longer has and may not be pruned can still be there."""
        return self.phase == "Succeeded" and self.operated == commit

    def has_failed(self, commit: str) -> bool:
        """Whether the sync of a commit was given up."""
        return self.phase in {"Failed", "Error"} and self.operated == commit


class ArgoCD:
    """The Application that follows a repository."""

    def __init__(
        self, cluster: Cluster, repository: Repository, namespace: str, application: str = APPLICATION
    ) -> None:
        """Get ready; namespace and Application are those that application.yaml, or applicationset.yaml, name."""
        self.name = application
        self._cluster = cluster
        self.namespace = namespace
        self.repository = repository

    def bootstrap(self) -> None:
        """Do what argocd/README.md says."""
        # The first version has no file of namespaces.
        namespaces = [self.repository.manifest("namespaces.yaml")] if self.repository.has("namespaces.yaml") else []
        self._cluster.apply(
            *namespaces, self.repository.manifest("project.yaml"), self.repository.manifest("application.yaml")
        )

    def remove(self) -> None:
        """Delete the Application; what it runs stays."""
        self._cluster.kubectl("delete", "application", self.name, "--namespace=argocd", "--ignore-not-found")
        # Argo CD would have taken its finalizer from a hook that still runs; now nobody else does.
        patch = '{"metadata": {"finalizers": null}}'
        for job in self._cluster.items(f"/apis/batch/v1/namespaces/{self.namespace}/jobs"):
            name = job["metadata"]["name"]
            self._cluster.kubectl("patch", "job", name, "--namespace", self.namespace, "--type=merge", "--patch", patch)

    def application(self) -> Object:
        """Return the Application; empty while it is not there."""
        return self._cluster.get(f"{_APPLICATIONS}/{self.name}") or {}

    def state(self) -> State:
        """Return how far it is."""
        status = self.application().get("status", {})
        operation = status.get("operationState", {})
        result = operation.get("syncResult", {})
        hooks = [found.get("message", "") for found in result.get("resources", []) if found.get("hookPhase")]
        return State(
            status.get("sync", {}).get("status", ""),
            status.get("health", {}).get("status", ""),
            status.get("sync", {}).get("revision", ""),
            operation.get("phase", ""),
            result.get("revision", ""),
            " ".join([operation.get("message", ""), *hooks]),
        )

    def push(self, values: Values, *, webhook: bool = True) -> Push:
        """Push an edit, and tell Argo CD as a Git host does; or leave it to its own look."""
        push = self.repository.push(values)
        if webhook:
            self.tell(push)
        return push

    def seen_pods(self) -> dict[str, str]:
        """Return the last line of each pod's log, by pod: what Argo CD's page shows of the Application."""
        tree = self._ask(f"/api/v1/applications/{self.name}/resource-tree").json()
        pods = [node["name"] for node in tree.get("nodes", []) if node["kind"] == "Pod"]
        return {pod: self._log_line(pod) for pod in pods}

    def _log_line(self, pod: str) -> str:
        query = f"podName={pod}&namespace={self.namespace}&tailLines=1"
        answer = self._ask(f"/api/v1/applications/{self.name}/logs?{query}")
        lines = [json.loads(line)["result"] for line in answer.text.splitlines()]
        return next((line["content"] for line in lines if line.get("content")), "")

    def _ask(self, path: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(os.environ["ARGOCD_URL"] + path, timeout=10)
        answer.raise_for_status()
        return answer

    def wait(self, commit: str, timeout_s: float = 120) -> State:
        """Return the state once a commit is fully there."""
        return self._until(commit, "done", timeout_s, State.is_done)

    def wait_failed(self, commit: str, timeout_s: float = 180) -> State:
        """Return the state once the sync of a commit was given up."""
        return self._until(commit, "failed", timeout_s, State.has_failed)

    def _until(self, commit: str, what: str, timeout_s: float, holds: Callable[[State, str], bool]) -> State:
        last: list[State] = []

        def found() -> State | None:
            last[:] = [self.state()]
            return last[0] if holds(last[0], commit) else None

        try:
            return until(f"commit {commit[:7]} {what}", found, timeout_s=timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; the Application: {last}") from None

    def tell(self, push: Push) -> None:
        """Call the webhook, as a Git host does after a push."""
        payload = {
            "ref": "refs/heads/main",
            "before": push.before,
            "after": push.commit,
            "repository": {"html_url": self.repository.url.removesuffix(".git"), "default_branch": "main"},
        }
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{os.environ['ARGOCD_URL']}/api/webhook",
                json=payload,
                headers={"X-GitHub-Event": "push"},
                timeout=10,
            )
        answer.raise_for_status()
