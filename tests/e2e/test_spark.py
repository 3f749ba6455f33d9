"""Beyond one machine: the training's Job as Spark's driver, executors on other nodes, in a restricted namespace."""

import gzip
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.bench.data import shared
from tests.e2e import images as image_builds
from tests.e2e import results
from tests.e2e.cluster import Cluster, Object, until
from tests.e2e.helm import Helm, any_helm
from tests.e2e.images import Images
from tests.e2e.nodes import Nodes
from tests.e2e.object_store import ObjectStore
from tests.e2e.release import FULL_NAME, Release, Training

from playlist_model import Model, StoreOptions, open_store
from playlist_model.song_arrays import arrays_of_songs
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

pytestmark = pytest.mark.nodes
_NAMESPACE = "playlist-spark"
_BUCKET = "playlists"
_FILES = 6
# On a machine that is busy with a cluster as well.
_TRAINING_S = 900.0


@dataclass
class Spark:
    """An installation that trains by Spark, from one bucket into another.

    Attributes:
        helm: what installs it.
        release: as the cluster sees it.
        store: the S3 server.
        folder: the bucket's files, which one machine reads from the disk.
        given: values of the last upgrade.
    """

    helm: Helm
    release: Release
    store: ObjectStore
    folder: Path
    given: dict[str, object] = field(default_factory=dict)

    def train(self, rules_per_song: int) -> Training:
        """Let the plain Job train with another setting; return it once it is there."""
        before = {training.uid for training in self.release.trainings()}
        self.given = _values(self.store) | {"training.rulesPerSong": rules_per_song}
        self.helm.upgrade(self.given)

        def new() -> Training | None:
            return next((each for each in self.release.trainings() if each.uid not in before), None)

        return until("the Job is there", new)

    def ended(self, training: Training) -> Training:
        """Return a training once it is over."""

        def over() -> Training | None:
            return next((each for each in self.release.trainings() if each.uid == training.uid and each.is_over), None)

        return until("the training is over", over, timeout_s=_TRAINING_S, every_s=1.0)

    def executors(self) -> list[Object]:
        """Return the executors' pods, whatever their state."""
        path = f"/api/v1/namespaces/{_NAMESPACE}/pods"
        return self.release.cluster.items(path, "app.kubernetes.io/component=executor")

    def running_executors(self, count: int) -> list[Object] | None:
        """Return so many executors that run; None while there are fewer."""
        found = [pod for pod in self.executors() if pod["status"]["phase"] == "Running"]
        return found if len(found) >= count else None

    def says(self, training: Training, words: str) -> Callable[[], bool]:
        """Tell whether a driver has said something yet."""

        def said() -> bool:
            pod = self.release.trainer(training)
            if pod is None or pod["status"]["phase"] == "Pending":
                return False
            return words in self.release.log_of(training)

        return said

    def served(self) -> Model:
        """Return the model that is current in the bucket."""
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(
                str(self.store.values["modelStore.url"]), Path(folder), StoreOptions(self.store.url, "", True, None)
            )
            return store.load(store.pointer().model_id)

    def by_one_machine(self, folder: Path, rules_per_song: int) -> Model:
        """Return what the other engine makes of the same files, on this machine."""
        given = {
            "dataset_url": str(self.folder / "mpd"),
            "model_dir": str(folder / f"models-{rules_per_song}"),
            "rules_per_song": str(rules_per_song),
        }
        settings = Settings.read(given, environ={})
        reconcile(settings)
        store = settings.store()
        return store.load(store.pointer().model_id)


def _values(store: ObjectStore) -> dict[str, object]:
    return {
        **store.values,
        "dataset.url": f"s3://{_BUCKET}/mpd/",
        "dataset.deadlineSeconds": 600,
        "training.engine": "spark",
        "training.trigger": "job",
        "training.backoffLimit": 0,
        "training.activeDeadlineSeconds": int(_TRAINING_S),
        "training.reconcile.suspend": True,
        "training.spark.executors": 2,
        "training.spark.executorMemory": "1536Mi",
        "training.spark.executorCpu": "100m",
        "training.spark.scratchSize": "2Gi",
        "trainer.resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "3Gi"}},
        # Where the dataset is; the keys come with the model store's Secret.
        "trainer.extraEnv": [
            {"name": name, "value": value}
            for name, value in store.environment.items()
            if name not in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
        ],
        "networkPolicy.enabled": True,
        "api.replicas": 2,
    }


@pytest.fixture(scope="module")
def spark(cluster: Cluster, images: Images, nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    real = shared("mpd_dev.csv.gz")
    if real is None:
        pytest.skip("mpd_dev.csv.gz is not beside this repository")
    results.note(results.Fact("image of the trainer with Spark", image_builds.with_spark(images)))
    store = ObjectStore(tmp_path_factory.mktemp("spark-s3"))
    folder = store.make_bucket(_BUCKET)
    _split(real, folder / "mpd")
    cluster.make_namespace(_NAMESPACE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    cluster.apply(ObjectStore.secret(_NAMESPACE))
    found = Spark(any_helm(_NAMESPACE), Release(cluster, _NAMESPACE), store, folder)
    kept = {name: os.environ.get(name) for name in store.environment}
    os.environ.update(store.environment)
    try:
        # With a model to serve, and by the other engine: of the sample, within seconds.
        found.helm.install(store.values | {"networkPolicy.enabled": True, "training.reconcile.suspend": True})
        yield found
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        cluster.delete_namespace(_NAMESPACE)
        store.stop()


def _split(packed: Path, folder: Path) -> None:
    """Write a file's rows to several, so that playlists are split over them."""
    folder.mkdir()
    rows = pl.read_csv(gzip.decompress(packed.read_bytes()), infer_schema=False)
    for number in range(_FILES):
        rows.gather_every(_FILES, number).write_csv(folder / f"part-{number}.csv")


def _assert_equal(found: Model, expected: Model) -> None:
    songs, other_songs = dict(arrays_of_songs(found.songs)), dict(arrays_of_songs(expected.songs))
    assert songs.keys() == other_songs.keys()
    pairs = [(name, songs[name], other_songs[name]) for name in songs]
    for left, right in ((found.rules, expected.rules), (found.held_out, expected.held_out)):
        pairs += [(each.name, getattr(left, each.name), getattr(right, each.name)) for each in fields(left)]
    for name, left_array, right_array in pairs:
        np.testing.assert_array_equal(left_array, right_array, err_msg=name)
    assert found.manifest.dataset["sha256"] == expected.manifest.dataset["sha256"]
    assert found.manifest.evaluation == expected.manifest.evaluation


def _node(pod: Object) -> str:
    return str(pod["spec"].get("nodeName", ""))


def test_driver_and_executors_on_three_nodes_make_the_model_of_one_machine(
    spark: Spark, nodes: Nodes, tmp_path: Path
) -> None:
    began = time.time()
    training = spark.train(500)
    executors = until("two executors run", lambda: spark.running_executors(2), timeout_s=300)
    driver = spark.release.trainer(training)
    assert driver is not None
    places = [_node(driver), *map(_node, executors)]

    ended = spark.ended(training)

    log = spark.release.log_of(training)
    assert ended.is_complete, log
    until("no executor is left", lambda: not spark.executors(), timeout_s=60)
    model = spark.served()
    expected = spark.by_one_machine(tmp_path, 500)
    _assert_equal(model, expected)
    until("it is served", lambda: spark.release.model_id() == model.manifest.model_id)
    assert len(set(places)) == 3, places
    events = spark.release.cluster.items(f"/api/v1/namespaces/{_NAMESPACE}/events")
    assert not [event["message"] for event in events if "violates PodSecurity" in event.get("message", "")]
    sent = next((line for line in log.splitlines() if "tasks sent each other" in line), "")
    results.note(
        results.Fact(
            "mpd_dev by Spark, driver and two executors on three nodes",
            f"{ended.seconds} s, {model.manifest.rule_count:,} rules, equal to one machine's; {sent}",
            round(time.time() - began, 1),
        )
    )


def test_an_executors_node_is_lost_while_it_counts(spark: Spark, nodes: Nodes, tmp_path: Path) -> None:
    training = spark.train(400)
    until("pairs are counted", spark.says(training, "counting pairs in"), timeout_s=600, every_s=0.5)
    driver = spark.release.trainer(training)
    assert driver is not None
    spared = {_node(driver), nodes.ready()[0]}
    lost = next(node for node in map(_node, spark.executors()) if node and node not in spared)
    began = time.time()
    nodes.crash(lost)
    try:
        ended = spark.ended(training)
    finally:
        nodes.revive(lost)

    assert ended.is_complete, spark.release.log_of(training)
    until("no executor is left", lambda: not spark.executors(), timeout_s=120)
    _assert_equal(spark.served(), spark.by_one_machine(tmp_path, 400))
    results.note(
        results.Fact("Spark: from the loss of an executor's node to the same model", "", round(time.time() - began, 1))
    )


@pytest.mark.parametrize(("way", "words"), [("SIGTERM", []), ("a kill", ["--grace-period=0", "--force"])])
def test_driver_ends_before_its_time(spark: Spark, way: str, words: list[str]) -> None:
    before = spark.release.model_id()
    training = spark.train(350 if words else 340)
    until("two executors run", lambda: spark.running_executors(2), timeout_s=300)
    driver = spark.release.trainer(training)
    assert driver is not None
    began = time.time()

    name = driver["metadata"]["name"]
    spark.release.cluster.kubectl("delete", "pod", name, "--namespace", _NAMESPACE, "--wait=false", *words)

    until("no executor is left", lambda: not spark.executors(), timeout_s=120)
    gone = round(time.time() - began, 1)
    assert not spark.ended(training).is_complete
    assert spark.release.model_id() == before
    following = spark.ended(spark.train(330 if words else 320))
    assert following.is_complete, spark.release.log_of(following)
    assert spark.release.cluster.items(f"/api/v1/namespaces/{_NAMESPACE}/pods")
    results.note(results.Fact(f"Spark: from {way} of the driver to no executor's pod", "", gone))


def test_two_trainings_at_a_time_leave_one_model(spark: Spark, tmp_path: Path) -> None:
    training = spark.train(300)
    job = "at-the-same-time"
    spark.release.cluster.kubectl(
        "create", "job", job, f"--from=cronjob/{FULL_NAME}-reconcile", "--namespace", _NAMESPACE
    )

    assert spark.ended(training).is_complete, spark.release.log_of(training)
    spark.release.cluster.kubectl(
        *("wait", f"job/{job}", "--for=condition=Complete", f"--timeout={_TRAINING_S:.0f}s"),
        *("--namespace", _NAMESPACE),
        timeout_s=_TRAINING_S + 10,
    )

    until("no executor is left", lambda: not spark.executors(), timeout_s=60)
    model = spark.served()
    _assert_equal(model, spark.by_one_machine(tmp_path, 300))
    until("it is served", lambda: spark.release.model_id() == model.manifest.model_id)
