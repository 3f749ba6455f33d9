"""What ``watch`` sends, and how it judges what comes back."""

import json
import re
from pathlib import Path

import pytest

from .conftest import Client, csv_rows
from .fake_answers import MODEL_DATE
from .fake_api import NO_MODEL, FakeApi, Mood

FAST = ("--interval", "0.05")
QUICK = ("--interval", "0.1", "--duration", "0.3")


def test_every_request_is_due_at_its_time_and_counted(client: Client, api: FakeApi) -> None:
    done = client("watch", "Ode to Joy", "--interval", "0.2", "--duration", "1", "--json", url=api.url)

    summary = json.loads(done.out)
    assert done.code == 0
    assert (summary["requests"], summary["failed"], summary["not_sent"]) == (5, 0, 0)
    assert summary["statuses"] == {"200": 5}
    assert (summary["version"], summary["model_date"]) == ("0.1.0", MODEL_DATE)
    assert [asked.body for asked in api.asked] == [{"songs": ["Ode to Joy"]}] * 5
    assert 0.7 < api.asked[-1].time - api.asked[0].time < 2


def test_latency_is_that_of_the_whole_request(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, count: Mood(delay_s=0.3) if count == 2 else Mood(delay_s=0.1)

    done = client("watch", "--interval", "0.4", "--duration", "2", "--json", url=api.url)

    latency_ms = json.loads(done.out)["latency_ms"]
    assert 100 <= latency_ms["p50"] < 300
    assert 300 <= latency_ms["max"] < 2000
    assert latency_ms["p50"] <= latency_ms["p90"] <= latency_ms["p99"] <= latency_ms["max"]


def test_connection_is_kept_unless_told_otherwise(client: Client, api: FakeApi) -> None:
    client("watch", *FAST, "--duration", "0.5", url=api.url)

    assert len(api.asked) == 10
    assert len({asked.connection for asked in api.asked}) == 1


def test_share_of_requests_opens_connections_of_its_own(client: Client, api: FakeApi) -> None:
    done = client("watch", *FAST, "--duration", "1", "--fresh", "0.25", "--json", url=api.url)

    assert json.loads(done.out)["fresh_connections"] == 5
    assert len({asked.connection for asked in api.asked}) == 6
    assert sum(asked.headers.get("Connection") == "close" for asked in api.asked) == 5


def test_share_is_kept_by_many_clients_with_few_requests_each(client: Client, api: FakeApi) -> None:
    pace = ("--concurrency", "10", "--interval", "0.2", "--duration", "0.6")

    done = client("watch", *pace, "--fresh", "0.3", "--json", url=api.url)

    summary = json.loads(done.out)
    assert summary["requests"] == 30
    assert 7 <= summary["fresh_connections"] <= 11


def test_every_client_has_a_connection_and_all_share_the_pace(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: Mood(delay_s=0.15)

    done = client("watch", "--interval", "0.5", "--concurrency", "4", "--duration", "2", "--json", url=api.url)

    assert json.loads(done.out)["requests"] == 16
    assert 2 <= len({asked.connection for asked in api.asked}) <= 4


def test_closed_loop_asks_as_soon_as_it_was_answered(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: Mood(delay_s=0.05)

    done = client("watch", "--interval", "0", "--concurrency", "2", "--duration", "1", "--json", url=api.url)

    assert 8 <= json.loads(done.out)["requests"] <= 42


def test_stall_is_measured_by_all_requests_that_it_held_up(client: Client, api: FakeApi, tmp_path: Path) -> None:
    api.mood = lambda _path, count: Mood(delay_s=0.65 if count == 2 else 0)

    done = client("watch", "--interval", "0.1", "--duration", "1", "--csv", tmp_path / "a.csv", "--json", url=api.url)

    assert json.loads(done.out)["requests"] == 10, "those that were held up are sent"
    latencies = [float(row["latency_ms"]) for row in csv_rows(tmp_path / "a.csv")]
    assert latencies[2] >= 650
    # They end together and were due a tenth of a second apart.
    assert [latencies[2] - latencies[2 + place] for place in (1, 2, 3)] == pytest.approx([100, 200, 300], abs=80)


def test_requests_held_up_for_longer_than_the_timeout_are_not_sent_and_told(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, count: Mood(delay_s=3 if count == 0 else 0)

    done = client("watch", "--interval", "0.1", "--duration", "3", "--timeout", "1", "--json", url=api.url)
    api.mood = lambda _path, _count: Mood(delay_s=0.05)
    told = client("watch", "--interval", "0.01", "--duration", "0.6", "--timeout", "0.1", url=api.url)

    summary = json.loads(done.out)
    assert summary["requests"] + summary["not_sent"] == 30
    assert summary["statuses"] == {"200": summary["requests"] - 1, "timeout": 1}
    assert "every client waited too long; raise --concurrency" in told.out


@pytest.mark.parametrize(
    ("mood", "status", "detail"),
    [
        (NO_MODEL, "503", "No model is loaded yet: run playlist-trainer train, or ask again in a second."),
        (Mood(status=422), "422", "limit is the number 0, expected a whole number from 1 to 100."),
        (Mood(status=502, page="<html>"), "502", "answered 502 Bad Gateway; retry"),
        (Mood(page="<html>"), "invalid", "it answered 200 OK, not JSON"),
        (Mood(json={"songs": [1], "version": "1", "model_date": "now"}), "invalid", "songs is the list [1], expected"),
        (Mood(json={"songs": [], "version": "1"}), "invalid", "model_date is missing, expected a text"),
        (Mood(location="http://else.example/api/recommend"), "308", "redirects to http://else.example; give"),
        (Mood(delay_s=3), "timeout", "did not answer within 1 s"),
        (Mood(drip_s=0.01), "timeout", "did not answer within 1 s"),
        (Mood(drop=True), "dropped", "closed the connection before the answer was complete"),
        (Mood(cut=True), "dropped", "closed the connection before the answer was complete"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_answer_that_is_not_good_fails_the_run(
    client: Client, api: FakeApi, tmp_path: Path, mood: Mood, status: str, detail: str
) -> None:
    api.mood = lambda _path, count: mood if count == 1 else Mood()
    log = tmp_path / "a.csv"
    pace = ("--interval", "1.2", "--duration", "3.6", "--timeout", "1") if status == "timeout" else QUICK

    done = client("watch", *pace, "--csv", log, "--json", url=api.url)

    summary = json.loads(done.out)
    assert done.code == 1
    assert (summary["requests"], summary["failed"]) == (3, 1)
    assert summary["statuses"] == {"200": 2, status: 1}
    (failure,) = summary["failures"]
    assert failure["status"] == status
    assert detail in failure["detail"]
    assert [row["status"] for row in csv_rows(log)] == ["200", status, "200"]
    assert f" s, kept connection: {status}: " in done.err
    assert len(api.asked) == 3, "nothing is tried twice"


@pytest.mark.parametrize("mood", [Mood(page="<html>"), Mood(status=502, page="x"), Mood(json={}), Mood(location="/x")])
def test_server_that_is_never_the_api_is_exit_code_3_as_for_one_question(
    client: Client, api: FakeApi, mood: Mood
) -> None:
    api.mood = lambda _path, _count: mood

    done = client("watch", *QUICK, url=api.url)

    assert (done.code, client("recommend", "x", url=api.url).code) == (3, 3)
    assert done.lines[-1] == f"FAIL: no recommendation API answered at {api.url}"
    assert " s, new connection: " in done.lines[0]


def test_server_that_only_refuses_is_exit_code_1_as_for_one_question(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: NO_MODEL

    assert (client("watch", *QUICK, url=api.url).code, client("recommend", "x", url=api.url).code) == (1, 1)


def test_failure_without_a_connection_speaks_of_none(client: Client) -> None:
    done = client("watch", *QUICK, url="http://127.0.0.1:1")

    assert re.search(r"failed after [\d.]+ s: unreachable: nothing answers", done.lines[0])


def test_server_that_never_answered_is_exit_code_3(client: Client) -> None:
    done = client("watch", *FAST, "--duration", "0.3", "--json", url="http://127.0.0.1:1")

    summary = json.loads(done.out)
    assert done.code == 3
    assert summary["statuses"] == {"unreachable": 6}
    assert summary["latency_ms"] == {"p50": None, "p90": None, "p99": None, "max": None}
    assert summary["version"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "yesterday"), "use one such as 2026-11-22T10:00:00Z, or $(date +%s)"),
        (("--since", "2026-11-22T10:00:00"), "has no time zone"),
        (("--since", "1e300"), "is out of range"),
        (("--csv", "/nonexistent/a.csv"), "--csv /nonexistent/a.csv can't be written: No such file or directory"),
        (("--plot", "/nonexistent/a.svg"), "--plot /nonexistent/a.svg can't be written"),
        (("--plot", "a.pdf"), "use a file that ends in .svg or .png"),
        (("--fresh", "2"), "--fresh is '2', expected a number from 0 to 1"),
        (("--concurrency", "0"), "--concurrency is '0', expected a whole number from 1 to 1000"),
        (("--duration", "0"), "--duration is '0', expected a number of at least 0.001"),
        (("--interval", "-1"), "--interval is '-1', expected a number from 0 to 3600"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_is_told_before_anything_is_sent(
    client: Client, api: FakeApi, arguments: tuple[str, ...], words: str
) -> None:
    done = client("watch", *arguments, url=api.url)

    assert done.code == 2
    assert words in done.err
    assert api.asked == []
