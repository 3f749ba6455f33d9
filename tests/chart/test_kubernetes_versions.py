"""One chart for Kubernetes 1.27 to 1.35: it asks for nothing that only some of them have."""

from collections.abc import Iterator

import pytest
import yaml
from tests.chart.rendering import CHART, NO_HELM, Object, RenderError, default_chart, helms, template

OLDEST, SIDECARS, NEWEST = 27, 29, 35
FILES = sorted(CHART.glob("ci/**/*-values.yaml"))
EVERY_VERSION = [CHART / "ci/default-values.yaml", CHART / "ci/render/everything-values.yaml"]
# A sidecar: an init container with a restartPolicy, on by default since 1.29.
WITH_SIDECAR = CHART / "ci/render/containers-values.yaml"
# Served by each of them; then what operators bring.
EVERYWHERE = {
    "v1", "apps/v1", "autoscaling/v2", "batch/v1", "networking.k8s.io/v1", "policy/v1", "rbac.authorization.k8s.io/v1",
}  # fmt: skip
BY_OPERATORS = {"gateway.networking.k8s.io/v1", "monitoring.coreos.com/v1"}
# Fields that came later, or were not on by default in 1.27: an older API server drops them without a word.
LATER = {
    "appArmorProfile", "backoffLimitPerIndex", "hostnameOverride", "managedBy", "mismatchLabelKeys",
    "podReplacementPolicy", "recursiveReadOnly", "resizePolicy", "sleep", "stopSignal", "successPolicy",
    "supplementalGroupsPolicy", "trafficDistribution", "volumeAttributesClassName",
}  # fmt: skip


def _rendered(values: str, *extra: str) -> str:
    found = list(helms().values())
    if not found:
        pytest.skip(NO_HELM)
    return template(found[0], values, default_chart(), "recommender", extra)


def _keys(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys(child)


def _objects(values: str) -> list[Object]:
    return list(yaml.load_all(_rendered(values), yaml.CSafeLoader))


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST + 1))
def test_renders_the_same_for_every_version(minor: int) -> None:
    """Nor does it matter what else the cluster serves: what Argo CD and `helm template` see is the same."""
    for file in FILES if minor in {OLDEST, NEWEST} else EVERY_VERSION:
        if file == WITH_SIDECAR and minor < SIDECARS:
            continue
        values = file.read_text(encoding="utf-8")
        apis = [word for api in sorted(BY_OPERATORS) for word in ("--api-versions", api)]
        # The last one counts.
        assert _rendered(values, "--kube-version", f"1.{minor}.0", *apis) == _rendered(values)


def test_sidecar_is_refused_where_it_would_be_taken_for_an_init_container() -> None:
    values = WITH_SIDECAR.read_text(encoding="utf-8")

    with pytest.raises(RenderError, match=r"Kubernetes knows that from 1\.29 on"):
        _rendered(values, "--kube-version", f"1.{SIDECARS - 1}.0")
    assert _rendered(values, "--kube-version", f"1.{SIDECARS}.0") == _rendered(values)


def test_older_ones_are_refused() -> None:
    with pytest.raises(RenderError, match="kubeVersion"):
        _rendered("", "--kube-version", f"1.{OLDEST - 1}.0")


def test_objects_are_of_versions_that_all_of_them_serve() -> None:
    for path in FILES:
        found = {each["apiVersion"] for each in _objects(path.read_text(encoding="utf-8"))}
        assert found <= EVERYWHERE | BY_OPERATORS


def test_no_field_is_newer_than_the_oldest() -> None:
    for path in FILES:
        for each in _objects(path.read_text(encoding="utf-8")):
            assert set(_keys(each)) & LATER == set(), path
            init = each.get("spec", {}).get("template", {}).get("spec", {}).get("initContainers", [])
            assert path == WITH_SIDECAR or not [found["name"] for found in init if "restartPolicy" in found]
