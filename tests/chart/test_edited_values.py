"""Editing values.yaml is using the product: it must not break the project's tests."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, DEFAULTS, NO_HELM, ROOT, Object, helms, template
from tests.chart.variants import leaves, other_value

# Beside the others' new values these are mistakes, which `helm template` names.
LEFT_ALONE = {
    "dataset.existingSecret",
    "dataset.caBundle.existingConfigMap",
    "modelStore.caBundle.existingConfigMap",
    "api.service.loadBalancerClass",
    "api.podMonitor.enabled",
    "persistence.existingClaim",
    "api.resources",
    "api.extraInitContainers",
    "trainer.extraInitContainers",
}


@pytest.fixture
def edited_chart(tmp_path: Path, schema: Object) -> Path:
    """A copy of the chart in whose values.yaml every value that stands on one line is another."""
    copy = tmp_path / "playlist-recommender"
    shutil.copytree(CHART, copy)
    values = copy / "values.yaml"
    text = values.read_text(encoding="utf-8")
    edited = _edited(text, {path: other_value(path, schema, DEFAULTS) for path in leaves(schema)})
    assert sum(old != new for old, new in zip(text.splitlines(), edited.splitlines(), strict=True)) > 100
    values.write_text(edited, encoding="utf-8")
    return copy


def _edited(text: str, others: Object) -> str:
    lines, path = text.splitlines(), list[str]()
    for number, line in enumerate(lines):
        if key := re.match(r"( *)([A-Za-z0-9]+):(.*)", line):
            path = [*path[: len(key[1]) // 2], key[2]]
            name = ".".join(path)
            if key[3] and name in others and name not in LEFT_ALONE:
                lines[number] = f"{key[1]}{key[2]}: {json.dumps(others[name])}"
    return "\n".join(lines) + "\n"


@pytest.mark.skipif("CHART" in os.environ, reason="this is the run that the test below starts")
@pytest.mark.skipif(not helms(), reason=NO_HELM)
def test_no_edit_of_a_default_turns_a_test_red(edited_chart: Path) -> None:
    # One Helm is enough to find a test that repeats a value.
    name, path = next(iter(helms().items()))
    environment = {key: value for key, value in os.environ.items() if key not in {"HELM3", "HELM4"}}
    environment |= {"CHART": str(edited_chart), "HELM3" if name != "helm4" else "HELM4": path}

    # Without those that render once for each value there is: they take any value, and most of the time.
    quick = ["-k", "not every_value_has_an_effect and not every_training_input and not ct_lint"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *quick, "tests/chart", *_consistency()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout[-5000:]


def _consistency() -> list[str]:
    return [str(path) for path in sorted((ROOT / "tests/consistency").glob("test_chart_*.py"))]


def test_values_render_as_they_stand(helm: str) -> None:
    assert template(helm, "{}", CHART, "recommender")


def _check(chart: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "ci/values-docs", "--check", str(chart)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_readme_and_schema_describe_every_value() -> None:
    done = _check(CHART)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("values.yaml", "# maxItemsets stops", "# maxItemsets ends", "training.maxItemsets has another description"),
        ("values.schema.json", '"default": 5000000', '"default": 50', "README.md: the table is not the one"),
    ],
    ids=["comment", "default"],
)
def test_changed_description_is_noticed(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    copy = tmp_path / "chart"
    shutil.copytree(CHART, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")

    done = _check(copy)

    assert done.returncode == 1
    assert said in done.stderr
