"""How ``watch`` judges a run: its last line, its exit code, ``--fail-if``."""

import json
import re

import pytest

from playlist_client.errors import UsageError
from playlist_client.watch.histogram import Histogram
from playlist_client.watch.tally import Numbers
from playlist_client.watch.thresholds import Threshold, thresholds_from

from .conftest import Client, Process
from .fake_api import NO_MODEL, FakeApi, Mood
from .terminal import Terminal

QUICK = ("--interval", "0.05", "--duration", "0.2")


def _one_fails(_path: str, count: int) -> Mood:
    return NO_MODEL if count == 1 else Mood()


def _threshold(expression: str) -> Threshold:
    return thresholds_from([expression])[-1]


def test_run_ends_with_a_verdict(process: Process, api: FakeApi) -> None:
    with Terminal([*process.command, "watch", *QUICK, "--url", api.url], process.environment) as terminal:
        assert terminal.end() == 0

    assert re.fullmatch(r"PASS: 4 requests, 0 failed, p99 [\d.]+ ms", terminal.text.splitlines()[-1])


def test_one_failed_request_fails_the_run_unless_a_condition_allows_it(client: Client, api: FakeApi) -> None:
    api.mood = _one_fails
    by_default = client("watch", *QUICK, url=api.url)
    api.asked.clear()
    latency_alone = client("watch", *QUICK, "--fail-if", "p99>20s", url=api.url)
    api.asked.clear()
    allowed = client("watch", *QUICK, "--fail-if", "failed>25%", url=api.url)
    api.asked.clear()
    crossed = client("watch", *QUICK, "--fail-if", "failed >= 25%", "--fail-if", "requests<5", url=api.url)

    assert (by_default.code, by_default.lines[-1]) == (1, "FAIL: failed is 1 (fail if failed>0)")
    assert latency_alone.code == 1
    assert (allowed.code, allowed.lines[-1][:29]) == (0, "PASS: 4 requests, 1 failed, p")
    assert crossed.code == 1
    assert crossed.lines[-1] == ("FAIL: failed is 25.00% (fail if failed >= 25%); requests is 4 (fail if requests<5)")


def test_slow_answers_cross_a_latency_and_json_says_which(client: Client, api: FakeApi) -> None:
    api.mood = lambda _path, _count: Mood(delay_s=0.03)

    done = client("watch", *QUICK, "--fail-if", "p50>20ms", "--fail-if", "max>30s", "--json", url=api.url)

    summary = json.loads(done.out)
    assert (done.code, summary["passed"]) == (1, False)
    assert [(one["fail_if"], one["crossed"]) for one in summary["thresholds"]] == [
        ("failed>0", False),
        ("p50>20ms", True),
        ("max>30s", False),
    ]
    assert 30 <= summary["thresholds"][1]["value"] < 2000
    assert re.fullmatch(r"FAIL: p50 is [\d.]+ ms \(fail if p50>20ms\)", done.err.splitlines()[-1])


def test_server_that_never_answered_is_told_in_the_verdict(client: Client) -> None:
    done = client("watch", *QUICK, "--fail-if", "failed>100%", url="http://127.0.0.1:1")

    assert (done.code, done.lines[-1]) == (3, "FAIL: nothing answered at http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("expression", "is_crossed"),
    [
        ("p50>10ms", False),
        ("p50>=0.0099s", True),
        ("p99.9>900ms", True),
        ("max>1s", False),
        ("max>=1s", True),
        ("failed>4", False),
        ("failed>3", True),
        ("failed<2%", False),
        ("failed<=2%", True),
        ("not_sent>1", True),
        ("not_sent>1%", False),
        ("requests<201", True),
        ("requests<200", False),
    ],
)
def test_condition_is_compared_in_its_unit(expression: str, is_crossed: bool) -> None:
    latencies = Histogram()
    for latency_s in [0.01] * 195 + [1.0]:
        latencies.add(latency_s)
    threshold = _threshold(expression)

    value = threshold.value(Numbers(requests=200, failed=4, latencies=latencies), not_sent=2)

    assert threshold.is_crossed_by(value) is is_crossed


def test_latency_that_no_answer_shows_fails_rather_than_passes() -> None:
    threshold = _threshold("p99>1s")
    value = threshold.value(Numbers(requests=3, failed=3), not_sent=0)

    assert threshold.is_crossed_by(value)
    assert threshold.describe(value) == "p99 is not measured: no good answer (fail if p99>1s)"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "is not a condition"),
        ("p99", "is not a condition"),
        ("p99>fast", "is not a condition"),
        ("p99=200ms", "is not a condition"),
        ("p99>200", "the unit of p99 is '', expected 'ms' or 's'"),
        ("p99>2%", "the unit of p99 is '%', expected 'ms' or 's'"),
        ("failed>2ms", "the unit of failed is 'ms', expected none or '%'"),
        ("requests<2%", "the unit of requests is '%', expected none"),
        ("latency>2ms", "there is no metric 'latency'"),
        ("p0>2ms", "there is no metric 'p0'"),
        ("p100>2ms", "there is no metric 'p100'"),
        ("p>2ms", "there is no metric 'p'"),
        ("failed>101%", "can never be met: failed is from 0 to 100 %"),
        ("not_sent>=100.5%", "can never be met: not_sent is from 0 to 100 %"),
        ("requests<0", "can never be met: requests is never below 0"),
        ("p99<0ms", "can never be met: p99 is never below 0"),
    ],
)
def test_condition_that_is_none_is_one_sentence_with_an_example(expression: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        thresholds_from([expression])

    assert str(error.value).startswith(f"--fail-if {expression!r}")
    assert words in str(error.value)
    assert 'write one such as "p99>200ms"' in str(error.value) or "can never be met" in words
    assert "\n" not in str(error.value)


def test_condition_that_is_none_is_told_before_anything_is_sent(client: Client, api: FakeApi) -> None:
    done = client("watch", "--fail-if", "p99>fast", url=api.url)

    assert (done.code, api.asked) == (2, [])
    assert len(done.err.splitlines()) == 1


def test_line_that_comes_late_says_by_how_much(client: Client, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    # A release counts as gone some seconds after its last answer; the line carries the time of that answer.
    monkeypatch.setattr("playlist_client.watch.recording._SECONDS_UNTIL_GONE", 0.1)
    monkeypatch.setattr("playlist_client.watch.recording._INTERVALS_UNTIL_GONE", 0)
    monkeypatch.setattr("playlist_client.watch.screen._LATE_S", 0.09)

    def mood(_path: str, count: int) -> Mood:
        api.version = "0.1.0" if count < 2 else "0.2.0"
        return Mood()

    api.mood = mood
    done = client("watch", "--interval", "0.05", "--duration", "0.5", url=api.url)

    (gone,) = [line for line in done.lines if "last answer from version 0.1.0" in line]
    assert re.search(r" \(late by \d+\.\d s\)$", gone)
    assert not any("late by" in line for line in done.lines if line != gone)
