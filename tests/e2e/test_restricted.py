"""A namespace that enforces the pod security level "restricted", with everything switched on that makes pods."""

import re

import pytest
from tests.e2e.cluster import Cluster, until
from tests.e2e.helm import any_helm
from tests.e2e.images import Images
from tests.e2e.release import FULL_NAME, Release

_NAMESPACE = "playlist-restricted"


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
