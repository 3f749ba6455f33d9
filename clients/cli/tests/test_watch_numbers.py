"""Histogram, tally and timeline: right numbers in bounded memory."""

import math
import random
import tracemalloc

import pytest

from playlist_client.answers import Answer
from playlist_client.watch.histogram import Histogram
from playlist_client.watch.probe import OK, Sample
from playlist_client.watch.tally import Tally
from playlist_client.watch.timeline import Timeline

ANSWER = Answer(("Bolero",), "0.1.0", "2026-11-22T10:00:00.000Z")


def _sample(began: float, latency_s: float = 0.01, status: str = OK) -> Sample:
    answer = ANSWER if status == OK else None
    return Sample(began, latency_s, status, is_fresh=False, answer=answer, is_from_api=status in {OK, "503"})


def test_quantile_of_four_latencies_is_that_of_the_nearest_rank() -> None:
    histogram = Histogram()
    for latency_s in (0.001, 0.010, 0.100, 1.000):
        histogram.add(latency_s)

    assert histogram.quantile_s(0.5) == pytest.approx(0.010, rel=0.005)
    assert histogram.quantile_s(0.75) == pytest.approx(0.100, rel=0.005)
    assert histogram.quantile_s(0.99) == pytest.approx(1.000, rel=0.005)
    assert histogram.max_s == 1.0
    assert (histogram.quantile_s(1.0) or 0) <= 1.0, "no quantile is above the maximum"


def test_histogram_without_a_latency_has_no_quantile() -> None:
    assert Histogram().quantile_s(0.5) is None


@pytest.mark.parametrize("seed", range(20))
def test_quantiles_are_those_of_sorting_within_half_a_hundredth(seed: int) -> None:
    draw = random.Random(seed)
    latencies = [draw.lognormvariate(draw.uniform(-8, 1), draw.uniform(0.1, 2)) for _ in range(draw.randint(1, 2000))]
    histogram = Histogram()
    for latency_s in latencies:
        histogram.add(latency_s)

    for share in (0.01, 0.5, 0.9, 0.99, 0.999, 1.0):
        exact = sorted(latencies)[math.ceil(share * len(latencies)) - 1]
        assert histogram.quantile_s(share) == pytest.approx(exact, rel=0.00501)


def test_sum_of_histograms_is_the_histogram_of_all() -> None:
    parts = [Histogram() for _ in range(3)]
    whole = Histogram()
    for place in range(300):
        parts[place % 3].add(place / 1000)
        whole.add(place / 1000)

    total = Histogram(parts)

    assert total.count == 300
    assert total.max_s == 0.299
    assert [total.quantile_s(share) for share in (0.1, 0.5, 0.99)] == [
        whole.quantile_s(share) for share in (0.1, 0.5, 0.99)
    ]


def test_latencies_that_no_clock_gives_do_no_harm() -> None:
    histogram = Histogram()
    for latency_s in (0.0, -0.001, 1e-9):
        histogram.add(latency_s)

    assert (histogram.quantile_s(0.5) or 0) <= 1e-5


def test_failures_are_counted_and_their_latencies_left_out() -> None:
    tally = Tally(reference=0, gone_after_s=5)
    for sample in (_sample(1, 0.01), _sample(2, 10.0, "timeout"), _sample(3, 0.001, "503")):
        tally.take(sample)

    assert (tally.whole.requests, tally.whole.failed) == (3, 2)
    assert tally.whole.latencies.max_s == 0.01
    assert tally.statuses == {"200": 1, "timeout": 1, "503": 1}
    assert [failure.seconds for failure in tally.failures] == [2, 3]


def test_recent_numbers_are_those_of_the_last_ten_seconds() -> None:
    tally = Tally(reference=0, gone_after_s=5)
    for second in range(100):
        tally.take(_sample(second, 0.001 * second, "503" if second == 95 else OK))

    recent = tally.recent(now=99.5)

    assert (recent.requests, recent.failed) == (10, 1)
    assert recent.latencies.max_s == pytest.approx(0.099)
    assert tally.recent(now=105).requests == 4
    assert tally.recent(now=200).requests == 0


def test_answers_that_come_a_moment_out_of_order_are_all_counted() -> None:
    tally = Tally(reference=0, gone_after_s=5)
    for began in (1.0, 1.99, 2.0, 1.98):
        tally.take(_sample(began))

    assert tally.recent(now=3).requests == 4


@pytest.mark.parametrize(
    ("statuses", "is_unreachable"),
    [
        ([], False),
        (["unreachable", "timeout", "dropped"], True),
        (["unreachable", "503"], False),
        (["unreachable", "invalid", "502"], True),
        (["timeout", "200"], False),
    ],
)
def test_run_is_unreachable_only_if_the_api_never_answered(statuses: list[str], is_unreachable: bool) -> None:
    tally = Tally(reference=0, gone_after_s=5)
    for status in statuses:
        tally.take(_sample(1, status=status))

    assert tally.is_unreachable is is_unreachable


def test_timeline_of_a_slow_pace_keeps_every_request_apart() -> None:
    timeline = Timeline(started=100)
    for second in range(60):
        timeline.take(_sample(100 + second, 0.01))

    assert len(timeline.bins) == 60
    assert all(content.good == 1 for content in timeline.bins.values())


def test_timeline_that_is_outgrown_loses_no_request_and_no_extreme() -> None:
    timeline = Timeline(started=0)
    for second in range(10_000):
        timeline.take(_sample(second, 0.5 if second == 7777 else 0.01, "503" if second % 100 == 0 else OK))

    assert len(timeline.bins) <= 4096
    assert sum(content.good for content in timeline.bins.values()) == 9900
    assert sum(content.failed for content in timeline.bins.values()) == 100
    assert max(content.max_s for content in timeline.bins.values()) == 0.5
    slowest = max(timeline.bins, key=lambda place: timeline.bins[place].max_s)
    assert slowest * timeline.width_s <= 7777.5 < (slowest + 1) * timeline.width_s


def test_hours_of_load_take_no_more_memory_than_minutes() -> None:
    draw = random.Random(1)
    tally, timeline = Tally(reference=0, gone_after_s=5), Timeline(started=0)

    def load(first_second: int, seconds: int) -> None:
        for place in range(seconds * 10):
            answer = Answer(("Bolero",), f"0.{first_second + place // 10}", "now")
            status = "503" if place % 50 == 0 else OK
            sample = Sample(first_second + place / 10, draw.lognormvariate(-5, 2), status, False, answer)
            timeline.take(sample)
            tally.take(sample)

    tracemalloc.start()
    try:
        load(0, 1200)
        before, _ = tracemalloc.get_traced_memory()
        load(1200, 1200)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before < 100_000, "a request more may not cost a byte more"
    assert tally.whole.requests == 24_000
    assert tally.changes.count > len(tally.changes.recorded) == 1000
