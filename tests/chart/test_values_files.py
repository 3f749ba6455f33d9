"""Every file of values in the chart's ci/: it renders, is valid Kubernetes, and passes the linters."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, Object, Render, default_chart, helms, rendered, template

FILES = sorted(CHART.glob("ci/**/*-values.yaml"))
# The project's own, for kinds that a cluster may lack.
OWN_SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(params=FILES, ids=[str(path.relative_to(CHART / "ci")) for path in FILES])
def values_file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def kubeconform() -> Callable[[str], None]:
    """Check manifests against the schemas that KUBECONFORM_SCHEMAS names; nothing is downloaded."""
    schemas = os.environ.get("KUBECONFORM_SCHEMAS", "")
    if not shutil.which("kubeconform") or not schemas:
        pytest.skip("no kubeconform, or KUBECONFORM_SCHEMAS (where its schemas are) is not set")

    def check(manifests: str) -> None:
        own = f"{OWN_SCHEMAS}/{{{{.ResourceKind}}}}.json"
        command = ["kubeconform", "-strict", "-schema-location", schemas, "-schema-location", own]
        done = subprocess.run(command, input=manifests, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return check


def test_both_kinds_of_files_are_there() -> None:
    """Those in ci/ are installed on a cluster by `ct install`; those in ci/render ask for more than a small one has."""
    assert {path.parent.name for path in FILES} == {"ci", "render"}


def test_file_renders_valid_objects(helm: str, kubeconform: Callable[[str], None], values_file: Path) -> None:
    kubeconform(template(helm, values_file.read_text(encoding="utf-8"), default_chart(), "recommender"))


def test_default_renders_valid_objects(helm: str, kubeconform: Callable[[str], None]) -> None:
    kubeconform(template(helm, "{}", default_chart(), "recommender"))


def test_kubeconform_would_find_a_fault(helm: str, kubeconform: Callable[[str], None]) -> None:
    manifests = template(helm, "{}", default_chart(), "recommender")

    with pytest.raises(AssertionError, match="maxUnavailabel"):
        kubeconform(manifests.replace("maxUnavailable", "maxUnavailabel"))


def test_lint_is_content(helm: str, values_file: Path) -> None:
    command = [helm, "lint", "--strict", "--quiet", "--values", str(values_file), str(default_chart())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_helm_renders_the_same(values_file: Path) -> None:
    if len(helms()) < 2:
        pytest.skip("needs two Helms: set HELM3 and HELM4")

    first, second = (sorted(rendered(helm, file=values_file), key=_kind_and_name) for helm in helms().values())
    assert first == second


def _kind_and_name(found: Object) -> tuple[str, str]:
    return found["kind"], found["metadata"]["name"]


def test_rendering_everything_at_once_makes_every_kind(render: Render) -> None:
    kinds = {found["kind"] for path in FILES for found in render(file=path)}
    everything = {found["kind"] for found in render(file=CHART / "ci/render/everything-values.yaml")}

    # What only extraObjects can bring is not the chart's; a PodMonitor stands in a ServiceMonitor's place, and what the
    # engine spark needs has a file of its own.
    assert everything | {"PodMonitor", "Role", "RoleBinding"} == kinds


def test_files_hold_only_differences(values: Object) -> None:
    for path in FILES:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert _repeated(content, values) == [], path.name


def _repeated(content: Object, values: Object, path: str = "") -> list[str]:
    found = []
    for key, value in content.items():
        here = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            found += _repeated(value, values[key], here)
        # replicas are edited as a matter of course, and may come to be the same
        elif value == values.get(key) and key != "replicas":
            found.append(here)
    return found
