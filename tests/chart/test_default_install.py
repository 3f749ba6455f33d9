"""`helm install` with no value at all."""

from collections.abc import Callable
from pathlib import Path

from tests.chart.rendering import Objects, Render, default_chart, template


def _pod_labels_by_component(objects: Objects) -> dict[str, dict[str, str]]:
    labels = [pod["metadata"]["labels"] for _, pod in objects.pods()]
    return {found["app.kubernetes.io/component"]: found for found in labels}


def test_default_install_makes_exactly_these_objects(render: Render) -> None:
    found = sorted((found["kind"], found["metadata"]["name"]) for found in render())

    assert found == [
        ("ConfigMap", "recommender-playlist-recommender-training"),
        ("CronJob", "recommender-playlist-recommender-reconcile"),
        ("Deployment", "recommender-playlist-recommender-api"),
        ("Job", "recommender-playlist-recommender-train"),
        ("PersistentVolumeClaim", "recommender-playlist-recommender-models"),
        ("Pod", "recommender-playlist-recommender-test"),
        ("Service", "recommender-playlist-recommender-api"),
        ("ServiceAccount", "recommender-playlist-recommender"),
    ]


def test_rendering_twice_gives_the_same_bytes(helm: str) -> None:
    uncached: Callable[..., str] = template.__wrapped__

    assert uncached(helm, "{}", default_chart(), "recommender") == uncached(helm, "{}", default_chart(), "recommender")


def test_templates_call_nothing_that_gives_different_bytes_another_time(chart: Path) -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in chart.glob("templates/**/*") if path.is_file()}
    assert sources

    unsteady = ("lookup ", "randAlphaNum", "randAlpha", "randNumeric", "uuidv4", "genCA", "genSigned", "now ", "date ")
    for path, source in sources.items():
        code = "".join(part.split("}}")[0] for part in source.split("{{")[1:] if not part.startswith(("/*", "- /*")))
        assert not [word for word in unsteady if word in code], path


def test_templates_hold_no_second_default(chart: Path) -> None:
    """values.yaml is where a default stands: one in a template would make it lie."""
    for path in chart.glob("templates/**/*"):
        if path.is_file():
            assert "| default" not in path.read_text(encoding="utf-8"), path


def test_service_and_deployment_select_the_api_and_nothing_else(render: Render) -> None:
    objects = render()
    pods = _pod_labels_by_component(objects)
    service = objects.one("Service")["spec"]["selector"]
    deployment = objects.one("Deployment")["spec"]["selector"]["matchLabels"]

    for selector in (service, deployment):
        assert [name for name, labels in pods.items() if selector.items() <= labels.items()] == ["api"]


def test_selectors_are_name_instance_and_component_alone(render: Render) -> None:
    """A Deployment's selector can never change, so nothing that may change belongs there."""
    selector = render({"commonLabels": {"team": "music"}}).one("Deployment")["spec"]["selector"]["matchLabels"]

    assert {key.rpartition("/")[2] for key in selector} == {"name", "instance", "component"}


def test_service_leads_to_the_port_that_the_container_opens(render: Render) -> None:
    objects = render()
    (port,) = objects.one("Service")["spec"]["ports"]
    container = objects.one("Deployment")["spec"]["template"]["spec"]["containers"][0]

    assert port["targetPort"] in [opened["name"] for opened in container["ports"]]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment["PLAYLIST_PORT"] == str(container["ports"][0]["containerPort"])


def test_trainer_and_api_share_the_claim_at_the_folder_both_are_told(render: Render) -> None:
    objects = render()
    claim = objects.one("PersistentVolumeClaim")["metadata"]["name"]

    for name, pod in objects.pods():
        if name.startswith("Pod/"):
            continue
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        (container,) = pod["spec"]["containers"]
        (mount,) = [mount for mount in container["volumeMounts"] if "persistentVolumeClaim" in volumes[mount["name"]]]
        environment = {entry["name"]: entry["value"] for entry in container["env"]}
        assert volumes[mount["name"]]["persistentVolumeClaim"] == {"claimName": claim}
        assert environment["PLAYLIST_MODEL_DIR"] == mount["mountPath"]


def test_pods_do_not_restart_when_only_the_charts_version_changes(render: Render) -> None:
    labels = render().one("Deployment")["spec"]["template"]["metadata"]["labels"]

    assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(labels)


def test_empty_tags_take_the_charts_app_version(render: Render, chart: Path) -> None:
    (version,) = [
        line.partition(": ")[2].strip('"')
        for line in (chart / "Chart.yaml").read_text(encoding="utf-8").splitlines()
        if line.startswith("appVersion:")
    ]
    empty = {"image": {"tag": "", "digest": ""}}

    for name, pod in render({"api": empty, "trainer": empty}).pods():
        assert pod["spec"]["containers"][0]["image"].endswith(f":{version}"), name
