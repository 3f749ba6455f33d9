"""Volumes with models: written to by hand, and without space."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.e2e.cluster import Cluster, Object, run, until
from tests.e2e.release import FULL_NAME, Release

_FOLDER = "/var/tmp/playlist-recommender-e2e"
_SIZE = "24m"
_TINY = "tiny"


def run_on_volume(release: Release, script: str, *, claim: str = f"{FULL_NAME}-models") -> None:
    """Run a shell script with the volume of the models at /models, as somebody with access to it can."""
    pod = release.trainer(release.trainings()[-1])
    assert pod
    container = {
        "name": "writer",
        "image": pod["spec"]["containers"][0]["image"],
        "command": ["sh", "-euc", script],
        "volumeMounts": [{"name": "models", "mountPath": "/models"}],
        "securityContext": pod["spec"]["containers"][0]["securityContext"],
    }
    spec = {
        "containers": [container],
        "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": claim}}],
        "securityContext": pod["spec"]["securityContext"],
        "restartPolicy": "Never",
    }
    metadata = {"name": "writer", "namespace": release.namespace}
    release.cluster.kubectl(
        "create", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    )
    path = f"/api/v1/namespaces/{release.namespace}/pods/writer"
    until("the script has run", lambda: (release.cluster.get(path) or {})["status"]["phase"] == "Succeeded")
    release.cluster.kubectl("delete", "pod", "writer", "--namespace", release.namespace, "--timeout=60s")


@contextmanager
def tiny_claim(cluster: Cluster, namespace: str) -> Iterator[str]:
    """Claim a small file system in memory, which whoever runs the node has to mount; nothing may use it at the end."""
    shell = os.environ.get("NODE_SHELL", "").split()
    if not shell or not shutil.which(shell[0]):
        pytest.skip("NODE_SHELL is not set: the command, such as `sh -c`, that runs another one as root on the node")
    mount = f"mount -t tmpfs -o size={_SIZE},mode=0777 tmpfs {_FOLDER}"
    run([*shell, f"mkdir -p {_FOLDER} && {{ mountpoint -q {_FOLDER} || {mount}; }}"])
    cluster.kubectl("delete", "persistentvolume", namespace, "--ignore-not-found", "--timeout=60s")
    cluster.apply(*_objects(namespace))
    yield _TINY
    cluster.kubectl("delete", "pvc", _TINY, "--namespace", namespace, "--ignore-not-found", "--timeout=60s")
    cluster.kubectl("delete", "persistentvolume", namespace, "--timeout=60s")
    run([*shell, f"umount {_FOLDER} && rmdir {_FOLDER}"])


def _objects(namespace: str) -> list[Object]:
    size = {"storage": "24Mi"}
    volume = {
        "capacity": size,
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "hostPath": {"path": _FOLDER},
        "claimRef": {"namespace": namespace, "name": _TINY},
    }
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "volumeName": namespace,
        "resources": {"requests": size},
    }
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": namespace}, "spec": volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": _TINY, "namespace": namespace},
            "spec": claim,
        },
    ]
