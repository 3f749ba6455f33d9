"""One installation of the chart, seen from inside the cluster."""

from dataclasses import dataclass
from typing import NamedTuple

from tests.e2e.cluster import Cluster, Object, seconds_between, until

NAME = "recommender"
FULL_NAME = f"{NAME}-playlist-recommender"
_COMPONENT = "app.kubernetes.io/component"
_INSTANCE = f"app.kubernetes.io/instance={NAME}"


class Answering(NamedTuple):
    """Which code answers, and from which model; empty texts for a pod that can't say."""

    version: str
    model_date: str


@dataclass(frozen=True)
class Training:
    """A Job that trains or trained.

    Attributes:
        name: of the Job.
        uid: of the Job, other for each.
        is_complete: it ended well.
        is_failed: it ended badly.
        seconds: from its start to its end, which Kubernetes gives in whole seconds; None while it runs.
    """

    name: str
    uid: str
    is_complete: bool
    is_failed: bool
    seconds: float | None

    @property
    def is_over(self) -> bool:
        """Whether it ended."""
        return self.is_complete or self.is_failed


class Release:
    """The objects of one installation, and what its pods say of themselves."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        """Get ready; the installation may come later."""
        self.cluster = cluster
        self.namespace = namespace
        self._core = f"/api/v1/namespaces/{namespace}"

    def pods(self, component: str = "api") -> list[Object]:
        """Return the pods that exist, those that are ending included."""
        pods = self.cluster.items(f"{self._core}/pods", f"{_INSTANCE},{_COMPONENT}={component}")
        return [pod for pod in pods if pod["status"]["phase"] not in {"Succeeded", "Failed"} or component != "api"]

    def ready(self) -> int:
        """Return how many pods the Service leads to."""
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.namespace}/endpointslices"
        slices = self.cluster.items(path, f"kubernetes.io/service-name={FULL_NAME}-api")
        endpoints = [endpoint for found in slices for endpoint in found.get("endpoints") or []]
        return sum(bool(endpoint["conditions"].get("ready")) for endpoint in endpoints)

    def said(self, pod: Object) -> Object:
        """Return what a pod answers at /api/version, asked past the Service; empty if it does not answer."""
        return self.cluster.ask_pod(self.namespace, pod["metadata"]["name"], "/api/version") or {}

    def datasets(self) -> set[str]:
        """Return the URLs of what the pods' models were learned from."""
        return {(self.said(pod).get("dataset") or {}).get("url", "") for pod in self.pods()}

    def statuses(self) -> list[Object]:
        """Return what each pod answers at /api/status of the last training."""
        names = [pod["metadata"]["name"] for pod in self.pods()]
        found = [self.cluster.ask_pod(self.namespace, name, "/api/status") for name in names]
        return [(status or {}).get("training") or {} for status in found]

    def answering(self) -> set[Answering]:
        """Return what the pods answer with, all that exist."""
        said = [self.said(pod) for pod in self.pods()]
        return {Answering(one.get("version") or "", one.get("model_date") or "") for one in said}

    def answer(self) -> Answering:
        """Return what every pod answers with, once they agree."""

        def same() -> Answering | None:
            answering = self.answering()
            return answering.pop() if len(answering) == 1 else None

        return until("all pods answer with the same", same)

    def model_id(self) -> str:
        """Return the id of the model that the pods answer from, once they agree."""

        def same() -> set[str] | None:
            ids = {self.said(pod).get("model_id") or "" for pod in self.pods()}
            return ids if len(ids) == 1 and ids != {""} else None

        return until("all pods have the same model", same).pop()

    def deployment(self) -> Object:
        """Return the API's Deployment."""
        path = f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{FULL_NAME}-api"
        found = self.cluster.get(path)
        assert found, f"{path} is not there"
        return found

    def trainings(self) -> list[Training]:
        """Return the Jobs that train or trained, the newest last; the CronJob's are left out."""
        jobs = self.cluster.items(
            f"/apis/batch/v1/namespaces/{self.namespace}/jobs", f"{_INSTANCE},{_COMPONENT}=training"
        )
        own = [job for job in jobs if not job["metadata"].get("ownerReferences")]
        return self._sorted(own)

    def scheduled_trainings(self) -> list[Training]:
        """Return the Jobs of the CronJob, the newest last."""
        jobs = self.cluster.items(f"/apis/batch/v1/namespaces/{self.namespace}/jobs", f"{_COMPONENT}=training")
        return self._sorted([job for job in jobs if job["metadata"].get("ownerReferences")])

    @staticmethod
    def _sorted(own: list[Object]) -> list[Training]:
        return [_training(job) for job in sorted(own, key=lambda job: str(job["metadata"]["creationTimestamp"]))]

    def training(self) -> Training | None:
        """Return the newest Job."""
        jobs = self.trainings()
        return jobs[-1] if jobs else None

    def next_training(self, before: Training | None) -> Training:
        """Return the Job that comes after another, once it is there."""

        def found() -> Training | None:
            training = self.training()
            return training if training and (before is None or training.uid != before.uid) else None

        return until("a new training", found)

    def trainer(self, training: Training) -> Object | None:
        """Return the pod of a Job; None before there is one."""
        pods = self.cluster.items(f"{self._core}/pods", f"batch.kubernetes.io/controller-uid={training.uid}")
        return pods[0] if pods else None

    def end_of(self, training: Training) -> Object:
        """Return how a Job's container ended: reason, exitCode, message (as `kubectl describe` shows it)."""
        pod = self.trainer(training)
        statuses = pod["status"].get("containerStatuses", []) if pod else []
        return next((status["state"]["terminated"] for status in statuses if "terminated" in status["state"]), {})

    def container_seconds(self, training: Training) -> float:
        """Return how long a Job's container ran, which Kubernetes tells in whole seconds."""
        end = self.end_of(training)
        return seconds_between(end["startedAt"], end["finishedAt"])

    def log_of(self, training: Training) -> str:
        """Return what a Job printed."""
        return self.cluster.kubectl("logs", f"job/{training.name}", "--namespace", self.namespace)

    def waiting_reasons(self) -> set[str]:
        """Return why containers of the API do not run."""
        statuses = [status for pod in self.pods() for status in pod["status"].get("containerStatuses", [])]
        states = [status.get("state", {}) | status.get("lastState", {}) for status in statuses]
        return {content.get("reason", "") for state in states for content in state.values()}


def _training(job: Object) -> Training:
    status = job.get("status", {})
    conditions = {each["type"]: each for each in status.get("conditions", []) if each["status"] == "True"}
    end = conditions.get("Complete") or conditions.get("Failed")
    seconds = None
    if end and "startTime" in status:
        seconds = seconds_between(status["startTime"], end["lastTransitionTime"])
    metadata = job["metadata"]
    return Training(metadata["name"], metadata["uid"], "Complete" in conditions, "Failed" in conditions, seconds)
