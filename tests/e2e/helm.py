"""Helm, as a person types it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from tests.chart.rendering import CHART, NO_HELM, helms
from tests.e2e.cluster import run
from tests.e2e.release import NAME
from tests.e2e.repository import Values

TIMEOUT = "120s"


def app_version(chart: Path) -> str:
    """Return the version of the code that a chart installs by default."""
    return str(yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))["appVersion"])


def chart_version(chart: Path) -> str:
    """Return the version of a chart, which its package and its tag have."""
    return str(yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))["version"])


@dataclass(frozen=True)
class Helm:
    """One Helm, for one namespace.

    Attributes:
        name: helm3, helm4 or helm.
        path: of the program.
        namespace: of the release.
        chart: that it installs: this work tree's, or another.
    """

    name: str
    path: str
    namespace: str
    chart: Path = CHART

    def install(self, values: Values) -> str:
        """Install and wait, as NOTES.txt's reader does."""
        return self._run("install", NAME, str(self.chart), "--wait", f"--timeout={TIMEOUT}", *_sets(values))

    def upgrade(self, values: Values) -> str:
        """Upgrade to these values and no others, and wait."""
        return self._run(
            "upgrade", NAME, str(self.chart), "--reset-values", "--wait", f"--timeout={TIMEOUT}", *_sets(values)
        )

    def rollback(self) -> str:
        """Go back to the release before."""
        return self._run("rollback", NAME, "--wait", f"--timeout={TIMEOUT}")

    def test(self) -> str:
        """Run the chart's own test."""
        return self._run("test", NAME, "--logs")

    def uninstall(self) -> str:
        """Remove everything but the volume."""
        return self._run("uninstall", NAME, "--wait", f"--timeout={TIMEOUT}")

    def _run(self, *words: str) -> str:
        return run([self.path, *words, "--namespace", self.namespace], timeout_s=200)


def any_helm(namespace: str) -> Helm:
    """Return a Helm, the newest there is; skip the test where there is none."""
    if not helms():
        pytest.skip(NO_HELM)
    name, path = list(helms().items())[-1]
    return Helm(name, path, namespace)


def _sets(values: Values) -> list[str]:
    return [f"--set-json={path}={json.dumps(value)}" for path, value in values.items()]
