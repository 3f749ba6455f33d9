"""What users add to pods and objects: it is there, as it was written, and takes nothing of the chart's own away."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.chart.rendering import Object, Objects, Render, merged, nested

CONTAINER: Object = {"name": "other", "image": "other.example/other:1", "args": ["$(HOME)"]}
FROM: Object = {"secretRef": {"name": "other", "optional": True}, "prefix": "OTHER_"}
NOTE: Object = {"example.org/note": "yes"}


def _pods(objects: Objects, component: str) -> Iterator[Any]:
    """Yield the specifications of a component's pods: two of the training's."""
    for _, pod in objects.pods():
        if pod["metadata"]["labels"]["app.kubernetes.io/component"] == component:
            yield pod["spec"]


@pytest.mark.parametrize(("part", "component", "count"), [("api", "api", 1), ("trainer", "training", 2)])
def test_containers_stand_behind_the_charts_own(render: Render, part: str, component: str, count: int) -> None:
    before = {"name": "before", "image": "other", "restartPolicy": "Always"}

    pods = list(_pods(render({part: {"extraContainers": [CONTAINER], "extraInitContainers": [before]}}), component))

    assert len(pods) == count
    for pod in pods:
        own, *others = pod["containers"]
        assert own["name"] == part
        assert others == [CONTAINER]
        assert pod["initContainers"] == [before]


@pytest.mark.parametrize(("part", "component"), [("api", "api"), ("trainer", "training")])
def test_secrets_as_a_whole_come_after_the_stores_credentials(render: Render, part: str, component: str) -> None:
    store = {"modelStore": {"url": "s3://models/a", "existingSecret": "keys"}}

    for base, names in (({}, ["other"]), (store, ["keys", "other"])):
        for pod in _pods(render(merged(base, {part: {"extraEnvFrom": [FROM]}})), component):
            found = pod["containers"][0]["envFrom"]
            assert [source["secretRef"]["name"] for source in found] == names
            assert found[-1] == FROM


def test_what_is_added_to_one_component_is_not_the_others(render: Render) -> None:
    added = {"extraContainers": [CONTAINER], "extraEnvFrom": [FROM], "annotations": NOTE}

    assert list(_pods(render({"api": added}), "training")) == list(_pods(render(), "training"))
    assert list(_pods(render({"trainer": added}), "api")) == list(_pods(render(), "api"))


def test_annotations_are_the_objects_and_not_the_pods(render: Render) -> None:
    objects = render({"api": {"annotations": NOTE}, "trainer": {"annotations": NOTE}})

    for kind in ("Deployment", "Job", "CronJob"):
        assert objects.one(kind)["metadata"]["annotations"].items() >= NOTE.items(), kind
    for _, pod in objects.pods():
        assert "example.org/note" not in pod["metadata"].get("annotations", {})


def test_annotations_leave_a_hook_one_and_a_plain_job_tracked(render: Render) -> None:
    annotated = nested("trainer.annotations", NOTE)
    hook = render(annotated).one("Job")["metadata"]["annotations"]
    plain = render(merged(annotated, nested("training.trigger", "job"))).one("Job")["metadata"]

    assert {"helm.sh/hook", "argocd.argoproj.io/hook"} <= hook.keys()
    assert plain["annotations"] == NOTE
    # Another annotation is no reason to train.
    assert plain["name"] == render(nested("training.trigger", "job")).one("Job")["metadata"]["name"]


def _as_kubernetes_reads(text: str) -> str:
    """Return a variable's value as a container gets it where no $(NAME) in it is another variable's."""
    return text.replace("$$", "$")


@pytest.mark.parametrize("text", ["a$(PLAYLIST_SEED)", "$$", "$(x", "a$", "$$(HOME)$", "$HOME/${HOME}"])
def test_dollars_are_kept_as_they_are_written(render: Render, text: str) -> None:
    url = f"https://data.example/{text}.csv"
    objects = render(
        {"dataset": {"url": url}, "modelStore": {"url": "s3://models/recommender", "region": text}},
    )

    for component, count in (("training", 2), ("api", 1)):
        pods = list(_pods(objects, component))
        assert len(pods) == count
        for pod in pods:
            found = {entry["name"]: entry["value"] for entry in pod["containers"][0]["env"]}
            assert _as_kubernetes_reads(found["PLAYLIST_MODEL_STORE_REGION"]) == text
            # Each of them is escaped: Kubernetes takes `$$` for `$` and `$(` for the beginning of a name.
            assert found["PLAYLIST_MODEL_STORE_REGION"].count("$") == 2 * text.count("$")
    # Nobody expands a ConfigMap.
    assert objects.one("ConfigMap")["data"]["PLAYLIST_DATASET_URL"] == url


def test_variables_of_the_users_own_may_name_others(render: Render) -> None:
    own = {"name": "LISTS", "value": "$(HOME)/lists"}

    for pod in _pods(render({"trainer": {"extraEnv": [own]}}), "training"):
        assert own in pod["containers"][0]["env"]
