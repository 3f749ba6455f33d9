"""The training's Job, plain or hook, and the CronJob beside it."""

from pathlib import Path
from typing import Any

import pytest
from tests.chart.rendering import Object, Render, merged, nested

JOB = nested("training.trigger", "job")
HOOK = nested("training.trigger", "hook")


def _jobs(render: Render, values: Object | None = None) -> list[Object]:
    objects = render(values)
    return [objects.one("Job")["spec"], objects.one("CronJob")["spec"]["jobTemplate"]["spec"]]


def _environment(job: Object) -> dict[str, Any]:
    (container,) = job["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value") for entry in container["env"]}


def test_a_hook_that_failed_is_left_to_argo_cds_own_retries(render: Render) -> None:
    assert render(merged(HOOK, nested("training.backoffLimit", 5))).one("Job")["spec"]["backoffLimit"] == 0


def test_a_plain_job_is_tried_again_and_the_cron_job_runs_again_anyway(render: Render) -> None:
    objects = render(merged(JOB, nested("training.backoffLimit", 5)))

    assert objects.one("Job")["spec"]["backoffLimit"] == 5
    assert objects.one("CronJob")["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0


def test_only_a_hook_is_removed_after_a_time(render: Render) -> None:
    """Argo CD would make a tracked Job anew whenever its time is up, and train for ever."""
    assert "ttlSecondsAfterFinished" in render(HOOK).one("Job")["spec"]
    assert "ttlSecondsAfterFinished" not in render(JOB).one("Job")["spec"]


def test_a_plain_job_is_tracked(render: Render) -> None:
    assert "annotations" not in render(JOB).one("Job")["metadata"]


def test_a_plain_job_gets_a_new_name_from_each_training_input_and_from_nothing_else(render: Render) -> None:
    """A Job can't be changed: the same name with another content is an error."""

    def name(values: Object) -> str:
        return str(render(merged(JOB, values)).one("Job")["metadata"]["name"])

    assert name({"api": {"replicas": 7, "image": {"tag": "9"}}}) == name({})
    changed = [
        name({}),
        name({"dataset": {"url": "https://data.example/a.csv"}}),
        name({"training": {"minSupport": 0.25}}),
        name({"training": {"backoffLimit": 9}}),
        name({"trainer": {"image": {"tag": "9"}}}),
        name({"trainer": {"resources": {"limits": {"memory": "9Gi"}}}}),
        name({"persistence": {"keepModels": 9}}),
    ]
    assert len(set(changed)) == len(changed)


def test_jobs_end_at_once_where_a_retry_would_fail_again(render: Render) -> None:
    for job in _jobs(render):
        (fails,) = [rule for rule in job["podFailurePolicy"]["rules"] if rule["action"] == "FailJob"]
        (container,) = job["template"]["spec"]["containers"]
        assert fails["onExitCodes"] == {"containerName": container["name"], "operator": "In", "values": [64, 65]}
        # A failure policy is refused with any other.
        assert job["template"]["spec"]["restartPolicy"] == "Never"


def test_an_evicted_pod_does_not_count_as_a_failed_training(render: Render) -> None:
    for job in _jobs(render):
        (ignored,) = [rule for rule in job["podFailurePolicy"]["rules"] if rule["action"] == "Ignore"]
        assert ignored["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]


def test_every_job_has_a_deadline(render: Render, values: Object) -> None:
    assert [job["activeDeadlineSeconds"] for job in _jobs(render)] == [values["training"]["activeDeadlineSeconds"]] * 2


def test_reconcile_runs_the_same_pod_by_a_command_that_never_fails_and_never_two_at_a_time(render: Render) -> None:
    job, cron = _jobs(render, {"dataset": {"url": "https://data.example/a.csv"}})

    (container,) = cron["template"]["spec"]["containers"]
    assert container["args"] == ["reconcile"]
    container["args"] = ["train"]
    assert cron["template"] == job["template"]
    assert render().one("CronJob")["spec"]["concurrencyPolicy"] == "Forbid"


def test_reconcile_can_be_suspended(render: Render) -> None:
    assert render().one("CronJob")["spec"]["suspend"] is False
    assert render({"training": {"reconcile": {"suspend": True}}}).one("CronJob")["spec"]["suspend"] is True


def test_reconcile_can_be_switched_off(render: Render) -> None:
    assert render({"training": {"reconcile": {"enabled": False}}}).of("CronJob") == []


def test_config_map_and_job_say_the_same(render: Render) -> None:
    objects = render({"training": {"minSupport": 7}})
    data = objects.one("ConfigMap")["data"]
    told = {name: text for name, text in data.items() if name.startswith("PLAYLIST_")}

    assert told == _environment(objects.one("Job")["spec"])
    assert data["image"] == objects.one("Job")["spec"]["template"]["spec"]["containers"][0]["image"]


def test_large_numbers_are_written_out(render: Render) -> None:
    """Helm reads every number as a float; the trainer would not understand 1e+07."""
    job, _ = _jobs(
        render,
        {
            "training": {"maxItemsets": 10_000_000, "seed": 4_294_967_295, "ttlSecondsAfterFinished": 2_592_000},
            "dataset": {"maxBytes": 5_000_000_000},
        },
    )

    environment = _environment(job)
    assert environment["PLAYLIST_MAX_ITEMSETS"] == "10000000"
    assert environment["PLAYLIST_SEED"] == "4294967295"
    assert environment["PLAYLIST_MAX_DATASET_BYTES"] == "5000000000"
    assert job["ttlSecondsAfterFinished"] == 2_592_000


def test_rollback_names_the_model_to_every_job(render: Render) -> None:
    for job in _jobs(render, {"training": {"rollbackTo": "20260101T000000Z-0123abcd"}}):
        assert _environment(job)["PLAYLIST_ROLLBACK_TO"] == "20260101T000000Z-0123abcd"


def test_headers_and_certificates_come_from_objects_and_never_from_values(render: Render) -> None:
    job, _ = _jobs(
        render,
        {
            "dataset": {
                "headers": {"existingSecret": "dataset-headers", "key": "lines"},
                "caBundle": {"existingConfigMap": "company-ca", "key": "bundle.pem"},
            }
        },
    )
    pod = job["template"]["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in pod["containers"][0]["volumeMounts"]}
    environment = _environment(job)

    headers = Path(environment["PLAYLIST_DATASET_HEADERS_FILE"])
    assert mounts[str(headers.parent)]["secret"]["secretName"] == "dataset-headers"
    assert mounts[str(headers.parent)]["secret"]["items"] == [{"key": "lines", "path": headers.name}]
    bundle = Path(environment["PLAYLIST_DATASET_CA_BUNDLE"])
    assert mounts[str(bundle.parent)]["configMap"]["name"] == "company-ca"
    assert mounts[str(bundle.parent)]["configMap"]["items"] == [{"key": "bundle.pem", "path": bundle.name}]


def test_dataset_from_a_secret_leaves_no_url_in_any_object(render: Render) -> None:
    values = {"dataset": {"existingSecret": "playlists"}}
    job, cron = _jobs(render, values)
    pod = job["template"]["spec"]
    (volume,) = [volume for volume in pod["volumes"] if "secret" in volume]
    (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["name"] == volume["name"]]

    assert volume["secret"]["secretName"] == "playlists"
    # Headers may be left out, and a Secret that is missing is the trainer's to name.
    assert volume["secret"]["optional"] is True
    assert {item["key"]: item["path"] for item in volume["secret"]["items"]} == {"url": "url", "headers": "headers"}
    for environment in (_environment(job), _environment(cron), render(values).one("ConfigMap")["data"]):
        assert environment["PLAYLIST_DATASET_SECRET_DIR"] == mount["mountPath"]
        assert "PLAYLIST_DATASET_URL" not in environment


@pytest.mark.parametrize("source", ["headers", "caBundle"])
def test_a_missing_secret_is_the_trainers_to_name(render: Render, source: str) -> None:
    """A pod that waits for a Secret says nothing until its deadline; the trainer says so within a second."""
    job, _ = _jobs(render, {"dataset": {source: {"existingSecret": "missing"}}})

    (volume,) = [volume["secret"] for volume in job["template"]["spec"]["volumes"] if "secret" in volume]
    assert volume["optional"] is True
