"""A namespace that enforces the pod security level "restricted", with everything switched on that makes pods."""

import re
from pathlib import Path

import pytest
from tests.e2e import results
from tests.e2e.cluster import Cluster, until
from tests.e2e.helm import any_helm
from tests.e2e.images import Images
from tests.e2e.nodes import Nodes
from tests.e2e.object_store import Certificates, ObjectStore
from tests.e2e.release import FULL_NAME, Release

_NAMESPACE = "playlist-restricted"
_WITH_STORE = "playlist-restricted-store"


@pytest.mark.short
def test_restricted_namespace_accepts_every_pod(cluster: Cluster, images: Images) -> None:
    cluster.make_namespace(_NAMESPACE, **{"pod-security.kubernetes.io/enforce": "restricted"})
    helm = any_helm(_NAMESPACE)
    release = Release(cluster, _NAMESPACE)

    helm.install({"networkPolicy.enabled": True, "training.maxLength": 3})
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
