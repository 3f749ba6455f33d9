"""The chart, rendered."""

from functools import partial

import pytest
from tests.chart.rendering import NO_HELM, Render, helms, rendered


@pytest.fixture(scope="session")
def render() -> Render:
    """Render with some values, by one Helm."""
    found = list(helms().values())
    if not found:
        pytest.skip(NO_HELM)
    return partial(rendered, found[0])
