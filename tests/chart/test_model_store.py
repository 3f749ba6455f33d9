"""With an object store: no volume, and pods that any node can run; the same for a volume that all nodes mount."""

from typing import Any

import pytest
from tests.chart.rendering import Object, Objects, Render, RenderError, merged

STORE: Object = {"modelStore": {"url": "s3://models/recommender"}}
SHARED: Object = {"persistence": {"accessMode": "ReadWriteMany"}}
ONE_NODE: Object = {"persistence": {"accessMode": "ReadWriteOnce"}}
LOST = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]


def _pods(objects: Objects) -> list[Any]:
    """Return the specifications of the pods that read or write models."""
    return [pod["spec"] for name, pod in objects.pods() if not name.startswith("Pod/")]


def _environment(pod: Object) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "") for entry in pod["containers"][0]["env"]}


def test_every_pod_is_told_where_models_are(render: Render) -> None:
    store = {"url": "s3://models/a", "endpoint": "http://minio:9000", "region": "eu-1", "allowHttp": True}

    pods = _pods(render({"modelStore": store}))

    assert len(pods) == 3
    for pod in pods:
        found = _environment(pod)
        assert found["PLAYLIST_MODEL_STORE_URL"] == "s3://models/a"
        assert found["PLAYLIST_MODEL_STORE_ENDPOINT"] == "http://minio:9000"
        assert found["PLAYLIST_MODEL_STORE_REGION"] == "eu-1"
        assert found["PLAYLIST_MODEL_STORE_ALLOW_HTTP"] == "true"


def test_there_is_no_claim_and_copies_have_a_limit(render: Render) -> None:
    objects = render(merged(STORE, {"persistence": {"size": "3Gi"}}))

    assert objects.of("PersistentVolumeClaim") == []
    for pod in _pods(objects):
        (models,) = [volume for volume in pod["volumes"] if volume["name"] == "models"]
        (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["name"] == "models"]
        assert models == {"name": "models", "emptyDir": {"sizeLimit": "3Gi"}}
        assert not mount.get("readOnly", False)


def test_credentials_come_from_the_secret_and_stand_nowhere_else(render: Render) -> None:
    with_secret = _pods(render(merged(STORE, {"modelStore": {"existingSecret": "keys"}})))
    with_identity = _pods(render(STORE))

    for pod in with_secret:
        (source,) = pod["containers"][0]["envFrom"]
        assert source["secretRef"]["name"] == "keys"
    assert all("envFrom" not in pod["containers"][0] for pod in with_identity)
    for pod in (*with_secret, *with_identity):
        assert not any(name.startswith("AWS_") for name in _environment(pod))


@pytest.mark.parametrize(("source", "name"), [("existingSecret", "secretName"), ("existingConfigMap", "name")])
def test_certificates_for_the_store_reach_every_pod(render: Render, source: str, name: str) -> None:
    bundle = {source: "company-ca", "key": "bundle.pem"}

    pods = _pods(render(merged(STORE, {"modelStore": {"caBundle": bundle}})))

    assert len(pods) == 3
    for pod in pods:
        (volume,) = [volume for volume in pod["volumes"] if volume["name"] == "store-ca"]
        (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["name"] == "store-ca"]
        (found,) = [volume[kind] for kind in ("secret", "configMap") if kind in volume]
        path = f"{mount['mountPath']}/{found['items'][0]['path']}"
        assert (found[name], found["items"][0]["key"]) == ("company-ca", "bundle.pem")
        assert _environment(pod)["PLAYLIST_MODEL_STORE_CA_BUNDLE"] == path


@pytest.mark.parametrize("where", [STORE, SHARED])
def test_pods_are_spread_over_the_nodes_that_can_run_them(render: Render, where: Object) -> None:
    objects = render(where)
    pod = objects.one("Deployment")["spec"]["template"]

    (spread,) = pod["spec"]["topologySpreadConstraints"]

    assert (spread["topologyKey"], spread["maxSkew"], spread["whenUnsatisfiable"]) == (
        "kubernetes.io/hostname",
        1,
        "DoNotSchedule",
    )
    # A node that is lost or drained must not hold the place of a pod, nor the pods of the rollout before.
    assert spread["nodeTaintsPolicy"] == "Honor"
    assert spread["matchLabelKeys"] == ["pod-template-hash"]
    assert spread["labelSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert all("affinity" not in found for found in _pods(objects))


@pytest.mark.parametrize("api", [{"replicas": None}, {"autoscaling": {"enabled": True}}])
def test_an_autoscaler_is_not_stopped_by_one_full_node(render: Render, api: Object) -> None:
    deployment = render(merged(STORE, {"api": api})).one("Deployment")

    (spread,) = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert spread["whenUnsatisfiable"] == "ScheduleAnyway"


@pytest.mark.parametrize("where", [STORE, SHARED])
def test_pods_leave_a_lost_node_within_seconds(render: Render, where: Object) -> None:
    for pod in _pods(render(where)):
        assert {each["key"]: each["tolerationSeconds"] for each in pod["tolerations"]} == dict.fromkeys(LOST, 20)


def test_the_users_tolerations_come_first(render: Render) -> None:
    own = [{"key": LOST[1], "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}]

    pod = render(merged(STORE, {"api": {"tolerations": own}})).one("Deployment")["spec"]["template"]["spec"]

    assert pod["tolerations"][0] == own[0]
    assert sorted(each["key"] for each in pod["tolerations"]) == sorted(LOST)


def test_on_one_nodes_volume_nothing_of_this_applies(render: Render) -> None:
    for pod in _pods(render(ONE_NODE)):
        assert "tolerations" not in pod
        assert "topologySpreadConstraints" not in pod
        assert "envFrom" not in pod["containers"][0]


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 1), (None, 1)])
def test_a_budget_lets_one_pod_go_at_a_time(render: Render, replicas: int | None, budgets: int) -> None:
    found = render(merged(STORE, {"api": {"replicas": replicas}})).of("PodDisruptionBudget")

    assert len(found) == budgets
    for budget in found:
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_replicas_can_be_left_to_another_autoscaler(render: Render) -> None:
    assert "replicas" not in render({"api": {"replicas": None}}).one("Deployment")["spec"]
    assert render({"api": {"replicas": 0}}).one("Deployment")["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ({"url": "s3://models", "endpoint": "http://minio:9000"}, "allowHttp"),
        ({"endpoint": "https://minio.example"}, "modelStore.url is empty"),
        ({"existingSecret": "keys"}, "modelStore.url is empty"),
        ({"caBundle": {"existingSecret": "ca"}}, "modelStore.url is empty"),
        (
            {"url": "s3://models", "caBundle": {"existingSecret": "a", "existingConfigMap": "b"}},
            "leave one of them empty",
        ),
        ({"url": "gs://models", "region": "eu-1"}, "modelStore.region"),
        ({"url": "s3://key:secret@models/a"}, "/modelStore/url"),
        ({"url": "https://minio.example/models"}, "/modelStore/url"),
        ({"endpoint": "https://key:secret@minio.example"}, "/modelStore/endpoint"),
    ],
)
def test_a_store_that_cant_be_used_is_refused_with_what_to_do(render: Render, store: Object, said: str) -> None:
    with pytest.raises(RenderError, match=said):
        render({"modelStore": store})


def test_identity_of_a_cloud_is_named_by_annotations(render: Render) -> None:
    objects = render(merged(STORE, {"serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:x"}}}))

    assert objects.one("ServiceAccount")["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": "arn:x"}
