"""Beyond one machine: the training's Job as Spark's driver, executors on other nodes, in a restricted namespace."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bench.data import shared
from tests.e2e import images as image_builds
from tests.e2e import results
from tests.e2e.cluster import Cluster, Object, until
from tests.e2e.helm import any_helm
from tests.e2e.images import Images
from tests.e2e.nodes import Nodes
from tests.e2e.object_store import ObjectStore
from tests.e2e.release import FULL_NAME, Release
from tests.e2e.spark import BUCKET, NAMESPACE, TRAINING_S, Spark, assert_equal, split_into_files

pytestmark = pytest.mark.nodes


@pytest.fixture(scope="module")
def spark(cluster: Cluster, images: Images, nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    real = shared("mpd_dev.csv.gz")
    if real is None:
        pytest.skip("mpd_dev.csv.gz is not beside this repository")
    results.note(results.Fact("image of the trainer with Spark", image_builds.with_spark(images)))
    store = ObjectStore(tmp_path_factory.mktemp("spark-s3"))
    folder = store.make_bucket(BUCKET)
    split_into_files(real, folder / "mpd")
    cluster.make_namespace(NAMESPACE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    cluster.apply(ObjectStore.secret(NAMESPACE))
    found = Spark(any_helm(NAMESPACE), Release(cluster, NAMESPACE), store, folder)
    kept = {name: os.environ.get(name) for name in store.environment}
    os.environ.update(store.environment)
    try:
        # With a model to serve, and by the other engine: of the sample, within seconds.
        found.helm.install(store.values | {"networkPolicy.enabled": True, "training.reconcile.suspend": True})
        yield found
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        cluster.delete_namespace(NAMESPACE)
        store.stop()


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
    assert_equal(model, expected)
    until("it is served", lambda: spark.release.model_id() == model.manifest.model_id)
    assert len(set(places)) == 3, places
    events = spark.release.cluster.items(f"/api/v1/namespaces/{NAMESPACE}/events")
    assert not [event["message"] for event in events if "violates PodSecurity" in event.get("message", "")]
    sent = re.search(r"tasks sent each other (\d+) bytes", log)
    assert sent is not None
    results.note(
        results.Fact(
            "mpd_dev by Spark, driver and two executors on three nodes",
            f"{ended.seconds} s; {model.manifest.rule_count:,} rules, equal to one machine's; "
            f"tasks sent each other {int(sent[1]) / 1e6:.1f} MB",
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
    assert_equal(spark.served(), spark.by_one_machine(tmp_path, 400))
    took = round(time.time() - began, 1)
    results.note(results.Fact("Spark: from the loss of an executor's node to the same model", f"{took} s", took))


@pytest.mark.parametrize(("way", "words"), [("SIGTERM", []), ("a kill", ["--grace-period=0", "--force"])])
def test_driver_ends_before_its_time(spark: Spark, way: str, words: list[str]) -> None:
    before = spark.release.model_id()
    training = spark.train(350 if words else 340)
    until("two executors run", lambda: spark.running_executors(2), timeout_s=300)
    driver = spark.release.trainer(training)
    assert driver is not None
    began = time.time()

    name = driver["metadata"]["name"]
    spark.release.cluster.kubectl("delete", "pod", name, "--namespace", NAMESPACE, "--wait=false", *words)

    until("no executor is left", lambda: not spark.executors(), timeout_s=120)
    gone = round(time.time() - began, 1)
    assert not spark.ended(training).is_complete
    assert spark.release.model_id() == before
    following = spark.ended(spark.train(330 if words else 320))
    assert following.is_complete, spark.release.log_of(following)
    assert spark.release.cluster.items(f"/api/v1/namespaces/{NAMESPACE}/pods")
    results.note(results.Fact(f"Spark: from {way} of the driver to no executor's pod", f"{gone} s", gone))


def test_two_trainings_at_a_time_leave_one_model(spark: Spark, tmp_path: Path) -> None:
    training = spark.train(300)
    job = "at-the-same-time"
    spark.release.cluster.kubectl(
        "create", "job", job, f"--from=cronjob/{FULL_NAME}-reconcile", "--namespace", NAMESPACE
    )

    assert spark.ended(training).is_complete, spark.release.log_of(training)
    spark.release.cluster.kubectl(
        *("wait", f"job/{job}", "--for=condition=Complete", f"--timeout={TRAINING_S:.0f}s"),
        *("--namespace", NAMESPACE),
        timeout_s=TRAINING_S + 10,
    )

    until("no executor is left", lambda: not spark.executors(), timeout_s=60)
    model = spark.served()
    assert_equal(model, spark.by_one_machine(tmp_path, 300))
    until("it is served", lambda: spark.release.model_id() == model.manifest.model_id)
