"""Each alert fires for a fault on the cluster, and ends with it: a real Prometheus finds and scrapes the pods."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from tests.e2e import results
from tests.e2e.cluster import Cluster, CommandError, Object, forget_refused, until
from tests.e2e.conftest import NODE_PORT, URL
from tests.e2e.datasets import FULL, SMALL, Datasets
from tests.e2e.helm import Helm, any_helm
from tests.e2e.images import Images
from tests.e2e.release import FULL_NAME, Release
from tests.e2e.repository import Values
from tests.e2e.volumes import run_on_volume, tiny_claim
from tests.monitoring.prometheus import NO_PROMETHEUS, Prometheus, alerts, rules, running

short = pytest.mark.short
_NAMESPACE = "playlist-alerts"
_JOB = f"{_NAMESPACE}/{FULL_NAME}-api"
_LOOK_AGE_S = 15
_seen: set[str] = set()


@dataclass(frozen=True)
class Watched:
    """An installation, and the Prometheus that watches it."""

    helm: Helm
    release: Release
    base: dict[str, object]
    prometheus: Prometheus

    def fires(self, alert: str) -> None:
        """Wait until an alert fires."""
        self.prometheus.wait_until(lambda firing: alert in firing, seconds=120)
        _seen.add(alert)

    def fires_while(self, alert: str, ask: Callable[[], None]) -> int:
        """Ask each second until an alert fires; return how often that was.

        A rate needs a count in more than one scrape, and what was asked before counts in the same windows: how many
        askings make it fire depends on how long ago that was.
        """
        for times in range(1, 61):
            ask()
            time.sleep(1)
            if alert in self.prometheus.firing():
                _seen.add(alert)
                return times
        raise AssertionError(f"{alert} does not fire: {sorted(self.prometheus.firing())}")

    def ends(self, alert: str) -> None:
        """Wait until an alert fires no more."""
        self.prometheus.wait_until(lambda firing: alert not in firing, seconds=120)
        results.note(results.Fact(alert, "fired, and ended with its cause"))

    def upgrade(self, values: Values | None = None) -> None:
        """Upgrade to what was installed, with some other values; a training comes after it."""
        self.helm.upgrade({**self.base, **(values or {})})

    def upgrade_fails(self, values: Values) -> None:
        """Upgrade to values whose training fails."""
        with pytest.raises(CommandError, match="post-upgrade"):
            self.upgrade(values)

    def delete_pod(self) -> None:
        """Delete one of the API's pods, and wait for the one in its place."""
        pods, wanted = self.release.pods(), self.release.ready()
        gone = pods[0]["metadata"]["name"]
        self.release.cluster.kubectl("delete", "pod", gone, "--namespace", _NAMESPACE, "--timeout=60s")
        until("another is ready", lambda: self.release.ready() == wanted)


@pytest.fixture(scope="module")
def spec() -> Object:
    """The chart's rules; states need to last no time until their alert fires, and a training is missed soon."""
    spec = rules(lookAgeSeconds=_LOOK_AGE_S, selector=f'job="{_JOB}"')
    for alert in alerts(spec):
        alert.pop("for", None)
    return spec


@pytest.fixture(scope="module")
def prometheus(cluster: Cluster, spec: Object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Scrapes the pods as a PodMonitor's Prometheus does; Debian's can't look for them itself, so a file says where."""
    if not shutil.which("prometheus"):
        pytest.skip(NO_PROMETHEUS)
    folder = tmp_path_factory.mktemp("prometheus")
    pods, done = Release(cluster, _NAMESPACE), threading.Event()

    def follow() -> None:
        while not done.wait(0.5):
            found = [pod for pod in pods.pods() if pod["status"].get("podIP")]
            targets = [
                {
                    "targets": [f"{pod['status']['podIP']}:9090"],
                    "labels": {"namespace": _NAMESPACE, "pod": pod["metadata"]["name"]},
                }
                for pod in found
            ]
            (folder / "new").write_text(json.dumps(targets))
            (folder / "new").rename(folder / "targets.json")

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        scraped = {"job_name": _JOB, "file_sd_configs": [{"files": ["targets.json"], "refresh_interval": "1s"}]}
        with running(folder, scraped, spec) as prometheus:
            yield prometheus
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope="module")
def watched(cluster: Cluster, datasets: Datasets, base: dict[str, object], prometheus: Prometheus) -> Iterator[Watched]:
    """An installation whose first training has failed: there is no model."""
    cluster.make_namespace(_NAMESPACE)
    release, helm = Release(cluster, _NAMESPACE), any_helm(_NAMESPACE)
    watched = Watched(helm, release, base | {"dataset.url": datasets.file(FULL)}, prometheus)
    with pytest.raises(CommandError, match="post-install"):
        helm.install(base | {"dataset.url": datasets.url("status/404")})
    forget_refused(NODE_PORT)
    yield watched
    cluster.delete_namespace(_NAMESPACE)


@pytest.fixture(scope="module")
def learned(watched: Watched) -> Watched:
    """The installation with a model."""
    watched.upgrade()
    watched.prometheus.wait_for("min(playlist_model_loaded) == 1")
    return watched


def test_pods_without_a_model_and_the_errors_of_their_users(watched: Watched) -> None:
    watched.fires("PlaylistNoModel")
    failed = watched.fires_while("PlaylistErrorBudgetBurning", fail)

    watched.upgrade()

    watched.ends("PlaylistNoModel")
    # One in a thousand may fail, in the widest window.
    at_once(8, 1_700 * failed, lambda: requests.get(f"{URL}/api/version", timeout=10))
    watched.ends("PlaylistErrorBudgetBurning")


def test_answers_without_rules(learned: Watched) -> None:
    times = learned.fires_while("PlaylistFewRuleAnswers", lambda: at_once(4, 60, lambda: post(["Unheard-of"])))

    for _ in range(times):
        at_once(4, 120, lambda: post(["HUMBLE."]))
        time.sleep(1)
    learned.ends("PlaylistFewRuleAnswers")


def test_pods_with_too_little_processor(learned: Watched) -> None:
    misspelt = [f"HUMBEL {number}" for number in range(100)]
    learned.upgrade({"api.resources": {"limits": {"cpu": "200m", "memory": "384Mi"}}})
    times = learned.fires_while(
        "PlaylistLatencyBudgetBurning", lambda: at_once(32, 32, lambda: post(misspelt, explain=True))
    )

    learned.upgrade()

    # One in a hundred may be slow, in the widest window.
    at_once(4, 32 * times * 120, lambda: post(["HUMBLE."]))
    learned.ends("PlaylistLatencyBudgetBurning")


@short
def test_training_that_fails(learned: Watched, datasets: Datasets) -> None:
    learned.upgrade_fails({"dataset.url": datasets.url("status/404")})
    learned.fires("PlaylistTrainingFailed")

    learned.upgrade()
    learned.ends("PlaylistTrainingFailed")


@short
def test_model_that_is_worse(learned: Watched, datasets: Datasets) -> None:
    learned.upgrade_fails({"dataset.url": datasets.file(SMALL)})
    learned.fires("PlaylistCandidateRejected")

    learned.upgrade()
    learned.ends("PlaylistCandidateRejected")


@short
def test_pod_that_crashes(learned: Watched, images: Images) -> None:
    deployment = f"deployment/{FULL_NAME}-api"
    learned.release.cluster.kubectl("set", "image", deployment, f"api={images.trainer}", "--namespace", _NAMESPACE)
    learned.fires("PlaylistTargetGone")
    assert "PlaylistAllTargetsGone" not in learned.prometheus.firing()

    learned.release.cluster.kubectl("rollout", "undo", deployment, "--namespace", _NAMESPACE)
    learned.ends("PlaylistTargetGone")


def test_pointer_that_names_no_model(learned: Watched) -> None:
    run_on_volume(learned.release, "echo destroyed > /models/current.json")
    learned.fires("PlaylistReloadFailing")

    learned.upgrade()
    learned.ends("PlaylistReloadFailing")


def test_store_that_can_not_be_read(learned: Watched) -> None:
    run_on_volume(learned.release, "cd /models; mv current.json kept; mkdir current.json")
    learned.fires("PlaylistStoreAway")

    run_on_volume(learned.release, "cd /models; rmdir current.json; mv kept current.json")
    learned.ends("PlaylistStoreAway")


def test_pods_with_different_models(learned: Watched) -> None:
    seldom: dict[str, object] = {"api.refreshIntervalSeconds": 3600}
    learned.upgrade(seldom)
    learned.upgrade(seldom | {"training.minConfidence": 0.1})
    learned.delete_pod()
    learned.fires("PlaylistPodsDisagree")

    learned.upgrade()
    learned.ends("PlaylistPodsDisagree")


def test_dataset_that_can_not_be_looked_at(learned: Watched, datasets: Datasets) -> None:
    with datasets.away():
        learned.upgrade()
        learned.fires("PlaylistDatasetUnseen")
    learned.upgrade()
    learned.ends("PlaylistDatasetUnseen")


def test_volume_that_fills_up(learned: Watched, cluster: Cluster) -> None:
    with tiny_claim(cluster, _NAMESPACE) as claim:
        learned.upgrade({"persistence.existingClaim": claim, "dataset.url": "builtin:sample"})
        run_on_volume(learned.release, "dd if=/dev/zero of=/models/filler bs=1M count=22", claim=claim)
        learned.fires("PlaylistVolumeNearlyFull")

        run_on_volume(learned.release, "rm /models/filler", claim=claim)
        learned.ends("PlaylistVolumeNearlyFull")
        learned.upgrade()
        cluster.kubectl("delete", "job", "--all", "--namespace", _NAMESPACE)


def test_trainer_that_does_not_run(learned: Watched) -> None:
    learned.fires("PlaylistTrainerSilent")

    learned.upgrade()
    learned.ends("PlaylistTrainerSilent")


def test_no_pod_at_all(learned: Watched) -> None:
    scale = "scale", f"deployment/{FULL_NAME}-api", "--namespace", _NAMESPACE
    learned.release.cluster.kubectl(*scale, "--replicas=0")
    learned.fires("PlaylistAllTargetsGone")

    learned.release.cluster.kubectl(*scale, "--replicas=2")
    learned.ends("PlaylistAllTargetsGone")


def test_no_alert_is_left_out(spec: Object) -> None:
    if "PlaylistAllTargetsGone" not in _seen:
        pytest.skip("the tests above have not all run")
    assert {rule["alert"] for rule in alerts(spec)} == _seen


def fail() -> None:
    """Ask for recommendations that no pod can make yet."""
    assert post([]).status_code == 503


def post(songs: list[str], *, explain: bool = False) -> requests.Response:
    """Ask for recommendations."""
    asked = {"songs": songs, "explain": explain}
    return requests.post(f"{URL}/api/recommend", json=asked, timeout=60)


def at_once(workers: int, count: int, ask: Callable[[], requests.Response]) -> None:
    """Ask many times; each answer must be a good one."""
    with ThreadPoolExecutor(workers) as pool:
        for answer in pool.map(lambda _: ask(), range(count)):
            answer.raise_for_status()
