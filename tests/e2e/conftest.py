"""A real cluster, the product in it, and users who never stop asking."""

import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run as run_binary

import pytest
from tests.chart.rendering import CHART
from tests.e2e import images as image_builds
from tests.e2e import results
from tests.e2e.argocd import ArgoCD
from tests.e2e.cluster import ROOT, Cluster, forget_refused, run, until
from tests.e2e.datasets import Datasets
from tests.e2e.helm import app_version
from tests.e2e.images import Images
from tests.e2e.load import RATE, Load
from tests.e2e.nodes import Nodes
from tests.e2e.object_store import ObjectStore
from tests.e2e.product import Product
from tests.e2e.release import Release
from tests.e2e.report import closing_table
from tests.e2e.repository import Repository

NODE_PORT = 30080
URL = f"http://127.0.0.1:{NODE_PORT}"
NAMESPACE = "playlist-recommender"
_NEEDED = "kubectl", "git"

StartLoad = Callable[..., Load]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if results.is_begun():
        terminalreporter.section("what was seen")
        terminalreporter.write_line(closing_table(results.noted()))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    missing = [name for name in _NEEDED if not shutil.which(name)]
    if missing or not os.environ.get("KUBECONFIG"):
        pytest.skip(f"no cluster: set KUBECONFIG, and have {' and '.join(_NEEDED)} in PATH (see CONTRIBUTING.md)")
    results.begin(add="ADD" in os.environ)
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def nodes(cluster: Cluster) -> Nodes:
    found = Nodes(cluster)
    if len(found.ready()) < 3:
        pytest.skip("needs three nodes: `cluster up 3`, or what does the same elsewhere")
    missing = [name for name in ("NODE_CRASH", "NODE_REVIVE") if name not in os.environ]
    if missing or not ObjectStore.is_possible():
        pytest.skip(f"not set, or not in PATH: {', '.join([*missing, 'S3_URL, versitygw'])}")
    return found


@pytest.fixture(scope="session")
def images(cluster: Cluster) -> Images:
    built = image_builds.built()
    for component, size in sorted(built.megabytes.items()):
        results.note(results.Fact(f"image of the {component}", size))
    return built


@pytest.fixture(scope="session")
def previous(cluster: Cluster, images: Images, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release before, as its commit has it; its images are in the cluster."""
    commit = run([ROOT / "ci/previous-release"]).strip()
    archive = run_binary(["git", "-C", ROOT, "archive", commit], capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"no commit {commit} here, the release before: git fetch --unshallow")
    tree = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(tree, filter="data")
    assert app_version(tree / CHART.relative_to(ROOT)) != app_version(CHART)
    assert os.environ.get("IMAGE_LOAD"), "IMAGE_LOAD must be a command that takes image archives into the cluster"
    run([tree / "ci" / "images"], timeout_s=1800)
    return tree


@pytest.fixture(scope="session")
def datasets(cluster: Cluster, images: Images) -> Datasets:
    served = Datasets(cluster, images.trainer)
    results.note(results.Fact("the dataset of the assignment's full size", served.words))
    return served


@pytest.fixture(scope="session")
def base() -> dict[str, object]:
    """What every installation here has: an address for the load."""
    return {"api.service.type": "NodePort", "api.service.nodePort": NODE_PORT}


@pytest.fixture(scope="module")
def start_load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartLoad]:
    """Start to ask at an address; ended with the module, if nobody ends it before."""
    loads: list[Load] = []

    def start_load(url: str = URL, rate: int = RATE) -> Load:
        # Not beside another load, whose connections would be forgotten with those that were refused.
        if not any(load.is_running for load in loads):
            forget_refused(NODE_PORT)
        loads.append(Load(url, tmp_path_factory.mktemp("load") / "requests.csv", rate))
        return loads[-1]

    yield start_load
    for load in loads:
        if load.is_running:
            load.stop()


@pytest.fixture(scope="module")
def argo(
    cluster: Cluster, images: Images, base: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArgoCD]:
    """The product, followed by Argo CD in a repository of its own; nothing is there yet."""
    assert os.environ.get("ARGOCD_URL"), "ARGOCD_URL must be where Argo CD's webhook answers"
    # A scheduled run beside the faults of a test would hold the lock, or be taken for the commit's own.
    values = base | {"training.reconcile.schedule": "0 0 1 1 *"}
    repository = Repository("playlist-recommender", tmp_path_factory.mktemp("git") / "tree", values)
    argo = ArgoCD(cluster, repository, NAMESPACE)
    argo.remove()
    cluster.make_namespace(NAMESPACE)
    yield argo
    argo.remove()
    cluster.delete_namespace(NAMESPACE)


@pytest.fixture(scope="module")
def release(cluster: Cluster) -> Release:
    return Release(cluster, NAMESPACE)


@pytest.fixture(scope="module")
def running(argo: ArgoCD, release: Release, start_load: StartLoad) -> Load:
    """The product as the first sync leaves it, and load on it."""
    argo.bootstrap()
    argo.wait(argo.repository.head())
    until("all pods are ready", lambda: release.ready() == release.deployment()["spec"]["replicas"])
    return start_load()


@pytest.fixture(scope="module")
def product(argo: ArgoCD, release: Release, running: Load) -> Iterator[Product]:
    yield Product(argo, release, running)
    sums = running.finish()
    assert sums["requests"] / sums["seconds"] > RATE * 0.8, sums
    assert abs(sums["fresh_connections"] / sums["requests"] - 0.5) < 0.05, sums
