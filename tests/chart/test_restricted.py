"""What every pod is kept from: the level "restricted" of the pod security standards, and no rights in the cluster."""

from pathlib import Path

import pytest
from tests.chart.rendering import CHART, ROOT, Render, RenderError

FILES = [None, *sorted(CHART.glob("ci/**/*-values.yaml"))]


@pytest.fixture(params=FILES, ids=[path.stem if path else "values" for path in FILES])
def values_file(request: pytest.FixtureRequest) -> Path | None:
    return request.param


def test_every_pod_is_restricted(render: Render, values_file: Path | None) -> None:
    pods = list(render(file=values_file).pods())

    assert {name.partition("/")[0] for name, _ in pods} >= {"Deployment", "Job", "Pod"}
    for name, pod in pods:
        context = pod["spec"]["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["readOnlyRootFilesystem"] is True, name
            assert own["capabilities"] == {"drop": ["ALL"]}, name
        for volume in pod["spec"].get("volumes", []):
            assert "hostPath" not in volume, name


def test_no_pod_can_talk_to_the_cluster(render: Render, values_file: Path | None) -> None:
    objects = render(file=values_file)
    # Which makes pods, by rights that test_spark.py looks at.
    has_driver = values_file is not None and values_file.stem == "spark-values"

    for name, pod in objects.pods():
        is_driver = has_driver and name.startswith(("Job/", "CronJob/"))
        assert pod["spec"]["automountServiceAccountToken"] is is_driver, name
        assert pod["spec"]["enableServiceLinks"] is False, name
    for kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"):
        assert has_driver or objects.of(kind) == []


def test_every_container_says_what_it_needs(render: Render, values_file: Path | None) -> None:
    for name, pod in render(file=values_file).pods():
        for container in pod["spec"]["containers"]:
            assert container["resources"]["requests"].keys() >= {"cpu", "memory"}, name
            assert "memory" in container["resources"]["limits"], name


def test_a_read_only_root_leaves_room_for_temporary_files(render: Render) -> None:
    objects = render()

    for pod in (objects.one("Deployment")["spec"]["template"], objects.one("Job")["spec"]["template"]):
        mounts = {mount["mountPath"]: mount["name"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
        assert {"name": mounts["/tmp"], "emptyDir": {}} in pod["spec"]["volumes"]


def test_user_of_the_pods_is_the_user_of_the_images(render: Render) -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    # An image ends with it; the one for Spark is root for a while between.
    (user,) = {line for line in text.splitlines() if line.startswith("USER ")} - {"USER root", "USER 0:0"}

    for _, pod in render().pods():
        context = pod["spec"]["securityContext"]
        assert user == f"USER {context['runAsUser']}:{context['runAsGroup']}"


def test_on_openshift_no_pod_names_a_user_or_group(render: Render) -> None:
    for name, pod in render(file=CHART / "ci/render/openshift-values.yaml").pods():
        assert pod["spec"]["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, (
            name
        )


def test_network_policies_select_the_pods_they_are_for(render: Render) -> None:
    objects = render({"networkPolicy": {"enabled": True}})
    api, training = objects.one("NetworkPolicy", "api")["spec"], objects.one("NetworkPolicy", "training")["spec"]
    api_pod = objects.one("Deployment")["spec"]["template"]["metadata"]["labels"]
    training_pod = objects.one("Job")["spec"]["template"]["metadata"]["labels"]

    assert api["podSelector"]["matchLabels"].items() <= api_pod.items()
    assert training["podSelector"]["matchLabels"].items() <= training_pod.items()
    assert api["egress"] == []
    assert training["ingress"] == []


def test_helm_test_may_ask_where_few_others_may(render: Render) -> None:
    objects = render({"networkPolicy": {"enabled": True, "ingressFrom": [{"namespaceSelector": {}}]}})
    (rule,) = objects.one("NetworkPolicy", "api")["spec"]["ingress"]

    selectors = [peer["podSelector"]["matchLabels"] for peer in rule["from"] if "podSelector" in peer]
    labels = objects.one("Pod")["metadata"]["labels"]
    assert any(selector.items() <= labels.items() for selector in selectors)


def test_metrics_are_open_to_what_scrapes_them_alone(render: Render) -> None:
    callers, scrapers = {"ipBlock": {"cidr": "10.0.0.0/8"}}, {"podSelector": {"matchLabels": {"app": "prometheus"}}}
    given = {"enabled": True, "ingressFrom": [callers]}

    closed = render({"networkPolicy": given}).one("NetworkPolicy", "api")["spec"]["ingress"]
    opened = render({"networkPolicy": given | {"metricsFrom": [scrapers]}}).one("NetworkPolicy", "api")

    assert [rule["ports"] for rule in closed] == [[{"port": "http"}]]
    calls, scrapes = opened["spec"]["ingress"]
    assert calls["ports"] == [{"port": "http"}]
    assert callers in calls["from"]
    assert scrapes == {"ports": [{"port": "metrics"}], "from": [scrapers]}


def test_a_service_monitor_that_the_policy_shuts_out_is_refused(render: Render) -> None:
    values = {"networkPolicy": {"enabled": True}, "api": {"serviceMonitor": {"enabled": True}}}

    with pytest.raises(RenderError, match="metricsFrom"):
        render(values)
