"""Sending spans in batches, by a thread of its own: no answer waits for a collector, and no end does for long."""

import logging
import threading
import time
from collections import deque

from playlist_api.live_state import Reload
from playlist_api.middleware.request_log import Answered
from playlist_api.tracing.collector import Collector, ExportError
from playlist_api.tracing.spans import Ended, ended_now, is_sampled

_log = logging.getLogger(__name__)

# How long a span may wait for others, and how many make a batch that waits for no more.
_INTERVAL_S, _BATCH = 1.0, 512
# Above this spans are lost, and counted.
_MOST_WAITING = 4096
# How long the collector may take to connect, and again to answer; how long it is left alone after a failure.
_TIMEOUT_S, _RETRY_S = 5.0, 5.0
# A collector that comes and goes is told of once in this time; one that stays away, at the end of it.
_SILENT_S = 60.0
# How long the end of the process may take for spans that still wait.
_END_S = 2.0


class SpanWriter:
    """Takes what ended, and sends it as spans soon after.

    Attributes:
        counts: spans that the collector took (``sent``), and those that it refused or never got (``lost``).
    """

    def __init__(self, collector: Collector, ratio: float, retry_s: float = _RETRY_S) -> None:
        """Begin to send.

        Args:
            collector: takes the spans.
            ratio: the share (0..1) of requests that are recorded where no caller has decided it.
            retry_s: how long to leave a collector alone that took nothing.
        """
        self.counts = {"sent": 0, "lost": 0}
        self._collector = collector
        self._ratio = ratio
        self._counting = threading.Lock()
        self._retry_s = self._pause_s = retry_s
        self._waiting: deque[Ended] = deque()
        # Not taken, but worth another try: the batch, and how many spans are in it.
        self._kept: tuple[bytes, int] | None = None
        self._is_away = False
        # Whether the log tells of this outage, and until when it tells of no other.
        self._is_told, self._silent_until = False, 0.0
        # How many were lost before the collector went away.
        self._lost_before = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._ends_at = 0.0
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def note_answer(self, answered: Answered) -> None:
        """Take an answer, if it is one of those that are recorded; never blocks."""
        if is_sampled(answered, self._ratio):
            self._take(answered)

    def note_reload(self, reload: Reload) -> None:
        """Take a reload; never blocks."""
        self._take(reload)

    def stop(self) -> None:
        """Send what is left, unless the collector is away or slow, and end."""
        self._ends_at = time.monotonic() + _END_S
        self._stopping.set()
        self._wake.set()
        self._thread.join(_END_S)
        lost = len(self._waiting) + (self._kept[1] if self._kept else 0)
        if lost:
            _log.warning("%s did not take the last %d spans", self._collector.endpoint, lost)

    def _take(self, what: Answered | Reload) -> None:
        count = len(self._waiting)
        if count >= _MOST_WAITING:
            self._count("lost", 1)
            return
        self._waiting.append(ended_now(what))
        if count >= _BATCH and not self._wake.is_set():
            self._wake.set()

    def _count(self, outcome: str, count: int) -> None:
        with self._counting:
            self.counts[outcome] += count

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._is_away:
                self._stopping.wait(self._pause_s)
            else:
                self._wake.wait(_INTERVAL_S)
            self._wake.clear()
            if not self._stopping.is_set():
                self._send_waiting()
        if not self._is_away:
            self._send_waiting()

    def _send_waiting(self) -> None:
        while self._kept or self._waiting:
            try:
                self._send_batch()
            except ExportError as error:
                self._fail(error)
                return
            except Exception as error:  # noqa: BLE001 - without this thread there would never be a span again
                self._fail(ExportError(f"{type(error).__name__}: {error}", is_transient=False))
                return
            if self._stopping.is_set() and time.monotonic() > self._ends_at:
                return

    def _send_batch(self) -> None:
        if self._kept is None:
            ended = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            self._kept = (self._collector.encode(ended), len(ended))
        batch, count = self._kept
        said = self._collector.send(batch, _END_S if self._stopping.is_set() else _TIMEOUT_S)
        refused = min(max(said, 0), count)
        self._kept = None
        self._count("sent", count - refused)
        self._count("lost", refused)
        if self._is_away:
            self._is_away = False
            lost = self.counts["lost"] - self._lost_before
            if self._is_told:
                self._is_told, self._silent_until = False, time.monotonic() + _SILENT_S
                _log.info("%s takes spans again; %d were lost", self._collector.endpoint, lost)

    def _fail(self, error: ExportError) -> None:
        self._pause_s = self._retry_s if error.retry_s is None else max(error.retry_s, self._retry_s)
        if not self._is_away:
            self._is_away, self._lost_before = True, self.counts["lost"]
        if not self._is_told and time.monotonic() >= self._silent_until:
            self._is_told = True
            _log.warning(
                "%s takes no spans: %s; trying again every %g s, up to %d wait",
                self._collector.endpoint,
                error,
                self._pause_s,
                _MOST_WAITING,
            )
        if not error.is_transient and self._kept:
            self._count("lost", self._kept[1])
            self._kept = None
