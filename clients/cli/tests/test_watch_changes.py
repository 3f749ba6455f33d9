"""Which release answered when; times of day."""

import pytest

from playlist_client.errors import UsageError
from playlist_client.watch.changes import Change, Changes, Release
from playlist_client.watch.moments import Moments, wall_time

OLD, NEW = Release("0.1.0", "10:00"), Release("0.2.0", "10:00")


def _taken(changes: Changes, answers: list[tuple[float, Release]]) -> list[Change]:
    return [change for seconds, release in answers for change in changes.take(seconds, release)]


def test_first_answer_is_an_arrival_without_a_before() -> None:
    changes = Changes()

    assert _taken(changes, [(0.1, OLD), (1, OLD)]) == [Change(0.1, OLD, is_arrival=True)]
    assert changes.current == OLD


def test_rollout_is_one_arrival_and_one_departure_however_often_answers_alternate() -> None:
    changes = Changes()
    answers = [
        (0.0, OLD),
        (4, NEW),
        (4.5, OLD),
        (5, NEW),
        (5.5, OLD),
        *((float(second), NEW) for second in range(6, 20)),
    ]

    assert _taken(changes, answers) == [
        Change(0, OLD, is_arrival=True),
        Change(4, NEW, is_arrival=True, before=OLD),
        Change(5.5, OLD, is_arrival=False),
    ]
    assert changes.current == NEW
    assert changes.tenures[OLD].last_s == 5.5
    assert changes.tenures[OLD].requests == 3


def test_outage_makes_nobody_leave() -> None:
    changes = Changes()

    assert len(_taken(changes, [(0, OLD), (1, OLD), (500, OLD), (501, OLD)])) == 1


def test_release_that_an_outage_replaced_is_told_to_be_gone_after_the_new_one_has_come() -> None:
    changes = Changes()

    told = _taken(changes, [(0, OLD), (1, OLD), (60, NEW), (61, NEW)])

    assert told[1:] == [Change(60, NEW, is_arrival=True, before=OLD), Change(1, OLD, is_arrival=False)]


def test_rollback_after_a_while_is_an_arrival_again() -> None:
    changes = Changes()
    answers = [(float(second), NEW if 10 <= second < 20 else OLD) for second in range(30)]

    told = _taken(changes, answers)

    assert [(change.seconds, change.release, change.is_arrival) for change in told] == [
        (0, OLD, True),
        (10, NEW, True),
        (9, OLD, False),
        (20, OLD, True),
        (19, NEW, False),
    ]
    assert changes.current == OLD
    assert changes.tenures[OLD].requests == 20


def test_new_release_that_dies_early_gives_the_current_place_back() -> None:
    changes = Changes()

    told = _taken(changes, [(0, OLD), (2, NEW), *((float(second), OLD) for second in range(3, 12))])

    assert told[-1] == Change(2, NEW, is_arrival=False)
    assert changes.current == OLD


def test_wall_clock_times_follow_the_monotonic_clock() -> None:
    moments = Moments(monotonic=50, wall=1_795_341_600)

    assert moments.rfc3339(50) == "2026-11-22T10:00:00.000Z"
    assert moments.rfc3339(51.5) == "2026-11-22T10:00:01.500Z"
    assert moments.monotonic_of(1_795_341_590) == 40


@pytest.mark.parametrize(
    "text", ["1795341600", "1795341600.0", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00+01:00", "20261122T100000Z"]
)
def test_time_may_be_given_in_seconds_or_with_its_zone(text: str) -> None:
    assert wall_time(text) == 1_795_341_600


@pytest.mark.parametrize("text", ["", "now", "2026-11-22", "10:00Z", "nan", "inf", "1e20"])
def test_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        wall_time(text)
