"""Renders the chart with each Helm that is there."""

import json
from functools import partial
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, NO_HELM, Object, Render, helms, rendered


@pytest.fixture(scope="session", params=helms().values() or [None], ids=list(helms()) or ["no-helm"])
def helm(request: pytest.FixtureRequest) -> str:
    """One Helm after the other."""
    if request.param is None:
        pytest.skip(NO_HELM)
    return str(request.param)


@pytest.fixture(scope="session")
def chart() -> Path:
    return CHART


@pytest.fixture(scope="session")
def values() -> Object:
    """What values.yaml says."""
    return yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def schema() -> Object:
    return json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def render(helm: str) -> Render:
    """Render with some values: `render({"api": {"replicas": 3}})`, or `render(file=…)`."""
    return partial(rendered, helm)


@pytest.fixture(scope="session")
def render_once() -> Render:
    """Render with one Helm: for tests that render for each value, where another Helm adds but time."""
    found = list(helms().values())
    if not found:
        pytest.skip(NO_HELM)
    return partial(rendered, found[0])
