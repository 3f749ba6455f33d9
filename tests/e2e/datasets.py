"""What is trained on: a server in the cluster, and the files on it."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from tests.bench.data import ASSIGNMENT, shared
from tests.bench.synthetic import table_of
from tests.e2e.cluster import Cluster, Object, forget_refused, until

_NAMESPACE = "playlist-datasets"
_NODE_PORT = 30081
_SERVER = Path(__file__).with_name("dataset_server.py")
FULL, SMALL, OTHER = "full_size.csv", "small.csv", "other.csv"
# FULL less its last row: another model, where FULL's is kept already.
FULL_AGAIN = "full_size_again.csv"


class Datasets:
    """The server.

    Attributes:
        words: what the file FULL is, for a reader of the results.
    """

    def __init__(self, cluster: Cluster, image: str) -> None:
        """Start it, and give it files.

        Args:
            cluster: to start it in.
            image: with a Python.
        """
        cluster.make_namespace(_NAMESPACE)
        cluster.apply(*_objects(image))
        cluster.kubectl("rollout", "status", "deployment/datasets", "--namespace", _NAMESPACE, "--timeout=90s")
        forget_refused(_NODE_PORT)
        until("the dataset server answers", self._is_up, timeout_s=30)
        self._cluster = cluster
        self._contents: dict[str, bytes] = {}
        self._count = 0
        full, self.words = _assignment()
        self.put(FULL, full)
        self.put(FULL_AGAIN, full.rstrip().rpartition(b"\n")[0] + b"\n")
        self.put(SMALL, _playlists("Clair de lune", "Canon in D", "Closer"))
        self.put(OTHER, _playlists("Clair de lune", "Canon in D", "Gymnopédie No. 1"))

    def put(self, name: str, content: bytes) -> None:
        """Keep a file on the server."""
        self._contents[name] = content
        self._session().put(f"{self._outside}/files/{name}", data=content, timeout=60).raise_for_status()

    def new(self) -> str:
        """Return the address of a small dataset unlike all before it, so that no model of it can be kept already."""
        self._count += 1
        name = f"small_{self._count}.csv"
        self.put(name, _playlists("Clair de lune", "Canon in D", "Bolero", count=20 + self._count))
        return self.file(name)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take the server away for a while: nothing answers at its address."""
        self._scale(0)
        try:
            yield
        finally:
            self._scale(1)
            forget_refused(_NODE_PORT)
            until("the dataset server answers", self._is_up, timeout_s=30)
            for name, content in dict(self._contents).items():
                self.put(name, content)

    def _scale(self, replicas: int) -> None:
        self._cluster.kubectl("scale", "deployment/datasets", "--namespace", _NAMESPACE, f"--replicas={replicas}")
        path = f"/api/v1/namespaces/{_NAMESPACE}/pods"
        until("the server's pods are as many", lambda: len(self._cluster.items(path, "app=datasets")) == replicas)

    def url(self, path: str) -> str:
        """Return the address of a path, as seen from the trainer's pod."""
        return f"http://datasets.{_NAMESPACE}.svc/{path}"

    def file(self, name: str) -> str:
        """Return the address of a file, as seen from the trainer's pod."""
        return self.url(f"files/{name}")

    _outside = f"http://127.0.0.1:{_NODE_PORT}"

    def _is_up(self) -> bool:
        try:
            return self._session().get(self._outside, timeout=5).ok
        except requests.ConnectionError:
            return False

    @staticmethod
    def _session() -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        return session


def _assignment() -> tuple[bytes, str]:
    real = shared("ds1_full_size.csv.gz")
    if real:
        return gzip.decompress(real.read_bytes()), "ds1_full_size, the assignment's full size (240,758 rows, 41 MB)"
    return table_of(ASSIGNMENT).write_csv().encode(), f"a stand-in of the assignment's size: {ASSIGNMENT}"


def _playlists(*songs: str, count: int = 20) -> bytes:
    """Return playlists that each leave out one of the songs in turn."""
    rows = [f"{pid},{song}" for pid in range(count) for place, song in enumerate(songs) if place != pid % len(songs)]
    return "\n".join(["pid,track_name", *rows, ""]).encode()


def _objects(image: str) -> list[Object]:
    labels = {"app": "datasets"}
    metadata = {"name": "datasets", "namespace": _NAMESPACE}
    container = {
        "name": "datasets",
        "image": image,
        "command": ["python", "/server/dataset_server.py"],
        "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
        "volumeMounts": [{"name": "server", "mountPath": "/server"}],
    }
    pod = {
        "metadata": {"labels": labels},
        "spec": {
            "containers": [container],
            "volumes": [{"name": "server", "configMap": {"name": "datasets"}}],
            "terminationGracePeriodSeconds": 1,
        },
    }
    port = {"port": 80, "targetPort": 8080, "nodePort": _NODE_PORT}
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata,
            "data": {_SERVER.name: _SERVER.read_text(encoding="utf-8")},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"type": "NodePort", "selector": labels, "ports": [port]},
        },
    ]
