"""When requests are due, by a clock that the test moves."""

import threading
from dataclasses import dataclass, field

import pytest

from playlist_client.watch.schedule import Pace, Schedule


@dataclass
class Clock:
    """Stands still until somebody waits or moves it; stands in for the event that ends a wait as well."""

    now: float = 1000.0
    is_stopped: bool = False
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return self.is_stopped


def _schedule(
    clock: Clock, interval_s: float = 1.0, clients: int = 1, duration_s: float | None = None, patience_s: float = 10.0
) -> Schedule:
    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return clock.wait(timeout or 0)

    return Schedule(Pace(interval_s, clients, duration_s, patience_s), Stop(), clock)


def test_requests_are_due_at_fixed_times_however_long_answers_take() -> None:
    clock = Clock()
    schedule = _schedule(clock)
    times = []

    for answer_s in (0.2, 0.9, 0.0, 0.5):
        times.append(schedule.wait())
        clock.now += answer_s

    assert times == [1000, 1001, 1002, 1003]


def test_clients_share_the_interval_evenly() -> None:
    schedule = _schedule(Clock(), interval_s=1, clients=4)

    assert [schedule.wait() for _ in range(5)] == [1000, 1000.25, 1000.5, 1000.75, 1001]


def test_it_begins_with_the_first_wait() -> None:
    clock = Clock()
    schedule = _schedule(clock)
    clock.now += 7

    assert schedule.wait() == 1007
    assert schedule.started == 1007


def test_request_that_was_held_up_counts_from_when_it_was_due_and_is_sent_at_once() -> None:
    clock = Clock()
    schedule = _schedule(clock)
    schedule.wait()
    clock.now += 2.5

    assert (schedule.wait(), clock.now) == (1001, 1002.5)
    assert (schedule.wait(), clock.now) == (1002, 1002.5)
    assert (schedule.wait(), clock.now) == (1003, 1003)


def test_waking_up_late_is_not_held_against_the_server() -> None:
    clock = Clock()
    schedule = _schedule(clock)
    schedule.wait()

    def oversleep(seconds: float) -> bool:
        clock.now += seconds + 0.25
        return False

    clock.wait = oversleep  # type: ignore[method-assign]

    assert schedule.wait() == 1001.25


def test_request_overdue_by_more_than_the_patience_is_given_up() -> None:
    clock = Clock()
    schedule = _schedule(clock, patience_s=3)
    schedule.wait()
    clock.now += 10.5

    assert schedule.wait() == 1008, "overdue by 2.5 s; those of 1001 to 1007 were overdue by more than 3 s"
    assert schedule.not_sent == 7


@pytest.mark.parametrize(
    ("interval_s", "clients", "duration_s", "expected"),
    [(1, 1, 10, 10), (1, 1, 9.5, 10), (0.1, 1, 1.1, 11), (0.1, 1, 0.3, 3), (1, 4, 2, 8), (5, 1, 1, 1)],
)
def test_duration_holds_the_requests_that_are_due_within_it(
    interval_s: float, clients: int, duration_s: float, expected: int
) -> None:
    schedule = _schedule(Clock(), interval_s, clients, duration_s)
    count = 0

    while schedule.wait() is not None:
        count += 1

    assert count == expected


def test_requests_given_up_are_counted_up_to_the_end_and_no_further() -> None:
    clock = Clock()
    schedule = _schedule(clock, duration_s=5, patience_s=1)
    schedule.wait()
    clock.now += 60

    assert schedule.wait() is None
    assert schedule.not_sent == 4


def test_without_an_interval_a_request_is_due_at_once_until_the_end() -> None:
    clock = Clock()
    schedule = _schedule(clock, interval_s=0, duration_s=1)

    assert schedule.wait() == 1000
    clock.now += 0.999
    assert schedule.wait() == 1000.999
    clock.now += 0.001
    assert schedule.wait() is None


def test_stop_ends_a_wait() -> None:
    clock = Clock()
    schedule = _schedule(clock)
    schedule.wait()
    clock.is_stopped = True

    assert schedule.wait() is None


def test_many_threads_take_every_request_once() -> None:
    schedule = Schedule(Pace(0.0001, 1, 0.1, 10), threading.Event())
    taken: list[float] = []

    def take() -> None:
        while schedule.wait() is not None:
            taken.append(1)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 1000
