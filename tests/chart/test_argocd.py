"""The manifests that Argo CD is given."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, ROOT, Object, Render, merged

ARGOCD = ROOT / "argocd"
ENVIRONMENTS = sorted(ARGOCD.glob("environments/*.yaml"))


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

    command = ["kubeconform", "-strict", "-schema-location", schemas, *map(str, sorted(ARGOCD.glob("*.yaml")))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("spec", SPECS)
def test_retries_are_even_short_and_give_way_to_a_newer_commit(spec: Object) -> None:
    """An odd retry only deletes the failed hook's Job, and its log with it."""
    retry = spec["syncPolicy"]["retry"]

    assert retry["limit"] % 2 == 0
    assert retry["refresh"] is True
    assert int(retry["backoff"]["duration"].removesuffix("s")) <= 5


@pytest.mark.parametrize("spec", SPECS)
def test_git_decides_and_nothing_is_replaced(spec: Object) -> None:
    policy = spec["syncPolicy"]

    assert policy["automated"] == {"prune": True, "selfHeal": True}
    assert policy["syncOptions"] == ["CreateNamespace=true"]


@pytest.mark.parametrize("manifest", [APPLICATION, SET])
def test_no_annotation_keeps_argo_cd_from_looking_at_a_commit(manifest: Object) -> None:
    """With manifest-generate-paths it may skip the hook that trains."""
    assert "annotations" not in manifest["metadata"]
    assert "annotations" not in manifest["spec"].get("template", {}).get("metadata", {})


def test_one_file_is_the_whole_edit() -> None:
    """Any values beside the chart's own would hide an edit there."""
    assert set(APPLICATION["spec"]["source"]["helm"]) == {"releaseName"}


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


def test_project_allows_exactly_the_kinds_that_the_chart_renders(render: Render) -> None:
    allowed = {(found["group"], found["kind"]) for found in PROJECT["namespaceResourceWhitelist"]}
    rendered = set()
    for file in sorted(CHART.glob("ci/**/*-values.yaml")):
        for found in render(file=file):
            if found["metadata"].get("annotations", {}).get("helm.sh/hook") == "test":
                continue  # `helm test` is no part of a sync
            group, _, version = found["apiVersion"].rpartition("/")
            assert version
            rendered.add((group, found["kind"]))

    assert rendered == allowed
    assert PROJECT["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace"}]


def test_set_names_the_environments_that_have_a_file() -> None:
    listed = [element["environment"] for element in SET["spec"]["generators"][0]["list"]["elements"]]
    files = SET["spec"]["template"]["spec"]["source"]["helm"]["valueFiles"]

    assert sorted(listed) == [path.stem for path in ENVIRONMENTS]
    # A path from the root of the repository: a relative one would start at the chart.
    assert files == ["values.yaml", f"/{ARGOCD.name}/environments/{{{{ .environment }}}}.yaml"]


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_environment_renders_and_leaves_the_bumped_values_to_values_yaml(render: Render, path: Path) -> None:
    """A tag or a dataset here would hide an edit of values.yaml, which is where people look for it."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))

    render(file=path)
    assert "dataset" not in content
    assert not merged(content.get("api", {}), content.get("trainer", {})).get("image")
