"""Replicas left to the autoscaler, under Argo CD."""

import time

from tests.e2e import results
from tests.e2e.cluster import until
from tests.e2e.conftest import StartLoad
from tests.e2e.product import Product
from tests.e2e.release import FULL_NAME

_MORE = 250  # requests a second beside the usual ones
_SCALES_WITHIN_S = 120
_VALUES = {
    "api.autoscaling.enabled": True,
    "api.autoscaling.minReplicas": 1,
    "api.autoscaling.maxReplicas": 4,
    # Kubernetes' own patience of five minutes is not what is tested.
    "api.autoscaling.behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
}


def test_load_scales_the_api_up_and_down(product: Product, start_load: StartLoad) -> None:
    release, argo = product.release, product.argo
    push = argo.push(_VALUES)
    argo.wait(push.commit)
    autoscaler = f"/apis/autoscaling/v2/namespaces/{release.namespace}/horizontalpodautoscalers/{FULL_NAME}-api"

    def is_measured() -> bool:
        found = (release.cluster.get(autoscaler) or {}).get("status", {}).get("currentMetrics") or []
        return any("averageUtilization" in metric.get("resource", {}).get("current", {}) for metric in found)

    until("the autoscaler has a number", is_measured, timeout_s=_SCALES_WITHIN_S)
    began = time.time()
    most, least = release.ready(), 0
    states = set()

    def look() -> int:
        nonlocal most
        state = argo.state()
        states.add(state.sync)
        most = max(most, release.ready())
        return release.ready()

    more = start_load(rate=_MORE)
    until("load scales up to at least three pods", lambda: look() >= 3, timeout_s=_SCALES_WITHIN_S, every_s=1)
    up_s = time.time() - began
    sums = more.stop()
    ended = time.time()
    least = most
    until("its end scales down", lambda: look() < most, timeout_s=_SCALES_WITHIN_S, every_s=1)
    least = release.ready()
    until("the pods are gone", lambda: len(release.pods()) == release.ready(), every_s=1)
    down_s = time.time() - ended
    requests = product.load.between(began, time.time())

    assert states == {"Synced"}
    assert sums["failed"] == sums["unanswered"] == 0, sums
    assert not [request for request in requests if not request.is_good]
    sent = len(requests) + sums["requests"]
    found = (
        f"to {most} pods within {up_s:.0f} s, down to {least} {down_s:.0f} s after its end; {sent:,} requests, 0 failed"
    )
    results.note(results.Fact("autoscaling by CPU, Argo CD Synced all the time", found))
    argo.wait(argo.push({}).commit)


def test_a_commit_leaves_the_autoscaled_number_alone(product: Product) -> None:
    values = _VALUES | {"api.autoscaling.minReplicas": 3}
    product.push("api.autoscaling.enabled", values)
    until("the autoscaler's least number", lambda: release_size(product) == 3)

    product.push("training.minSupport, while autoscaled", values | {"training.minSupport": 5}, new_model=True)

    assert release_size(product) == 3
    product.push("back to replicas", {}, new_model=True)
    assert release_size(product) == 2


def release_size(product: Product) -> int:
    """Give how many pods are wanted."""
    return int(product.release.deployment()["spec"]["replicas"])
