"""Each panel's query is asked of a real Prometheus that scrapes a real API; and each finds something."""

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.browser.servers import Server, train
from tests.chart.rendering import ROOT, Render
from tests.monitoring.prometheus import JOB, NAMESPACE, Prometheus, scraping, tool

FILE = ROOT / "charts/playlist-recommender/files/dashboard.json"
DASHBOARD: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
VARIABLES = {"$namespace": NAMESPACE, "$job": JOB, "$__rate_interval": "30s"}
QUERIES = [
    pytest.param(target["expr"], target["legendFormat"], id=f"{panel['title']}: {target['legendFormat']}")
    for panel in DASHBOARD["panels"]
    for target in panel.get("targets", [])
]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Scrapes an API that failed, was asked with songs it knows and others, and took a second model."""
    tool("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    server = Server(folder / "models").start(PLAYLIST_REFRESH_INTERVAL_SECONDS="0.1")
    try:
        with scraping(folder, [server.url.removeprefix("http://")]) as prometheus:
            prometheus.wait_for("playlist_requests_total")
            requests.post(f"{server.url}/api/recommend", json={"songs": []}, timeout=10)
            train(folder / "models")
            prometheus.wait_for('playlist_model_loaded{job="' + JOB + '"} == 1')
            train(folder / "models", "--rules-per-song", "20")
            for songs in (["Greensleeves"], ["No song has this name"]) * 3:
                requests.post(f"{server.url}/api/recommend", json={"songs": songs}, timeout=10)
            prometheus.wait_for("playlist_model_reloads_total > 1 and on () playlist_model_gate")
            # A rate needs two scrapes, and here they have to differ.
            prometheus.wait_for('rate(playlist_request_duration_seconds_count{route="/api/recommend"}[30s]) > 0')
            prometheus.wait_for("rate(playlist_answers_total[30s]) > 0")
            prometheus.wait_for('rate(playlist_requests_total{status="503"}[30s]) > 0')
            yield prometheus
    finally:
        server.stop()


def with_values(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    assert "$" not in query
    return query


@pytest.mark.parametrize(("query", "legend"), QUERIES)
def test_panel_shows_something_and_names_it(prometheus: Prometheus, query: str, legend: str) -> None:
    found = prometheus.ask(with_values(query))

    assert found, f"no series for {query}"
    for series in found:
        assert set(series["metric"]) == set(re.findall(r"{{(\w+)}}", legend))
        assert not math.isnan(float(series["value"][1]))


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Failed", 1 / 7), ("Share of requests that fail", 1 / 7), ("Songs asked with that the model does not know", 0.5)],
)
def test_share_is_that_of_what_was_asked(prometheus: Prometheus, title: str, expected: float) -> None:
    """A share is 0, and not absent, where its query finds nothing: so that it finds something says nothing."""
    (panel,) = [each for each in DASHBOARD["panels"] if each["title"] == title]

    (found,) = prometheus.ask(with_values(panel["targets"][0]["expr"]))

    assert float(found["value"][1]) == pytest.approx(expected, rel=0.5)


def test_probes_and_scrapes_are_no_traffic(prometheus: Prometheus) -> None:
    (panel,) = [each for each in DASHBOARD["panels"] if each["title"] == "Requests by route"]

    found = prometheus.ask(with_values(panel["targets"][0]["expr"]))

    assert {series["metric"]["route"] for series in found} == {"/api/recommend"}


def test_queries_of_the_runbooks_find_something(prometheus: Prometheus) -> None:
    runbooks = (ROOT / "docs/operations.md").read_text(encoding="utf-8").partition("### Alerts")[2]
    queries = set(re.findall(r"`((?:sum |rate\()[^`]+|(?:playlist|process)_\w+(?:{[^`]+})?)`", runbooks))

    assert len(queries) > 5
    for query in queries:
        assert prometheus.ask(query), f"docs/operations.md asks for {query}, which finds nothing"


def test_unknown_songs_and_new_models_are_seen(prometheus: Prometheus) -> None:
    unknown = prometheus.ask('playlist_songs_asked_total{match="unknown"}')
    markers = {marker["name"]: with_values(marker["expr"]) for marker in DASHBOARD["annotations"]["list"]}

    assert [series["value"][1] for series in unknown] == ["3"]
    assert len(prometheus.ask(markers["New model"])) in {1, 2}  # both are younger than a minute, and one may be stale
    assert len(prometheus.ask(markers["New version"])) == 1


def test_committed_dashboard_is_what_the_code_makes() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "ci/dashboard", "--check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_panels_have_places_of_their_own() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_every_metric_of_the_product_has_a_place_on_the_dashboard_or_none_by_choice() -> None:
    text = (Path(ROOT) / "docs/metrics.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `playlist_")}
    elsewhere = {"playlist_model_fault", "playlist_model_loaded"}  # alerts

    assert {name for name in named if name not in FILE.read_text(encoding="utf-8")} == elsewhere


def test_config_map_holds_the_dashboard_for_the_sidecar(render: Render) -> None:
    objects = render({"monitoring": {"dashboard": {"enabled": True, "annotations": {"grafana_folder": "Music"}}}})
    (config_map,) = [found for found in objects.of("ConfigMap") if found["metadata"]["name"].endswith("-dashboard")]

    assert config_map["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert config_map["metadata"]["annotations"] == {"grafana_folder": "Music"}
    assert json.loads(config_map["data"]["playlist-recommender.json"]) == DASHBOARD
