"""Replicas left to the autoscaler, under Argo CD."""

import time

from tests.e2e import results
from tests.e2e.cluster import until
from tests.e2e.conftest import StartLoad
from tests.e2e.product import Product
from tests.e2e.release import FULL_NAME, Release
from tests.e2e.report import AUTOSCALED

_MORE = 250  # requests a second beside the usual ones
_SCALES_WITHIN_S = 150
_LEAST = 2
_VALUES = {
    "api.autoscaling.enabled": True,
    "api.autoscaling.minReplicas": _LEAST,
    "api.autoscaling.maxReplicas": 4,
    # The usual load is about 60 % of each of two pods' requests, three times as much about 190 %.
    "api.autoscaling.targetCPUUtilizationPercentage": 120,
    # Kubernetes' own patience of five minutes is not what is tested.
    "api.autoscaling.behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
}


def test_load_scales_the_api_up_and_down(product: Product, start_load: StartLoad) -> None:
    release, argo = product.release, product.argo
    argo.wait(argo.push(_VALUES).commit)
    until("the autoscaler is at rest", lambda: is_at_rest(release), timeout_s=_SCALES_WITHIN_S, every_s=1)
    before = release.ready()
    began = time.time()
    seen = set()

    def ready() -> int:
        seen.add((argo.state().sync, release.ready()))
        return release.ready()

    more = start_load(rate=_MORE)
    until("load scales up", lambda: ready() > before, timeout_s=_SCALES_WITHIN_S, every_s=1)
    up_s = time.time() - began
    # A commit on the way leaves the number to the autoscaler. The load goes on for as long as it takes.
    scaled = release_size(product)
    product.push(AUTOSCALED, _VALUES | {"training.minSupport": 5}, new_model=True)
    most = release_size(product)
    assert most >= scaled > _LEAST
    sums = more.finish()
    ended = time.time()
    until("its end scales down", lambda: ready() < most, timeout_s=_SCALES_WITHIN_S, every_s=1)
    down_s = time.time() - ended
    until("the pods are gone", lambda: len(release.pods()) == release.ready())
    requests = product.load.between(began, time.time())

    assert {sync for sync, _ in seen} == {"Synced"}
    assert not [request for request in requests if not request.is_good]
    sent = len(requests) + sums["requests"]
    found = (
        f"{before} → {most} pods, begun after {up_s:.0f} s; fewer {down_s:.0f} s after its end; 0 of {sent:,} failed"
    )
    results.note(results.Fact("autoscaling by CPU under three times the load, Argo CD Synced throughout", found))
    product.push("api.autoscaling off, training.minSupport back", {}, new_model=True)
    assert release_size(product) == _LEAST


def is_at_rest(release: Release) -> bool:
    """Tell whether the autoscaler knows how busy the pods are, and has them at the least number."""
    path = f"/apis/autoscaling/v2/namespaces/{release.namespace}/horizontalpodautoscalers/{FULL_NAME}-api"
    metrics = (release.cluster.get(path) or {}).get("status", {}).get("currentMetrics") or []
    is_measured = any("averageUtilization" in metric.get("resource", {}).get("current", {}) for metric in metrics)
    return is_measured and len(release.pods()) == release.ready() == _LEAST


def release_size(product: Product) -> int:
    """Return how many pods are wanted."""
    return int(product.release.deployment()["spec"]["replicas"])
