import io
import json
import logging
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from playlist_api.context import EXTENSION
from playlist_api.live_model import LiveModel
from playlist_api.middleware.metrics import CLOSED_REASONS
from playlist_model import FolderStore
from playlist_runtime.logs import JsonFormatter


def samples(client: FlaskClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample by its name and labels."""
    text = client.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests_counted(client: FlaskClient) -> dict[tuple[str, str, str], float]:
    return {
        (dict(labels)["route"], dict(labels)["method"], dict(labels)["status"]): value
        for (name, labels), value in samples(client).items()
        if name == "playlist_requests_total"
    }


def accesses(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "playlist_api.access"]


def line_of(record: logging.LogRecord) -> dict[str, object]:
    line: dict[str, object] = json.loads(JsonFormatter().format(record))
    return line


def test_every_answer_carries_an_id_of_its_own(client: FlaskClient) -> None:
    ids = [client.get(path).headers["X-Request-ID"] for path in ("/livez", "/livez", "/nowhere")]

    assert len(set(ids)) == 3
    assert all(len(request_id) == 16 for request_id in ids)


@pytest.mark.parametrize("given", ["a", "A-b_c.9", "x" * 64])
def test_sane_id_of_the_request_is_kept(client: FlaskClient, given: str) -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": given})

    assert response.headers["X-Request-ID"] == given
    assert response.json["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a;b", "ä", "<script>", "a,b"])
def test_any_other_id_is_replaced(client: FlaskClient, given: str) -> None:
    response = client.get("/livez", headers={"X-Request-ID": given})

    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 16


@pytest.mark.parametrize("path", ["/api/songs/random", "/livez", "/nowhere", "/openapi.json", "/metrics"])
def test_every_answer_is_safe_to_show_and_not_to_be_stored(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_request_gets_one_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    client.post("/api/recommend", json={"songs": ["Greensleeves"], "limit": 1}, headers={"X-Request-ID": "seven"})

    (record,) = accesses(caplog)
    line = line_of(record)
    assert 0 < float(str(line.pop("duration_ms"))) < 5000
    assert line.keys() == {
        *("time", "level", "logger", "message"),
        *("method", "path", "status", "request_id", "source", "model_id"),
    }
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/recommend", 200)
    assert (line["request_id"], line["source"]) == ("seven", "rule")
    assert str(line["model_id"]).startswith("20261121T100000Z-")


def test_query_is_never_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    client.get("/api/songs?q=private")
    client.get("/nowhere?q=private")

    assert [line_of(record)["path"] for record in accesses(caplog)] == ["/api/songs", "/nowhere"]
    assert "private" not in caplog.text + str([line_of(record) for record in caplog.records])


def test_path_from_outside_can_not_break_a_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    client.get("/a%0Ab" + "c" * 500)

    path = str(line_of(accesses(caplog)[0])["path"])
    assert path.startswith("/a%0Ab")
    assert len(path) == 200


def test_healthy_probes_are_quiet_and_others_are_not(
    client: FlaskClient, live: LiveModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    for path in ("/livez", "/readyz", "/metrics", "/livez/", "/api/version", "/"):
        client.get(path)

    assert [record.levelname for record in accesses(caplog)] == ["DEBUG"] * 4 + ["INFO"] * 2


def test_unready_probe_is_not_quiet(make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    make_app().test_client().get("/readyz")

    assert [line_of(record)["status"] for record in accesses(caplog)] == [503]


def test_request_log_can_be_switched_off(
    client: FlaskClient, make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    make_app(REQUEST_LOG="off").test_client().get("/api/version")

    assert accesses(caplog) == []


def test_requests_are_counted_by_route_method_and_status(client: FlaskClient) -> None:
    client.post("/api/recommend", json={"songs": []})
    client.post("/api/recommend", json={"songs": []})
    client.post("/api/recommend", json={"songs": 7})
    client.head("/api/songs?q=a")

    counted = requests_counted(client)

    assert counted["/api/recommend", "POST", "200"] == 2
    assert counted["/api/recommend", "POST", "422"] == 1
    assert counted["/api/songs", "HEAD", "200"] == 1


def test_strange_paths_and_methods_make_no_series_of_their_own(client: FlaskClient) -> None:
    for number in range(5):
        client.get(f"/nowhere/{number}")
        client.open("/api/songs", method=f"FROB{number}")

    counted = requests_counted(client)

    assert counted["unmatched", "GET", "404"] == 5
    # Which route it would have been is not known once its method does not match.
    assert counted["unmatched", "other", "405"] == 5


def test_failures_are_counted_from_nought_so_that_the_first_ones_are_an_increase(client: FlaskClient) -> None:
    counted = requests_counted(client)

    assert {counted["/api/recommend", "POST", status] for status in ("200", "500", "503")} == {0}


def test_durations_are_measured_by_route(client: FlaskClient) -> None:
    client.get("/livez")

    found = samples(client)

    assert found["playlist_request_duration_seconds_count", (("route", "/livez"),)] == 1
    assert 0 < found["playlist_request_duration_seconds_sum", (("route", "/livez"),)] < 5


def test_answers_are_counted_by_source(client: FlaskClient) -> None:
    before = samples(client)
    client.post("/api/recommend", json={"songs": ["Greensleeves"], "limit": 1})
    client.post("/api/recommend", json={"songs": []})
    after = samples(client)

    grown = {
        source: after["playlist_answers_total", (("source", source),)]
        - before["playlist_answers_total", (("source", source),)]
        for source in ("rule", "mixed", "popular")
    }
    assert grown == {"rule": 1, "mixed": 0, "popular": 1}


def test_songs_are_counted_by_whether_the_model_knows_them(client: FlaskClient) -> None:
    client.post("/api/recommend", json={"songs": ["Greensleeves", "Nowhere", "Nobody"]})
    client.post("/api/recommend/batch", json={"playlists": [{"songs": ["Nowhere"]}, {"songs": ["Danny Boy"]}]})

    found = samples(client)

    assert found["playlist_songs_asked_total", (("match", "known"),)] == 2
    assert found["playlist_songs_asked_total", (("match", "unknown"),)] == 3
    assert sum(value for (name, _), value in found.items() if name == "playlist_answers_total") == 3


def test_slow_bucket_leads_to_the_log_by_the_id_of_its_last_request(client: FlaskClient) -> None:
    client.get("/livez", headers={"X-Request-ID": "seven"})

    text = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}).text

    (bucket,) = [line for line in text.splitlines() if 'request_id="seven"' in line]
    assert bucket.startswith('playlist_request_duration_seconds_bucket{le="')
    assert 'route="/livez"' in bucket


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("given", "logged"),
    [
        (TRACE, TRACE),
        (TRACE.upper(), None),
        (TRACE[:-1], None),
        (TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32), None),
        ("ff" + TRACE[2:], None),
        (f"{TRACE}-more", None),
        # Of a later version, what this one knows.
        (f"01{TRACE[2:]}-more", f"01{TRACE[2:]}"),
        (f"01{TRACE[2:]}more", None),
        ('x"', None),
    ],
)
def test_line_carries_the_trace_that_a_request_belongs_to(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, given: str, logged: str | None
) -> None:
    caplog.set_level("INFO")

    client.get("/api/version", headers={"traceparent": given})

    assert line_of(accesses(caplog)[0]).get("traceparent") == logged


def test_model_is_described(client: FlaskClient, live: LiveModel) -> None:
    found = samples(client)

    assert found["playlist_model_songs", ()] == 8
    assert found["playlist_model_rules", ()] == 9
    assert found["playlist_model_reloads_total", ()] == 1
    assert found["playlist_model_reload_failures_total", ()] == 0
    assert found["playlist_build_info", (("version", "7.8.9"),)] == 1
    assert ("playlist_model_age_seconds", ()) in found
    (info,) = (dict(labels) for name, labels in found if name == "playlist_model_info")
    assert live.current
    assert info == {
        "model_id": live.current.manifest.model_id,
        "model_date": "2026-11-21T10:00:00.000Z",
        "fingerprint": f"{1:064x}",
        "engine": "eclat",
        "dataset": "builtin:sample",
        "trainer_version": "0.1.0",
    }


def test_model_and_store_show_their_state_of_this_moment(client: FlaskClient, live: LiveModel, tmp_path: Path) -> None:
    found = samples(client)

    assert (found["playlist_model_loaded", ()], found["playlist_model_fault", ()]) == (1, 0)
    assert (found["playlist_store_up", ()], found["playlist_store_errors_total", ()]) == (1, 0)
    assert found["playlist_model_reload_duration_seconds", ()] == live.state.reload_s
    trained = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
    assert found["playlist_model_age_seconds", ()] == pytest.approx(time.time() - trained, abs=60)
    disk = shutil.disk_usage(tmp_path)
    assert found["playlist_store_size_bytes", ()] == disk.total
    assert 0 < found["playlist_store_available_bytes", ()] < disk.total


def test_store_that_can_not_be_read_shows(client: FlaskClient, live: LiveModel, store: FolderStore) -> None:
    pointer = store.root / "current.json"
    pointer.unlink()
    pointer.mkdir()
    for _ in range(2):
        live.refresh()

    found = samples(client)

    assert (found["playlist_store_up", ()], found["playlist_store_errors_total", ()]) == (0, 2)
    assert (found["playlist_model_loaded", ()], found["playlist_model_fault", ()]) == (1, 1)


def test_connections_show(client: FlaskClient) -> None:
    metrics = client.application.extensions[EXTENSION].observer.metrics
    metrics.connections = 7
    metrics.count_closed("too_late")

    found = samples(client)

    assert found["playlist_connections", ()] == 7
    closed = {dict(labels)["reason"]: value for (name, labels), value in found.items() if "closed_total" in name}
    assert closed == dict.fromkeys(CLOSED_REASONS, 0) | {"too_late": 1}


def test_without_a_model_its_metrics_have_no_value(make_app: Callable[..., Flask]) -> None:
    found = samples(make_app().test_client())
    names = {name for name, _ in found}

    assert found["playlist_model_loaded", ()] == 0

    assert "playlist_model_reloads_total" in names
    assert not names & {"playlist_model_info", "playlist_model_rules", "playlist_model_age_seconds"}


def test_two_apps_of_one_process_count_apart(client: FlaskClient, make_app: Callable[..., Flask]) -> None:
    other = make_app().test_client()

    client.get("/livez")

    assert ("/livez", "GET", "200") in requests_counted(client)
    assert ("/livez", "GET", "200") not in requests_counted(other)


def test_metrics_come_in_the_format_asked_for(client: FlaskClient) -> None:
    plain = client.get("/metrics")
    open_metrics = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert plain.content_type.startswith("text/plain")
    assert open_metrics.content_type.startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")


def test_head_is_answered_like_get_without_a_body(client: FlaskClient) -> None:
    response = client.head("/api/songs")

    assert response.status_code == 200
    assert int(response.headers["Content-Length"]) > 100
    assert response.data == b""


def test_line_can_be_written_by_the_products_own_formatter(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.getLogger("playlist_api.access").addHandler(handler)
    try:
        with caplog.at_level("INFO"):
            client.get("/api/version")
    finally:
        logging.getLogger("playlist_api.access").removeHandler(handler)

    assert json.loads(written.getvalue())["path"] == "/api/version"


@pytest.mark.parametrize(
    "accept",
    [
        'application/openmetrics-text; version="1.0.0"',
        "application/openmetrics-text; version=x",
        "text/plain; version=a",
        "text/plain;version",
    ],
)
def test_metrics_are_shown_whatever_version_of_their_form_is_asked_for(client: FlaskClient, accept: str) -> None:
    response = client.get("/metrics", headers={"Accept": accept})

    assert response.status_code == 200
    assert "playlist_model_loaded 1.0" in response.text
