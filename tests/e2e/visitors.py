"""Pods that knock at others' doors, to see what a network lets through; each has a door of its own."""

from collections.abc import Mapping

from tests.e2e.cluster import Cluster, Object, until

PORT = 18169
_TIMEOUT_S = 2
_KNOCK = f"""
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), {_TIMEOUT_S}).close()
except OSError:
    print("closed")
else:
    print("open")
"""


class Visitors:
    """Pods with a Python, which listen at PORT and can be told to knock."""

    def __init__(self, cluster: Cluster, image: str) -> None:
        """Get ready; `image` has a Python."""
        self._cluster = cluster
        self._image = image

    def start(
        self, namespace: str, name: str, labels: Mapping[str, str] | None = None, *, host_network: bool = False
    ) -> None:
        """Start one; with `host_network` at every address of the node."""
        self._cluster.apply(self._pod(namespace, name, dict(labels or {}), host_network))

    def address(self, namespace: str, name: str) -> str:
        """Return a pod's address, once it is ready."""
        self._cluster.kubectl("wait", f"pod/{name}", "--for=condition=Ready", "--timeout=60s", "--namespace", namespace)
        found = self._cluster.get(f"/api/v1/namespaces/{namespace}/pods/{name}")
        assert found
        return str(found["status"]["podIP"])

    def reaches(self, namespace: str, name: str, host: str, port: int = PORT) -> bool:
        """Knock from a pod; tell whether somebody opens."""
        words = self.python(namespace, name, _KNOCK, host, str(port))
        assert words.strip() in {"open", "closed"}, words
        return words.strip() == "open"

    def is_shut_out(self, namespace: str, name: str, host: str, port: int = PORT) -> bool:
        """Wait until a pod reaches somebody no more: a network takes a moment over a new pod or policy."""
        until(f"{name} is shut out from {host}:{port}", lambda: not self.reaches(namespace, name, host, port))
        return not self.reaches(namespace, name, host, port)

    def python(self, namespace: str, name: str, code: str, *arguments: str) -> str:
        """Return what a pod prints for some Python."""
        return self._cluster.kubectl("exec", name, "--namespace", namespace, "--", "python", "-c", code, *arguments)

    def _pod(self, namespace: str, name: str, labels: Object, host_network: bool) -> Object:
        container = {
            "name": "visitor",
            "image": self._image,
            "command": ["python", "-m", "http.server", str(PORT), "--directory", "/tmp"],
            "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": labels},
            "spec": {"containers": [container], "hostNetwork": host_network, "terminationGracePeriodSeconds": 0},
        }
