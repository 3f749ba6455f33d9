"""A run of the instrument: clients ask side by side, and one thread takes in what became of it."""

import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from playlist_client.watch.probe import OK, Probe, Question, Sample
from playlist_client.watch.schedule import PAUSE_AFTER_FAILURE_S, Pace, Schedule

_LOOK_EVERY_S = 0.1
# What is on its way when the run is stopped gets this long to arrive.
_GRACE_S = 1.0
_SWITCH_INTERVAL_S = 0.0005
# Clients wait when the taking in lags behind by so many, so that memory stays bounded.
_WAITING = 10_000


class Run:
    """Clients that ask until the schedule ends or somebody stops them."""

    def __init__(self, question: Question, pace: Pace) -> None:
        """Get ready; nothing is sent."""
        self.stop = threading.Event()
        self.schedule = Schedule(pace, self.stop)
        self.unanswered = 0
        # None stands for a client that has ended.
        self._samples: queue.Queue[Sample | None] = queue.Queue(_WAITING)
        self._is_closed_loop = pace.interval_s == 0
        self._probes = [Probe(question, place / pace.clients) for place in range(pace.clients)]

    def measure(self, take: Callable[[Sample], None], between: Callable[[], None]) -> None:
        """Ask until the end.

        Args:
            take: gets each request, in the thread of the caller.
            between: is called several times a second.
        """
        for probe in self._probes:
            # Daemons: one that waits for its answer does not hold up the end.
            threading.Thread(target=self._ask, args=(probe,), daemon=True, name="client").start()
        asking = len(self._probes)
        deadline = float("inf")
        switch_interval_s = sys.getswitchinterval()
        # Python lets a busy thread run for 5 ms before another one may note the time at which its answer came.
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        try:
            while asking and time.monotonic() < deadline:
                if self.stop.is_set():
                    deadline = min(deadline, time.monotonic() + _GRACE_S)
                try:
                    sample = self._samples.get(timeout=_LOOK_EVERY_S)
                except queue.Empty:
                    pass
                else:
                    if sample is None:
                        asking -= 1
                    else:
                        take(sample)
                between()
        finally:
            self.stop.set()
            sys.setswitchinterval(switch_interval_s)
        self.unanswered = asking

    def _ask(self, probe: Probe) -> None:
        try:
            while (began := self.schedule.wait()) is not None:
                sample = probe.ask(began)
                self._samples.put(sample)
                if self._is_closed_loop and sample.status != OK:
                    self.stop.wait(PAUSE_AFTER_FAILURE_S)
        finally:
            probe.close()
            self._samples.put(None)


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Make Ctrl-C and SIGTERM end a run in good order; the second of them ends it at once."""

    def end(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    # Ignored is what nohup wants. Ctrl-C too is ignored in the background of a script, which may yet send it by kill.
    if before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
