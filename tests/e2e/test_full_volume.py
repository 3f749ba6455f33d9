"""A volume without space: the model that is there goes on answering."""

import os
import shutil
from collections.abc import Iterator

import pytest
from tests.e2e import results
from tests.e2e.cluster import Cluster, CommandError, Object, run, timed
from tests.e2e.conftest import NODE_PORT, StartLoad
from tests.e2e.datasets import FULL, Datasets
from tests.e2e.helm import any_helm
from tests.e2e.release import Release

_NAMESPACE = "playlist-full-volume"
_FOLDER = "/var/tmp/playlist-recommender-e2e"
_SIZE = "24m"


@pytest.fixture
def tiny_claim(cluster: Cluster) -> Iterator[str]:
    """A claim on a small file system in memory, which whoever runs the node has to mount."""
    shell = os.environ.get("NODE_SHELL", "").split()
    if not shell or not shutil.which(shell[0]):
        pytest.skip("NODE_SHELL is not set: the command, such as `sh -c`, that runs another one as root on the node")
    cluster.make_namespace(_NAMESPACE)
    mount = f"mount -t tmpfs -o size={_SIZE},mode=0777 tmpfs {_FOLDER}"
    run([*shell, f"mkdir -p {_FOLDER} && {{ mountpoint -q {_FOLDER} || {mount}; }}"])
    cluster.kubectl("delete", "persistentvolume", _NAMESPACE, "--ignore-not-found", "--timeout=60s")
    cluster.apply(*_volume())
    yield "tiny"
    cluster.delete_namespace(_NAMESPACE)
    cluster.kubectl("delete", "persistentvolume", _NAMESPACE, "--timeout=60s")
    run([*shell, f"umount {_FOLDER} && rmdir {_FOLDER}"])


def test_full_volume(
    tiny_claim: str, cluster: Cluster, datasets: Datasets, base: dict[str, object], start_load: StartLoad
) -> None:
    helm = any_helm(_NAMESPACE)
    release = Release(cluster, _NAMESPACE)
    values = base | {"persistence.existingClaim": tiny_claim}
    helm.install(values)
    load = start_load()
    model_id = release.model_id()
    load.first_good()

    with pytest.raises(CommandError, match="post-upgrade"):
        helm.upgrade(values | {"dataset.url": datasets.file(FULL)})

    training = release.training()
    assert training
    end = release.end_of(training)
    assert end["exitCode"] == 1
    assert "free space" in end["message"] or "No space left" in end["message"]
    assert release.model_id() == model_id
    recovered_s = round(timed(lambda: helm.upgrade(values | {"training.minSupport": 5})), 1)
    assert release.model_id() != model_id
    sums = load.finish()
    noticed = f"helm upgrade fails; Job's log and `describe`: {end['message'].strip()}"
    results.note(results.Fault("volume full", noticed, training.seconds, recovered_s, int(sums["requests"]), 0))
    assert f":{NODE_PORT}" in str(sums["url"])


def _volume() -> list[Object]:
    size = {"storage": "24Mi"}
    volume = {
        "capacity": size,
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "hostPath": {"path": _FOLDER},
        "claimRef": {"namespace": _NAMESPACE, "name": "tiny"},
    }
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "volumeName": _NAMESPACE,
        "resources": {"requests": size},
    }
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": _NAMESPACE}, "spec": volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "tiny", "namespace": _NAMESPACE},
            "spec": claim,
        },
    ]
