"""chart-testing: every ci/*-values.yaml is installed and tested by `helm test`."""

import shutil
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, ROOT
from tests.e2e import results
from tests.e2e.cluster import Cluster, run, timed
from tests.e2e.images import Images

_BUILD = "by-ct"


def test_every_values_file_can_be_installed(cluster: Cluster, images: Images) -> None:
    if not shutil.which("ct"):
        pytest.skip("no ct (chart-testing) in PATH")
    files = sorted(path.name for path in Path(CHART / "ci").glob("*-values.yaml"))
    # ct would wait for each namespace until it is gone.
    command: list[str | Path] = ["ct", "install", "--config", ROOT / "ci" / "ct.yaml", "--charts", CHART]
    command += ["--build-id", _BUILD, "--skip-clean-up"]

    try:
        seconds = timed(lambda: run(command, timeout_s=900))
    finally:
        for found in cluster.items("/api/v1/namespaces"):
            name = found["metadata"]["name"]
            if f"-{_BUILD}-" in name:
                cluster.delete_namespace(name)

    results.note(results.Fact(f"ct install of {len(files)} values files", f"{seconds:.0f} s"))
