"""chart-testing: every ci/*-values.yaml is installed and tested by `helm test`."""

import shutil
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, ROOT
from tests.e2e import results
from tests.e2e.cluster import run, timed
from tests.e2e.images import Images


def test_every_values_file_can_be_installed(images: Images) -> None:
    if not shutil.which("ct"):
        pytest.skip("no ct (chart-testing) in PATH")
    files = sorted(path.name for path in Path(CHART / "ci").glob("*-values.yaml"))
    # Nobody asks these pods: without a drain their namespaces are gone sooner.
    quick = "--set=api.drainSeconds=0,api.terminationGracePeriodSeconds=20"
    command: list[str | Path] = ["ct", "install", "--config", ROOT / "ci" / "ct.yaml", "--charts", CHART]
    command += ["--helm-extra-set-args", quick]

    seconds = timed(lambda: run(command, timeout_s=900))

    results.note(results.Fact(f"ct install of {len(files)} values files", f"{seconds:.0f} s"))
