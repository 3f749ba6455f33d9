"""The manifests that Argo CD is given."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, ROOT, Object, Render

ARGOCD = ROOT / "argocd"
ENVIRONMENTS = sorted(ARGOCD.glob("environments/*/values.yaml"))
VALUES = [ARGOCD / "values.yaml", *ENVIRONMENTS]
# What people bump; all else is the chart's default.
BUMPED = {"api.replicas", "api.image.tag", "trainer.image.tag", "dataset.url", "dataset.sha256"}
# Argo CD's page shows them below what the chart renders.
MADE_BY_OTHERS = {("", "Event"), ("", "Pod"), ("apps", "ReplicaSet"), ("discovery.k8s.io", "EndpointSlice")}


def _manifest(name: str) -> Object:
    found: Object = yaml.safe_load((ARGOCD / name).read_text(encoding="utf-8"))
    return found


PROJECT = _manifest("project.yaml")["spec"]
APPLICATION = _manifest("application.yaml")
SET = _manifest("applicationset.yaml")
SPECS = [pytest.param(APPLICATION["spec"], id="application"), pytest.param(SET["spec"]["template"]["spec"], id="set")]


def test_manifests_fit_argo_cds_own_schemas() -> None:
    schemas = os.environ.get("KUBECONFORM_SCHEMAS", "")
    if not shutil.which("kubeconform") or not schemas:
        pytest.skip("no kubeconform, or KUBECONFORM_SCHEMAS (where its schemas are) is not set")

    manifests = sorted(set(ARGOCD.glob("*.yaml")) - set(VALUES))
    command = ["kubeconform", "-strict", "-schema-location", schemas, *map(str, manifests)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("spec", SPECS)
def test_no_retry_keeps_a_good_commit_waiting(spec: Object) -> None:
    """Without this line there would be five."""
    assert spec["syncPolicy"]["retry"] == {"limit": 0}


@pytest.mark.parametrize("spec", SPECS)
def test_git_decides_and_nothing_is_replaced(spec: Object) -> None:
    policy = spec["syncPolicy"]

    assert policy["automated"] == {"prune": True, "selfHeal": True}
    assert "syncOptions" not in policy


@pytest.mark.parametrize("spec", SPECS)
def test_no_sync_begins_with_a_wave_for_the_namespace(spec: Object) -> None:
    """Argo CD waits two seconds after each wave."""
    assert "managedNamespaceMetadata" not in spec["syncPolicy"]


def test_namespaces_of_the_project_enforce_restricted() -> None:
    namespaces = list(yaml.safe_load_all((ARGOCD / "namespaces.yaml").read_text(encoding="utf-8")))

    assert {found["metadata"]["name"] for found in namespaces} == {
        destination["namespace"] for destination in PROJECT["destinations"]
    }
    for found in namespaces:
        assert found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("manifest", [APPLICATION, SET])
def test_no_annotation_keeps_argo_cd_from_looking_at_a_commit(manifest: Object) -> None:
    """With manifest-generate-paths it may skip the hook that trains."""
    for metadata in (manifest["metadata"], manifest["spec"].get("template", {}).get("metadata", {})):
        assert "argocd.argoproj.io/manifest-generate-paths" not in metadata.get("annotations", {})


def test_one_file_is_the_whole_edit() -> None:
    assert APPLICATION["spec"]["source"]["helm"]["valueFiles"] == ["/argocd/values.yaml"]


@pytest.mark.parametrize("spec", SPECS)
def test_applications_are_what_the_project_allows(spec: Object) -> None:
    names = [element["namespace"] for element in SET["spec"]["generators"][0]["list"]["elements"]]
    wanted = names if "{{" in spec["destination"]["namespace"] else [spec["destination"]["namespace"]]
    allowed = {(found["server"], found["namespace"]) for found in PROJECT["destinations"]}

    assert spec["project"] == _manifest("project.yaml")["metadata"]["name"]
    assert spec["source"]["repoURL"] in PROJECT["sourceRepos"]
    assert {(spec["destination"]["server"], namespace) for namespace in wanted} <= allowed


@pytest.mark.parametrize("spec", SPECS)
def test_path_leads_to_the_chart(spec: Object) -> None:
    assert (ROOT / spec["source"]["path"] / "Chart.yaml").is_file()


def test_project_allows_exactly_the_kinds_that_the_chart_renders_or_leads_to(render: Render) -> None:
    allowed = {(found["group"], found["kind"]) for found in PROJECT["namespaceResourceWhitelist"]}
    rendered = set()
    for file in sorted(CHART.glob("ci/**/*-values.yaml")):
        for found in render(file=file):
            if found["metadata"].get("annotations", {}).get("helm.sh/hook") == "test":
                continue  # `helm test` is no part of a sync
            group, _, version = found["apiVersion"].rpartition("/")
            assert version
            rendered.add((group, found["kind"]))

    assert rendered | MADE_BY_OTHERS == allowed
    assert PROJECT["clusterResourceWhitelist"] == []


def test_set_names_the_environments_that_have_a_file() -> None:
    listed = [element["environment"] for element in SET["spec"]["generators"][0]["list"]["elements"]]
    files = SET["spec"]["template"]["spec"]["source"]["helm"]["valueFiles"]

    assert sorted(listed) == [path.parent.name for path in ENVIRONMENTS]
    # A path from the root of the repository: a relative one would start at the chart.
    assert files == [f"/{ARGOCD.name}/environments/{{{{ .environment }}}}/values.yaml"]


@pytest.mark.parametrize("path", VALUES, ids=lambda path: str(path.relative_to(ARGOCD)))
def test_values_of_an_installation_render_and_hold_what_is_bumped(render: Render, path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert render(file=path)
    assert set(_paths(content)) >= BUMPED


def _paths(values: Object, path: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield from _paths(value, f"{path}{key}.") if isinstance(value, dict) else [f"{path}{key}"]
