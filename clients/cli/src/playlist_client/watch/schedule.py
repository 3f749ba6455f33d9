"""When requests are due.

With an interval the loop is open: times are fixed beforehand, and a slow answer does not postpone what comes after it.
Without one it is closed: a client asks again as soon as it was answered.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
# So that a server that refuses at once is not asked some thousand times a second.
PAUSE_AFTER_FAILURE_S = 0.05


@dataclass(frozen=True)
class Pace:
    """How fast and how long to ask.

    Attributes:
        interval_s: between two requests of one client; 0 closes the loop.
        clients: how many ask side by side; in an open loop ``clients / interval_s`` requests a second.
        duration_s: no request is due from then on; None goes on until it is stopped.
        patience_s: how long a request may be overdue before it is given up.
    """

    interval_s: float
    clients: int
    duration_s: float | None
    patience_s: float


class Schedule:
    """The times at which requests are due, handed to whichever client is free.

    A request that becomes due while every client still waits is sent as soon as one is free, and counts from when it
    was due: so a stall is measured by all requests that it held up, not only by the one that it caught (what is known
    as coordinated omission). One that is overdue by more than the patience is not sent; otherwise a server that comes
    back would be met by all requests of its absence.

    Attributes:
        started: when the first request was due, by the clock.
        not_sent: requests that were given up.
    """

    def __init__(self, pace: Pace, stop: threading.Event, clock: Clock = time.perf_counter) -> None:
        """Get ready; it starts when the first client waits.

        Args:
            pace: how fast and how long.
            stop: set to end it early.
            clock: seconds, monotonic.
        """
        self.started = clock()
        self.not_sent = 0
        self._pace = pace
        self._spacing_s = pace.interval_s / pace.clients
        self._stop = stop
        self._clock = clock
        self._lock = threading.Lock()
        self._taken = 0
        self._has_started = False
        self._count = math.inf
        if pace.duration_s is not None and self._spacing_s:
            # Less a little: 1.1 / 0.1 is above 11 in binary fractions.
            self._count = math.ceil(pace.duration_s / self._spacing_s - 1e-9)

    def wait(self) -> float | None:
        """Return when a request is due, with the time that it counts from; None when there is none any more."""
        with self._lock:
            if not self._has_started:
                self.started, self._has_started = self._clock(), True
            due = self._next_open() if self._spacing_s else self._next_closed()
        if due is None:
            return None
        delay = due - self._clock()
        if self._stop.wait(max(0.0, delay)):
            return None
        # Waking up late is the client's own doing, and not counted; coming late from the answer before is.
        return self._clock() if delay > 0 else due

    def _next_closed(self) -> float | None:
        now = self._clock()
        is_over = self._pace.duration_s is not None and now >= self.started + self._pace.duration_s
        return None if is_over else now

    def _next_open(self) -> float | None:
        overdue = self._clock() - self._pace.patience_s - self._due(self._taken)
        if overdue > 0:
            skipped = int(min(math.ceil(overdue / self._spacing_s), self._count - self._taken))
            self._taken += skipped
            self.not_sent += skipped
        if self._taken >= self._count:
            return None
        self._taken += 1
        return self._due(self._taken - 1)

    def _due(self, place: int) -> float:
        return self.started + place * self._spacing_s
