"""The chart as a part of another one, which hands it `global` and may leave it out by a condition."""

import shutil
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import RenderError, default_chart, template

NAME = "playlist-recommender"


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A chart that holds this one."""
    chart = tmp_path / "shop"
    shutil.copytree(default_chart(), chart / "charts" / NAME)
    dependency = {"name": NAME, "version": "*", "condition": f"{NAME}.enabled"}
    about = {"apiVersion": "v2", "name": "shop", "version": "1.0.0", "dependencies": [dependency]}
    (chart / "Chart.yaml").write_text(yaml.safe_dump(about))
    return chart


def _kinds(helm: str, parent: Path, values: str) -> list[str]:
    found = yaml.safe_load_all(template(helm, values, parent, "shop"))
    return [each["kind"] for each in found if each]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_condition_of_a_parent_decides(helm: str, parent: Path, is_enabled: bool) -> None:
    values = yaml.safe_dump({NAME: {"enabled": is_enabled}})

    assert ("Deployment" in _kinds(helm, parent, values)) is is_enabled


def test_global_values_of_a_parent_are_accepted(helm: str, parent: Path) -> None:
    values = yaml.safe_dump({"global": {"imageRegistry": "registry.example", "more": {"goes": True}}})

    assert "Deployment" in _kinds(helm, parent, values)


def test_a_parents_mistake_is_refused_with_its_path(helm: str, parent: Path) -> None:
    with pytest.raises(RenderError, match="replcas"):
        template(helm, yaml.safe_dump({NAME: {"api": {"replcas": 3}}}), parent, "shop")
