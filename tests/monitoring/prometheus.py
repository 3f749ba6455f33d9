"""Debian's Prometheus: its rule tester, and a server that scrapes one API."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from tests.chart.rendering import NO_HELM, Object, helms, rendered

NO_PROMETHEUS = "no Prometheus is installed (Debian, Ubuntu: apt-get install prometheus)"
JOB = "recommender-playlist-recommender-api-metrics"
NAMESPACE = "songs"
_START_SECONDS = 30
# Patience, where a condition should hold within seconds.
_WAIT_SECONDS = 90


def tool(name: str) -> str:
    """Return the path of promtool or prometheus: where there is none, tests are skipped, but not in CI."""
    found = shutil.which(name)
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_PROMETHEUS)
    return found


def rules(selector: str = "", **values: Any) -> Object:
    """Return the groups of the chart's PrometheusRule, as a Prometheus reads them from a file."""
    if not helms():
        pytest.skip(NO_HELM)
    helm = next(iter(helms().values()))
    watched = {"selector": selector, "rules": {"enabled": True, **values}}
    objects = rendered(helm, {"api": {"podMonitor": {"enabled": True}}, "monitoring": watched})
    spec: Object = objects.one("PrometheusRule")["spec"]
    return spec


def alerts(spec: Object) -> list[Object]:
    """Return the alerts among rules."""
    return [rule for group in spec["groups"] for rule in group["rules"] if "alert" in rule]


class Prometheus:
    """A running Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str) -> list[Any]:
        """Return the series that a query finds now."""
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=10)
        assert answer.ok, f"{query}: {answer.text}"
        found: list[Any] = answer.json()["data"]["result"]
        return found

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        return {series["metric"]["alertname"] for series in self.ask('ALERTS{alertstate="firing"}')}

    def wait_until(self, condition: Callable[[set[str]], bool], seconds: float = _WAIT_SECONDS) -> None:
        """Wait until the alerts that fire are as a condition says."""
        deadline = time.monotonic() + seconds
        while not condition(firing := self.firing()):
            assert time.monotonic() < deadline, f"firing: {sorted(firing)}"
            time.sleep(0.2)

    def wait_for(self, query: str, seconds: float = _WAIT_SECONDS) -> list[Any]:
        """Ask until there are series."""
        deadline = time.monotonic() + seconds
        while not (found := self.ask(query)):
            assert time.monotonic() < deadline, f"no series for {query}"
            time.sleep(0.2)
        return found


@contextmanager
def scraping(folder: Path, targets: list[str], spec: Object | None = None) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes targets (host:port) as the chart's ServiceMonitor would, and follows rules."""
    static = [{"targets": [target], "labels": {"namespace": NAMESPACE, "pod": target}} for target in targets]
    with running(folder, {"job_name": JOB, "static_configs": static}, spec) as prometheus:
        yield prometheus


@contextmanager
def running(folder: Path, scraped: Object, spec: Object | None = None) -> Iterator[Prometheus]:
    """Run a Prometheus with one job, scraped each second, and rules."""
    (folder / "rules.yaml").write_text(json.dumps(spec or {"groups": []}))
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [scraped],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [tool("prometheus"), "--config.file=prometheus.yaml", "--storage.tsdb.path=data"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address={address}"], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(f"http://{address}", process, folder / "log")
        yield Prometheus(f"http://{address}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{url}/-/ready", timeout=1).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
