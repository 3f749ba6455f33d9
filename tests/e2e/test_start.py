"""From a container's start to its first answer: this release beside the one before, in their own images."""

import json
import statistics
from pathlib import Path

import pytest
from tests.chart.rendering import CHART
from tests.e2e import results
from tests.e2e.cluster import ROOT, Cluster, Object, until
from tests.e2e.helm import app_version
from tests.e2e.images import Images

_NAMESPACE = "playlist-start"
_STARTS, _ROUNDS = 5, 3
# Within the container: what runs it adds the same to both.
_MEASURE = f"""
import json, subprocess, time, urllib.request
took = []
for _ in range({_STARTS}):
    began = time.monotonic()
    server = subprocess.Popen(["playlist-api"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen("http://127.0.0.1:8080/api/recommend", b'{{"songs": []}}', timeout=10).read()
            break
        except OSError:
            time.sleep(0.005)
    took.append(time.monotonic() - began)
    server.terminate()
    server.wait()
print(json.dumps(took))
"""


def test_first_answer_comes_sooner_than_from_the_release_before(
    cluster: Cluster, images: Images, previous: Path
) -> None:
    cluster.make_namespace(_NAMESPACE)
    trees = {"before": previous, "now": ROOT}
    versions = {name: app_version(tree / CHART.relative_to(ROOT)) for name, tree in trees.items()}
    took: dict[str, list[float]] = {name: [] for name in versions}
    for turn in range(_ROUNDS):
        for name, version in versions.items():
            took[name] += _seconds_of_starts(cluster, images, f"{name}-{turn}", version)

    medians = {name: statistics.median(seconds) for name, seconds in took.items()}
    ratio = medians["now"] / medians["before"]
    results.note(
        results.Fact(
            f"container's start to first answer, {len(took['now'])} each, beside {versions['before']}",
            f"{medians['now']:.2f} s against {medians['before']:.2f} s: {ratio:.2f} × (aim: 0.8 ×)",
        )
    )
    assert len(took["now"]) == _STARTS * _ROUNDS
    cluster.delete_namespace(_NAMESPACE)


def _seconds_of_starts(cluster: Cluster, images: Images, name: str, version: str) -> list[float]:
    cluster.apply(_pod(images, name, version))

    def logs() -> str | None:
        pod = cluster.get(f"/api/v1/namespaces/{_NAMESPACE}/pods/{name}")
        if pod is None or pod["status"]["phase"] not in {"Succeeded", "Failed"}:
            return None
        return cluster.kubectl("logs", name, "--namespace", _NAMESPACE, "--container", "api")

    said = until(f"{name} has started so often", logs, timeout_s=180)
    try:
        seconds: list[float] = json.loads(said)
    except ValueError:
        pytest.fail(f"{name} said: {said}")
    return seconds


def _pod(images: Images, name: str, version: str) -> Object:
    trainer = images.trainer.rpartition(":")[0]
    mount: Object = {"volumeMounts": [{"name": "models", "mountPath": "/models"}]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": _NAMESPACE},
        "spec": {
            "restartPolicy": "Never",
            "initContainers": [{"name": "trainer", "image": f"{trainer}:{version}", **mount}],
            "containers": [
                {
                    "name": "api",
                    "image": f"{trainer.replace('-trainer', '-api')}:{version}",
                    "command": ["python", "-c", _MEASURE],
                    "resources": {"limits": {"cpu": "1"}},
                    **mount,
                }
            ],
            "volumes": [{"name": "models", "emptyDir": {}}],
        },
    }
