"""Several nodes: with models in an object store, or on a volume that all nodes mount, none of them matters."""

import os
import time
from collections.abc import Iterator

import pytest
from tests.e2e import results
from tests.e2e.argocd import ArgoCD
from tests.e2e.cluster import Cluster, run, until
from tests.e2e.conftest import NODE_PORT, StartLoad
from tests.e2e.datasets import FULL, FULL_AGAIN, OTHER, Datasets
from tests.e2e.images import Images
from tests.e2e.load import Load
from tests.e2e.nodes import Nodes, note_loss
from tests.e2e.nodes_report import ELSEWHERE_S, ONE_NODE, SHARED, STORE
from tests.e2e.object_store import ObjectStore
from tests.e2e.product import Product
from tests.e2e.release import FULL_NAME, Release

pytestmark = pytest.mark.nodes
REPLICAS = 3
short = pytest.mark.short


def _where(*places: str, is_short: bool = False) -> pytest.MarkDecorator:
    """Run a test at each of these places for models; in a short run with an object store alone, and if it is short."""
    marked = [pytest.param(place, marks=short) if is_short and place == STORE else place for place in places]
    return pytest.mark.parametrize("where", marked, indirect=True, scope="module")


@pytest.fixture(scope="session")
def store(nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    found = ObjectStore(tmp_path_factory.mktemp("s3"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def where(request: pytest.FixtureRequest) -> str:
    """Where models are kept."""
    return str(request.param)


@pytest.fixture(scope="module")
def base(where: str, store: ObjectStore) -> dict[str, object]:
    """What the installation has: an address for the load, and a place for models."""
    places: dict[str, dict[str, object]] = {
        STORE: store.values,
        SHARED: {"persistence.accessMode": "ReadWriteMany", "persistence.storageClass": "shared"},
        ONE_NODE: {},
    }
    return {
        "api.service.type": "NodePort",
        "api.service.nodePort": NODE_PORT,
        "api.replicas": REPLICAS,
        **places[where],
    }


@pytest.fixture(scope="module")
def running(argo: ArgoCD, release: Release, cluster: Cluster, start_load: StartLoad) -> Iterator[Load]:
    """The product as the first sync leaves it, and load on it, which ends with it: what it is refused is remembered."""
    cluster.apply(ObjectStore.secret(release.namespace))
    argo.bootstrap()
    argo.wait(argo.repository.head())
    until("all pods are ready", lambda: release.ready() == REPLICAS)
    load = start_load()
    yield load
    load.stop()


@pytest.fixture(scope="module")
def product(argo: ArgoCD, release: Release, running: Load) -> Product:
    """The running product; some requests may fail here: those on their way to a node that is lost."""
    return Product(argo, release, running)


@_where(STORE, SHARED, is_short=True)
def test_pods_are_spread_over_the_nodes(product: Product, nodes: Nodes, where: str) -> None:
    found = nodes.of(product.release)

    results.note(results.Fact(f"{where}: pods by node", ", ".join(f"{node} {count}" for node, count in found.items())))
    assert sorted(found.values()) == [1, 1, 1]


@_where(STORE, SHARED, ONE_NODE)
def test_edits(product: Product, images: Images, datasets: Datasets, where: str) -> None:
    product.push(f"{where}: api.replicas: 3 → 5", {"api.replicas": 5})
    product.push(f"{where}: api.replicas: 5 → 3", {})
    product.push(f"{where}: api.image.tag", {"api.image.tag": images.next_version}, version=images.next_version)
    product.push(f"{where}: api.image.tag, back", {}, version=images.version)
    product.push(f"{where}: dataset.url", {"dataset.url": datasets.file(FULL)}, new_model=True)
    product.push(f"{where}: dataset.url, back", {}, new_model=True)


@_where(STORE, SHARED, is_short=True)
def test_each_node_is_drained(product: Product, nodes: Nodes, where: str) -> None:
    for node in nodes.ready()[-1:] if "SHORT" in os.environ else nodes.ready():
        with product.fault(f"{where}: {node} is drained") as trouble:
            began = time.time()
            nodes.drain(node)
            try:
                until("all pods are ready elsewhere", lambda: product.release.ready() == REPLICAS)
                assert node not in nodes.of(product.release)
                trouble.recovered_s = round(time.time() - began, 1)
            finally:
                nodes.uncordon(node)


@_where(STORE, SHARED, is_short=True)
def test_node_is_lost(product: Product, nodes: Nodes, datasets: Datasets, where: str) -> None:
    release, lost = product.release, nodes.one_to_lose(but=datasets.node())
    rolled = _one_pod_per_node(product, nodes)
    began = time.time()
    nodes.crash(lost)
    try:
        nodes.until_lost(lost)
        noticed = time.time()
        until("as many pods are ready elsewhere", lambda: _elsewhere(nodes, release, lost) >= REPLICAS)
        recovered = time.time()
        assert recovered - noticed <= ELSEWHERE_S
        url = datasets.file(OTHER)
        product.argo.push(rolled | {"dataset.url": url})
        until("a training works meanwhile", lambda: _served_elsewhere(product, lost) == {url})
    finally:
        nodes.revive(lost)
    until("the lost node's pods are gone", lambda: len(release.pods()) == release.ready() == REPLICAS, timeout_s=120)
    back = time.time()
    product.argo.wait(product.argo.push(rolled).commit)
    requests = product.load.between(began, time.time())
    failed = [request for request in requests if not request.is_good]
    note_loss(f"{where}: {lost} is lost", began, noticed, recovered, requests)
    # A request that went to the lost node's pods, before the cluster noticed.
    assert len(failed) <= len([each for each in requests if each.began <= noticed + 5]) / REPLICAS * 1.2
    assert not [request for request in failed if request.began > noticed + 5]
    assert not [request for request in failed if request.began > back]


@_where(STORE)
def test_trainers_node_is_lost_while_it_trains(product: Product, nodes: Nodes, datasets: Datasets, where: str) -> None:
    release, lost = product.release, nodes.one_to_lose(but=datasets.node())
    rolled = _one_pod_per_node(product, nodes)
    before, model_id = release.training(), release.model_id()
    there = rolled | {"trainer.nodeSelector": {"kubernetes.io/hostname": lost}}
    began = time.time()
    product.argo.push(there | {"dataset.url": datasets.url(f"slow/20/{OTHER}")})
    training = release.next_training(before)
    until("it trains", lambda: (release.trainer(training) or {}).get("status", {}).get("phase") == "Running")
    nodes.crash(lost)
    try:
        nodes.until_lost(lost)
        noticed = time.time()
        until("as many pods are ready elsewhere", lambda: _elsewhere(nodes, release, lost) >= REPLICAS)
        recovered = time.time()
    finally:
        nodes.revive(lost)
    until("the training is over", lambda: release.training() and release.trainings()[-1].is_over, timeout_s=300)
    product.argo.wait(product.argo.push({}).commit)
    until("all pods are there", lambda: len(release.pods()) == release.ready() == REPLICAS)
    assert release.model_id() == model_id
    requests = product.load.between(began, time.time())
    note_loss(f"{where}: {lost} is lost, where the trainer trains", began, noticed, recovered, requests)
    assert not [request for request in requests if not request.is_good and request.began > noticed + 5]


@_where(STORE)
def test_store_is_away(product: Product, store: ObjectStore, datasets: Datasets, where: str) -> None:
    release, model_id = product.release, product.release.model_id()
    with product.fault(f"{where}: away for a minute") as trouble:
        with store.away(at_least_s=60):
            errors = until("every pod tells it", lambda: _errors(release))
            deleted = release.pods()[0]["metadata"]["name"]
            release.cluster.kubectl("delete", "pod", deleted, "--namespace", release.namespace, "--wait=false")
            until("a pod starts in its place", lambda: len(release.pods()) >= REPLICAS)
            time.sleep(10)
            assert release.ready() == REPLICAS - 1  # it has no model
        until("it is ready once the store is back", lambda: release.ready() == REPLICAS)
        until("no pod tells it any more", lambda: not _errors(release))
        assert release.model_id() == model_id
        trouble.noticed = f"/api/version: {errors.pop()}"


@_where(STORE)
def test_store_is_away_during_a_publication(
    product: Product, store: ObjectStore, datasets: Datasets, where: str
) -> None:
    release, model_id, before = product.release, product.release.model_id(), product.release.training()
    with product.fault(f"{where}: away during a publication") as trouble:
        # It has looked at the store when it begins to read, and finds it away when it publishes.
        push = product.argo.push({"dataset.url": datasets.url(f"slow/8/{FULL_AGAIN}")})
        training = release.next_training(before)
        until("it trains", lambda: (release.trainer(training) or {}).get("status", {}).get("phase") == "Running")
        time.sleep(5)
        with store.away():
            product.argo.wait_failed(push.commit)
            trouble.failed_s = round(time.time() - push.began, 1)
            assert release.model_id() == model_id
            trouble.noticed = release.end_of(training)["message"].strip()
        url = datasets.file(FULL_AGAIN)
        product.recover(trouble, {"dataset.url": url})
        until("its model is served", lambda: release.datasets() == {url})
    # It stays: the small sample's own model is gone by now, and the gate would not let a new one follow.


@_where(ONE_NODE)
def test_models_move_to_a_bucket_as_operations_tells(
    product: Product, nodes: Nodes, store: ObjectStore, where: str
) -> None:
    release, model_id = product.release, product.release.model_id()
    assert len(nodes.of(release)) == 1
    with product.fault("models move from the volume to a bucket, by models copy") as trouble:
        run(["sh", "-euc", store.move_of_the_guide(release)])
        assert "copied" in release.cluster.kubectl("logs", "job/move", "--namespace", release.namespace)
        push = product.argo.push(store.values)
        until("the sync is over", lambda: product.argo.state().has_succeeded(push.commit), timeout_s=120)
        until("all pods are ready", lambda: len(release.pods()) == release.ready() == REPLICAS)
        # A Job that has ended still holds the volume: this one, and the CronJob's.
        release.cluster.kubectl("delete", "job", "--all", "--namespace", release.namespace)
        release.cluster.kubectl("delete", "pvc", f"{FULL_NAME}-models", "--namespace", release.namespace)
        product.argo.wait(push.commit)
        assert release.model_id() == model_id
        assert sorted(nodes.of(release).values()) == [1, 1, 1]
        trouble.noticed = f"the same model afterwards; pods on {len(nodes.of(release))} nodes, before on one"


def _one_pod_per_node(product: Product, nodes: Nodes) -> dict[str, object]:
    """Roll the pods, which a drain left on few nodes; return the values that they have then."""
    values: dict[str, object] = {"api.podAnnotations": {"rolled": str(time.time())}}
    product.argo.wait(product.argo.push(values).commit)
    until("each node has a pod", lambda: sorted(nodes.of(product.release).values()) == [1] * REPLICAS)
    return values


def _elsewhere(nodes: Nodes, release: Release, lost: str) -> int:
    return sum(count for node, count in nodes.of(release).items() if node != lost)


def _served_elsewhere(product: Product, lost: str) -> set[str]:
    """Return what the pods on other nodes learned from."""
    release = product.release
    pods = [pod for pod in release.pods() if pod["spec"].get("nodeName") != lost]
    return {(release.said(pod).get("dataset") or {}).get("url", "") for pod in pods}


def _errors(release: Release) -> set[str]:
    """Return what the pods say of the last look at the store; empty unless all tell of an error."""
    found = [release.said(pod).get("last_reload_error") for pod in release.pods()]
    return {error["message"] for error in found if error} if found and all(found) else set()
