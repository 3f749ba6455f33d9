"""A namespace that enforces the pod security level "restricted", with everything switched on that makes pods."""

import re
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, Object
from tests.e2e import results
from tests.e2e.cluster import Cluster, until
from tests.e2e.helm import any_helm
from tests.e2e.images import Images
from tests.e2e.nodes import Nodes
from tests.e2e.object_store import Certificates, ObjectStore
from tests.e2e.release import FULL_NAME, Release

_NAMESPACE = "playlist-restricted"
_WITH_STORE = "playlist-restricted-store"
# Of the range that OpenShift gives a namespace; the group is none of ours.
_USER = 1000670000


def _beside(images: Images, words: str, **more: str) -> Object:
    """Return a container of a user's own."""
    none: Object = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    code = f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); {words}"
    return {"image": images.trainer, "command": ["python", "-c", code], "securityContext": none, **more}


@pytest.mark.short
def test_restricted_namespace_accepts_every_pod(cluster: Cluster, images: Images) -> None:
    cluster.make_namespace(_NAMESPACE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    helm = any_helm(_NAMESPACE)
    release = Release(cluster, _NAMESPACE)

    helm.install(
        {
            "networkPolicy.enabled": True,
            "training.maxLength": 3,
            "api.extraInitContainers": [_beside(images, "print('before')", name="before")],
            "api.extraContainers": [_beside(images, "signal.pause()", name="beside")],
            # With this policy it ends with the trainer; else no training would ever be over.
            "trainer.extraInitContainers": [_beside(images, "signal.pause()", name="beside", restartPolicy="Always")],
        }
    )
    job = "by-hand"
    cluster.kubectl("create", "job", job, f"--from=cronjob/{FULL_NAME}-reconcile", "--namespace", _NAMESPACE)
    cluster.kubectl("wait", f"job/{job}", "--for=condition=Complete", "--timeout=60s", "--namespace", _NAMESPACE)

    assert re.search(r"Phase: +Succeeded", helm.test())
    assert release.answer().model_date
    helm.upgrade({"training.trigger": "job", "training.reconcile.enabled": False})
    until("the plain Job is done", lambda: any(training.is_complete for training in release.trainings()))
    events = cluster.items(f"/api/v1/namespaces/{_NAMESPACE}/events")
    assert not [event["message"] for event in events if "violates PodSecurity" in event.get("message", "")]
    cluster.delete_namespace(_NAMESPACE)


def test_any_user_that_openshift_gives_is_enough(cluster: Cluster, images: Images) -> None:
    """Its constraints put a user and an fsGroup into every pod that names none; here the values do."""
    cluster.make_namespace(_NAMESPACE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    helm = any_helm(_NAMESPACE)
    release = Release(cluster, _NAMESPACE)
    values = yaml.safe_load((CHART / "ci/render/openshift-values.yaml").read_text(encoding="utf-8"))

    helm.install({"podSecurityContext": values["podSecurityContext"] | {"runAsUser": _USER, "fsGroup": _USER}})

    assert re.search(r"Phase: +Succeeded", helm.test())
    assert release.answer().model_date
    pod = release.pods()[0]["metadata"]["name"]
    who = cluster.kubectl(
        *("exec", pod, "--namespace", _NAMESPACE, "--", "python", "-c", "import os; print(os.getuid(), os.getgid())")
    )
    assert who.split() == [str(_USER), "0"]
    cluster.delete_namespace(_NAMESPACE)


@pytest.mark.nodes
def test_helm_needs_a_url_an_endpoint_and_a_secret_in_a_restricted_namespace(
    cluster: Cluster, images: Images, nodes: Nodes, tmp_path: Path
) -> None:
    cluster.make_namespace(_WITH_STORE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    certificates = Certificates.made(tmp_path, ObjectStore.host())
    store = ObjectStore(tmp_path, certificates)
    cluster.apply(ObjectStore.secret(_WITH_STORE), certificates.config_map(_WITH_STORE))
    helm, release = any_helm(_WITH_STORE), Release(cluster, _WITH_STORE)
    try:
        helm.install(store.values)
        until("a model is served", lambda: release.answer().model_date)
        assert re.search(r"Phase: +Succeeded", helm.test())
        results.note(results.Fact("helm install in a restricted namespace", ", ".join(sorted(store.values))))
    finally:
        helm.uninstall()
        store.stop()
        cluster.delete_namespace(_WITH_STORE)
