"""Renders the chart with each Helm that is there."""

from functools import partial
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, DEFAULTS, NO_HELM, SCHEMA, Object, Render, helms, rendered


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
    """The chart's defaults."""
    return DEFAULTS


@pytest.fixture(scope="session")
def schema() -> Object:
    return SCHEMA


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
