"""Editing values.yaml is using the product: it must not break the project's tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, ROOT, helms

NEW = {
    "url": "https://data.example/playlists.csv",
    "replicas": "7",
    "tag": '"9.9.9"',
    "minSupport": "12",
}


@pytest.fixture
def edited_chart(tmp_path: Path) -> Path:
    """A copy of the chart in which the values people bump have other values."""
    copy = tmp_path / "playlist-recommender"
    shutil.copytree(CHART, copy)
    values = copy / "values.yaml"
    text = values.read_text(encoding="utf-8")
    for key, value in NEW.items():
        # Every tag: the API's and the trainer's. But one url: the model store has one too.
        most = 1 if key == "url" else 0
        text, count = re.subn(rf"^( +{key}:) .*$", rf"\1 {value}", text, count=most, flags=re.MULTILINE)
        assert count >= 1, key
    values.write_text(text, encoding="utf-8")
    return copy


@pytest.mark.skipif("CHART" in os.environ, reason="this is the run that the test below starts")
@pytest.mark.skipif(not helms(), reason="no Helm: put helm into PATH, or its path into HELM3 or HELM4")
def test_the_edits_leave_the_charts_tests_green(edited_chart: Path) -> None:
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


def test_readme_has_the_table_of_values() -> None:
    command = [sys.executable, "ci/values-table", "--check", str(CHART)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_changed_default_is_noticed_in_the_readme(tmp_path: Path) -> None:
    copy = tmp_path / "chart"
    shutil.copytree(CHART, copy)
    values = (copy / "values.yaml").read_text(encoding="utf-8")
    (copy / "values.yaml").write_text(values.replace("maxItemsets: ", "maxItemsets: 1"), encoding="utf-8")

    command = [sys.executable, "ci/values-table", "--check", str(copy)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1
