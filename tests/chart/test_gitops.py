"""What makes one edited value in Git a running change; each was seen on a real cluster (docs: Chart and GitOps)."""

import json
from typing import Any

import pytest
from tests.chart.rendering import DEFAULTS, Object, Objects, Render, merged, nested
from tests.chart.variants import leaves, other_value

Values = dict[str, Any]
HOOKS = {"helm.sh/hook", "argocd.argoproj.io/hook"}


def _in_use_beside(path: str) -> Values:
    """Return values with which the one at a path has an effect."""
    # The certificates come from one object or the other.
    source = "existingSecret" if path.endswith("existingConfigMap") else "existingConfigMap"
    other = {} if path.startswith("dataset.caBundle.existing") else {source: "ca"}
    # The retries of a hook are Argo CD's.
    trigger = {"trigger": "job"} if path == "training.backoffLimit" else {}
    engine = {"engine": "spark"} if path.startswith("training.spark.") else {}
    headers = {} if path == "dataset.existingSecret" else {"headers": {"existingSecret": "headers"}}
    return {
        "dataset": {**headers, "caBundle": other},
        "training": {"reconcile": {"enabled": False}, **trigger, **engine},
    }


def _training_inputs(schema: Object) -> list[str]:
    """Return every value that a training depends on; the CronJob is tracked itself, annotations are nobody's input."""
    paths = [path for path in leaves(schema) if path.split(".")[0] in {"dataset", "training", "trainer"}]
    inputs = (path for path in paths if ".reconcile." not in path and path != "trainer.annotations")
    return [*inputs, "persistence.keepModels"]


def _annotations(objects: Objects) -> list[dict[str, str]]:
    pods = [pod.get("metadata", {}).get("annotations", {}) for _, pod in objects.pods()]
    return [found["metadata"].get("annotations", {}) for found in objects] + pods


def _api_pod(objects: Objects) -> Object:
    return objects.one("Deployment")["spec"]["template"]


def test_every_training_input_changes_the_tracked_config_map_and_no_api_pod(
    render_once: Render, schema: Object, values: Values
) -> None:
    """Argo CD compares no hooks: an input that stands in the hook alone would be Synced, and never trained."""
    missed, restarting = [], []

    for path in _training_inputs(schema):
        base = _in_use_beside(path)
        before = render_once(base)
        after = render_once(merged(base, nested(path, other_value(path, schema, merged(values, base)))))
        if after.of("ConfigMap") == before.of("ConfigMap"):
            missed.append(path)
        if _api_pod(after) != _api_pod(before):
            restarting.append(path)

    assert (missed, restarting) == ([], [])
    assert {("ConfigMap", found["metadata"]["name"]) for found in before.of("ConfigMap")} <= set(before.tracked())


def test_nothing_of_the_training_is_in_the_apis_pod_template(render: Render) -> None:
    """A checksum of the ConfigMap there would restart every pod for each new dataset."""
    objects = render()
    data = objects.one("ConfigMap")["data"]
    pod = json.dumps(_api_pod(objects))

    assert data["job-sha256"] not in pod
    assert objects.one("ConfigMap")["metadata"]["name"] not in pod


def test_replicas_change_the_deployment_alone(render: Render, values: Values) -> None:
    before = render()
    after = render(nested("api.replicas", values["api"]["replicas"] + 3))

    changed = [new["kind"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["Deployment"]
    assert _api_pod(after) == _api_pod(before)


def test_the_apis_tag_changes_the_deployment_and_the_test_pod_alone(render: Render) -> None:
    before = render()
    after = render(nested("api.image.tag", "0.0.0-other"))

    assert {new["kind"] for old, new in zip(before, after, strict=True) if old != new} == {"Deployment", "Pod"}
    assert _api_pod(after)["spec"]["containers"][0]["image"].endswith(":0.0.0-other")


def test_training_is_a_hook_of_helm_and_of_argo_cd_that_waits_for_nothing(render: Render) -> None:
    """PostSync would wait for a healthy Deployment; a hook deleted on success would take its log along."""
    annotations = render(nested("training.trigger", "hook")).one("Job")["metadata"]["annotations"]

    assert annotations == {
        "helm.sh/hook": "post-install,post-upgrade,post-rollback",
        "helm.sh/hook-delete-policy": "before-hook-creation",
        "argocd.argoproj.io/hook": "Sync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    }


def test_only_the_training_and_the_test_are_hooks(render: Render) -> None:
    """A PVC or a ServiceAccount that is a hook is deleted at each upgrade."""
    found = [item["kind"] for item in render() if set(item["metadata"].get("annotations", {})) & HOOKS]

    assert sorted(found) == ["Job", "Pod"]


@pytest.mark.parametrize("trigger", ["hook", "job"])
def test_there_is_one_wave(render: Render, trigger: str) -> None:
    """A second wave waits for the volume to be healthy, and the volume waits for its first pod."""
    waves = {"argocd.argoproj.io/sync-wave", "helm.sh/hook-weight"}

    for annotations in _annotations(render(nested("training.trigger", trigger))):
        assert not waves & set(annotations)


def test_nothing_is_replaced_or_forced(render: Render) -> None:
    """Replace deletes what it replaces: for the volume that means the models, for the Deployment the pods."""
    for annotations in _annotations(render()):
        options = annotations.get("argocd.argoproj.io/sync-options", "")
        assert "Replace" not in options
        assert "Force" not in options


def test_volume_is_kept_by_helm_and_by_argo_cd(render: Render) -> None:
    kept = render({"persistence": {"keep": True}}).one("PersistentVolumeClaim")["metadata"]["annotations"]
    given_up = render({"persistence": {"keep": False}}).one("PersistentVolumeClaim")["metadata"]

    assert kept["helm.sh/resource-policy"] == "keep"
    assert set(kept["argocd.argoproj.io/sync-options"].split(",")) == {"Prune=false", "Delete=false"}
    assert "annotations" not in given_up


def test_pods_are_given_up_on_later_than_trainings(render: Render) -> None:
    objects = render({"training": {"activeDeadlineSeconds": 5_000_000}})

    deadline = objects.one("Job")["spec"]["activeDeadlineSeconds"]
    assert deadline == 5_000_000
    assert objects.one("Deployment")["spec"]["progressDeadlineSeconds"] > deadline


def test_a_training_ends_before_helm_stops_waiting_for_it(render: Render) -> None:
    """Helm's --timeout is 5 minutes: an error of the training's says more than one of Helm's."""
    assert render().one("Job")["spec"]["activeDeadlineSeconds"] < 300


@pytest.mark.parametrize(("training", "waits"), [
    ({}, "200"),
    ({"activeDeadlineSeconds": 14400}, "12000"),
    ({"activeDeadlineSeconds": 190}, "158"),
    ({"activeDeadlineSeconds": 190, "lockTimeoutSeconds": 10}, "10"),
    ({"lockTimeoutSeconds": "0.5"}, "0.5"),
])  # fmt: skip
def test_a_commit_waits_for_a_scheduled_run_whose_download_is_stuck(
    render: Render, training: Object, waits: str
) -> None:
    settings = render({"training": training}).one("ConfigMap")["data"]

    assert settings["PLAYLIST_LOCK_TIMEOUT_SECONDS"] == waits
    assert int(DEFAULTS["dataset"]["deadlineSeconds"]) < 200


def test_autoscaler_and_chart_do_not_both_set_replicas(render: Render) -> None:
    """Argo CD would heal the autoscaler's number for ever."""
    objects = render({"api": {"autoscaling": {"enabled": True}}})

    assert "replicas" not in objects.one("Deployment")["spec"]
    target = objects.one("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", objects.one("Deployment")["metadata"]["name"])
