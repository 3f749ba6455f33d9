"""A training by Spark: what the driver may do, what executors are made from, and who talks to whom."""

from typing import Any

import pytest
import yaml
from tests.chart.rendering import CHART, Object, Objects, Render, RenderError, merged

_FILE = CHART / "ci/render/spark-values.yaml"
_SPARK: Object = {"training": {"engine": "spark"}, "networkPolicy": {"enabled": True}}
_LABEL = "app.kubernetes.io/component"


def _spark(render: Render, **more: Any) -> Objects:
    return render(merged(_SPARK, more))


def _driver(objects: Objects) -> Object:
    found: Object = objects.one("Job")["spec"]["template"]
    return found


def _files(objects: Objects) -> dict[str, str]:
    (found,) = [each["data"] for each in objects.of("ConfigMap") if "executor.yaml" in each["data"]]
    return dict(found)


def _executor(objects: Objects) -> Object:
    found: Object = yaml.safe_load(_files(objects)["executor.yaml"])
    return found


def _conf(objects: Objects) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in _files(objects)["spark-defaults.conf"].splitlines())


@pytest.mark.parametrize("values", [{}, {"training": {"spark": {"executors": 7}}}, {"training": {"engine": "eclat"}}])
def test_another_engine_renders_nothing_of_spark(render: Render, values: Object) -> None:
    text = yaml.safe_dump(list(render(values)))

    assert "spark" not in text
    assert "SPARK" not in text


@pytest.mark.parametrize("master", ["local[4]", "spark://spark.example:7077"])
def test_executors_from_elsewhere_need_no_rights_here(render: Render, master: str) -> None:
    objects = _spark(render, training={"engine": "spark", "spark": {"master": master}})

    assert objects.of("Role") == objects.of("RoleBinding") == []
    spec = _driver(objects)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert "trainer-spark:" in spec["containers"][0]["image"]


def test_driver_may_make_pods_here_and_nothing_more(render: Render) -> None:
    objects = _spark(render)
    role, binding = objects.one("Role"), objects.one("RoleBinding")

    assert role["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["pods"],
            "verbs": ["get", "list", "watch", "create", "patch", "delete", "deletecollection"],
        },
        {
            "apiGroups": [""],
            "resources": ["configmaps", "persistentvolumeclaims", "services"],
            "verbs": ["list", "deletecollection"],
        },
    ]
    (subject,) = binding["subjects"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    for owner in ("Job", "CronJob"):
        (pod,) = [pod["spec"] for name, pod in objects.pods() if name.startswith(f"{owner}/")]
        assert pod["serviceAccountName"] == subject["name"] != _executor(objects)["spec"]["serviceAccountName"]
        assert pod["automountServiceAccountToken"] is True
    others = [pod["spec"] for name, pod in objects.pods() if not name.startswith(("Job/", "CronJob/"))]
    assert {pod["automountServiceAccountToken"] for pod in others} == {False}
    assert {each["metadata"]["name"] for each in objects.of("ServiceAccount")} >= {subject["name"]}


def test_executors_are_restricted_and_owned_by_the_drivers_pod(render: Render) -> None:
    objects = render(file=_FILE)
    pod = _executor(objects)["spec"]

    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert pod["restartPolicy"] == "Never"
    assert _conf(objects)["spark.kubernetes.executor.podTemplateFile"] == "/etc/playlist/spark/executor.yaml"
    env = {each["name"]: each.get("value", "") for each in _driver(objects)["spec"]["containers"][0]["env"]}
    assert "spark.kubernetes.driver.pod.name=$(POD_NAME)" in env["PYSPARK_SUBMIT_ARGS"]


def test_executors_have_what_reading_the_dataset_takes(render: Render) -> None:
    pod = _executor(render(file=_FILE))["spec"]

    (container,) = pod["containers"]
    assert container["env"] == [{"name": "AWS_REGION", "value": "eu-central-1"}]
    assert container["envFrom"] == [{"secretRef": {"name": "model-store", "optional": True}}]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/tmp", "/etc/playlist/ca"}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_settings_of_spark_by_a_person_go_before_the_charts(render: Render) -> None:
    objects = render(file=_FILE)

    assert _conf(objects)["spark.driver.memory"] == "2g"
    assert _conf(objects)["spark.kubernetes.namespace"] == "songs"


def test_only_driver_and_executors_get_through_and_by_spark_alone(render: Render) -> None:
    objects = _spark(render)
    driver, executors = objects.one("NetworkPolicy", "training"), objects.one("NetworkPolicy", "executor")
    conf = _conf(objects)
    to_driver = {int(conf["spark.driver.port"]), int(conf["spark.driver.blockManager.port"])}
    to_executor = {int(conf["spark.blockManager.port"])}

    assert [_rule(each, "from") for each in driver["spec"]["ingress"]] == [(to_driver, ["executor"])]
    assert [_rule(each, "from") for each in executors["spec"]["ingress"]] == [(to_executor, ["training", "executor"])]
    assert (to_executor, ["executor"]) in [_rule(each, "to") for each in driver["spec"]["egress"]]
    outward = [_rule(each, "to") for each in executors["spec"]["egress"]]
    assert (to_driver, ["training"]) in outward
    assert (to_executor, ["executor"]) in outward
    labels = _executor(objects)["metadata"]["labels"]
    assert executors["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def _rule(rule: Object, direction: str) -> tuple[set[int], list[str]]:
    selectors = [
        peer["podSelector"]["matchLabels"][_LABEL] for peer in rule.get(direction, []) if "podSelector" in peer
    ]
    return {port["port"] for port in rule.get("ports", [])}, selectors


def test_executors_are_asked_for_by_their_own_settings_alone(render: Render) -> None:
    one = _driver(_spark(render))["metadata"]["annotations"]["checksum/spark"]
    other = _driver(_spark(render, trainer={"nodeSelector": {"pool": "spark"}}))

    assert other["metadata"]["annotations"]["checksum/spark"] != one
    assert _executor(_spark(render, trainer={"nodeSelector": {"pool": "spark"}}))["spec"]["nodeSelector"] == {
        "pool": "spark"
    }


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"training": {"maxLength": 3}}, "training.engine spark finds rules between two songs: set maxLength to 2"),
        ({"dataset": {"url": "https://example.org/a.csv"}}, "dataset.url is not in an object store"),
        ({"training": {"spark": {"image": {"tag": "latest"}}}}, "training.spark.image.tag is latest"),
    ],
)
def test_values_that_spark_can_not_work_with_are_refused(render: Render, values: Object, words: str) -> None:
    with pytest.raises(RenderError) as refused:
        render(merged(_SPARK, values))

    assert words in " ".join(str(refused.value).split())
