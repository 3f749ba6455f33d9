"""networkPolicy.enabled where a network enforces policies: everything works, and what must not pass does not.

Each door that is found shut is open to somebody else, or it would be no proof.
"""

import os
import re
import shlex
from collections.abc import Iterator

import pytest
from tests.e2e.cluster import Cluster, run, until
from tests.e2e.datasets import Datasets
from tests.e2e.helm import Helm, any_helm
from tests.e2e.images import Images
from tests.e2e.object_store import ObjectStore
from tests.e2e.release import FULL_NAME, NAME, Release
from tests.e2e.visitors import PORT, Visitors

_NAMESPACE, _ELSEWHERE = "playlist-policies", "playlist-visitors"
_METADATA = "169.254.169.254"
_HTTP, _METRICS = 8080, 9090
# Of a presigned URL.
_SIGNATURE = "s1gnature"
_FILE = f"presigned.csv?X-Amz-Signature={_SIGNATURE}"
_ROWS = b"pid,track_name\n" + b"".join(b"%d,%s\n" % (pid, song) for pid in range(30) for song in (b"Nocturne", b"Air"))
_AS_TRAINER = {
    "app.kubernetes.io/name": "playlist-recommender",
    "app.kubernetes.io/instance": NAME,
    "app.kubernetes.io/component": "training",
}
_GET = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())"


def _those(label: str) -> dict[str, object]:
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": _ELSEWHERE}}
    return {"namespaceSelector": namespace, "podSelector": {"matchLabels": {"may": label}}}


_VALUES: dict[str, object] = {
    "networkPolicy.enabled": True,
    "networkPolicy.ingressFrom": [_those("ask")],
    "networkPolicy.metricsFrom": [_those("scrape")],
    "dataset.existingSecret": "playlists",
    "api.replicas": 1,
}


@pytest.fixture(scope="module")
def visitors(cluster: Cluster, images: Images) -> Iterator[Visitors]:
    """Three pods in a namespace of their own; from now on policies are enforced."""
    command = os.environ.get("ENFORCE_POLICIES", "")
    if not command:
        pytest.skip("ENFORCE_POLICIES is not set: what makes the network enforce policies; `true` if it always does")
    run(shlex.split(command))
    visitors = Visitors(cluster, images.trainer)
    cluster.make_namespace(_ELSEWHERE)
    visitors.start(_ELSEWHERE, "guest", {"may": "ask"})
    visitors.start(_ELSEWHERE, "scraper", {"may": "scrape"})
    visitors.start(_ELSEWHERE, "stranger")
    visitors.start(_ELSEWHERE, "on-the-node", host_network=True)
    yield visitors
    cluster.delete_namespace(_ELSEWHERE)


@pytest.fixture(scope="module")
def helm(visitors: Visitors, cluster: Cluster, datasets: Datasets) -> Iterator[Helm]:
    """The product, installed with policies, and its dataset behind a URL that is a Secret."""
    datasets.put(_FILE, _ROWS)
    cluster.make_namespace(_NAMESPACE)
    cluster.kubectl(
        *("create", "secret", "generic", "playlists", "--namespace", _NAMESPACE),
        *(f"--from-literal=url={datasets.file(_FILE)}", "--from-literal=headers=X-Token: t0ken"),
    )
    helm = any_helm(_NAMESPACE)
    helm.install(_VALUES)
    visitors.start(_NAMESPACE, "as-trainer", _AS_TRAINER)
    visitors.start(_NAMESPACE, "neighbour")
    yield helm
    cluster.delete_namespace(_NAMESPACE)


@pytest.fixture(scope="module")
def release(cluster: Cluster) -> Release:
    return Release(cluster, _NAMESPACE)


@pytest.fixture
def api(helm: Helm, release: Release) -> tuple[str, str]:
    """The API's pod: name and address."""
    until("one pod is ready", lambda: len(release.pods()) == release.ready() == 1)
    (pod,) = release.pods()
    return pod["metadata"]["name"], pod["status"]["podIP"]


@pytest.fixture
def metadata(visitors: Visitors) -> Iterator[str]:
    """The address of a cloud's metadata, at which the node now listens."""
    shell = os.environ.get("NODE_SHELL", "").split()
    if not shell:
        pytest.skip("NODE_SHELL is not set: the command, such as `sh -c`, that runs another one as root on the node")
    visitors.address(_ELSEWHERE, "on-the-node")
    run([*shell, f"ip address add {_METADATA}/32 dev lo"])
    yield _METADATA
    run([*shell, f"ip address del {_METADATA}/32 dev lo"])


def test_default_install_works(helm: Helm, release: Release, visitors: Visitors, api: tuple[str, str]) -> None:
    _, address = api

    assert re.search(r"Phase: +Succeeded", helm.test())
    visitors.address(_ELSEWHERE, "guest")
    asked = visitors.python(_ELSEWHERE, "guest", _GET, f"http://{FULL_NAME}-api.{_NAMESPACE}.svc/api/songs/random?n=1")
    assert "Nocturne" in asked or "Air" in asked
    visitors.address(_ELSEWHERE, "scraper")
    assert "playlist_" in visitors.python(_ELSEWHERE, "scraper", _GET, f"http://{address}:{_METRICS}/metrics")
    # Its probes are answered: they come from the node.
    (pod,) = release.pods()
    assert [status["restartCount"] for status in pod["status"]["containerStatuses"]] == [0]


def test_url_of_the_secret_is_shown_nowhere(
    helm: Helm, release: Release, cluster: Cluster, datasets: Datasets, api: tuple[str, str]
) -> None:
    kinds = "configmaps,deployments,jobs,cronjobs,pods,events"
    told = [
        cluster.kubectl("get", kinds, "--namespace", _NAMESPACE, "--output", "yaml"),
        cluster.kubectl("exec", api[0], "--namespace", _NAMESPACE, "--", "python", "-c", _ALL_OF_THE_VOLUME),
        release.log_of(release.trainings()[-1]),
        str([release.said(pod) for pod in release.pods()]),
        str(release.statuses()),
    ]

    assert release.datasets() == {datasets.file(_FILE).partition("?")[0]}
    for text in told:
        assert text.strip()
        for secret in (_SIGNATURE, "X-Amz", "t0ken"):
            assert secret not in text


_ALL_OF_THE_VOLUME = """
from pathlib import Path
for path in Path("/models").rglob("*"):
    if path.is_file() and path.suffix != ".npy":
        print(path.read_bytes())
"""


def test_api_is_asked_and_scraped_by_those_that_are_named(helm: Helm, visitors: Visitors, api: tuple[str, str]) -> None:
    _, address = api
    visitors.address(_ELSEWHERE, "stranger")

    for port, may in ((_HTTP, "guest"), (_METRICS, "scraper")):
        for visitor in {"guest", "scraper", "stranger"} - {may}:
            assert visitors.is_shut_out(_ELSEWHERE, visitor, address, port)
        assert visitors.reaches(_ELSEWHERE, may, address, port)
    assert visitors.is_shut_out(_ELSEWHERE, "stranger", f"{FULL_NAME}-api.{_NAMESPACE}.svc", 80)


def test_nobody_gets_into_the_trainer(helm: Helm, visitors: Visitors) -> None:
    trainer, neighbour = (visitors.address(_NAMESPACE, name) for name in ("as-trainer", "neighbour"))

    for namespace, visitor in ((_ELSEWHERE, "guest"), (_ELSEWHERE, "stranger"), (_NAMESPACE, "neighbour")):
        assert visitors.is_shut_out(namespace, visitor, trainer)
        assert visitor == "neighbour" or visitors.reaches(namespace, visitor, neighbour)


def test_api_reaches_nobody(helm: Helm, cluster: Cluster, visitors: Visitors, api: tuple[str, str]) -> None:
    service = cluster.get("/api/v1/namespaces/default/services/kubernetes")
    assert service
    node, neighbour = visitors.address(_ELSEWHERE, "on-the-node"), visitors.address(_NAMESPACE, "neighbour")

    for host, port in ((neighbour, PORT), (node, PORT), (service["spec"]["clusterIP"], 443), (_dns(visitors), 53)):
        assert visitors.is_shut_out(_NAMESPACE, api[0], host, port)
        assert visitors.reaches(_NAMESPACE, "as-trainer", host, port)


def test_trainer_does_not_reach_the_metadata_address(helm: Helm, visitors: Visitors, metadata: str) -> None:
    assert visitors.reaches(_ELSEWHERE, "stranger", metadata)

    assert visitors.is_shut_out(_NAMESPACE, "as-trainer", metadata)


def test_api_reaches_its_store_and_nobody_else(
    helm: Helm, cluster: Cluster, visitors: Visitors, release: Release, store: ObjectStore, metadata: str
) -> None:
    cluster.apply(ObjectStore.secret(_NAMESPACE))
    address, _, port = store.url.removeprefix("http://").partition(":")
    values = _VALUES | store.values

    helm.upgrade(values)

    def pod() -> str:
        until("one pod is ready", lambda: len(release.pods()) == release.ready() == 1)
        return str(release.pods()[0]["metadata"]["name"])

    assert release.model_id()
    assert visitors.is_shut_out(_NAMESPACE, pod(), address, PORT)
    assert visitors.is_shut_out(_NAMESPACE, pod(), metadata)
    assert visitors.reaches(_NAMESPACE, pod(), address, int(port))
    assert visitors.reaches(_NAMESPACE, pod(), _dns(visitors), 53)
    assert visitors.reaches(_ELSEWHERE, "stranger", address, PORT)

    helm.upgrade(values | {"networkPolicy.allowMetadata": True})

    for name in (pod(), "as-trainer"):
        until(f"{name} may", lambda name=name: visitors.reaches(_NAMESPACE, name, metadata))  # type: ignore[misc]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    if not ObjectStore.is_possible():
        pytest.skip("S3_URL is not set, or versitygw is not in PATH")
    found = ObjectStore(tmp_path_factory.mktemp("s3"))
    yield found
    found.stop()


def _dns(visitors: Visitors) -> str:
    """Return the address of the cluster's server of names, as pods know it."""
    found = re.search(
        r"nameserver (\S+)", visitors.python(_ELSEWHERE, "stranger", "print(open('/etc/resolv.conf').read())")
    )
    assert found
    return found[1]
