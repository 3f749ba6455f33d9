"""How long, how often and how much a download may take."""

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class DownloadLimits:
    """Bounds of one download, all attempts together where nothing else is said.

    Attributes:
        connect_timeout_s: for each connection.
        read_timeout_s: the longest silence of the server.
        retries: further attempts after the first, for what may pass.
        max_bytes: of what is written to disk.
        deadline_s: for everything, so that a transfer that trickles ends; 0 = none.
        backoff_s: wait before the second attempt; doubles with each further one.
        max_wait_s: the longest wait before an attempt, also when the server's Retry-After asks for more.
    """

    connect_timeout_s: float = 3.0
    read_timeout_s: float = 10.0
    retries: int = 2
    max_bytes: int = 2 * 1024**3
    deadline_s: float = 0
    backoff_s: float = 0.5
    max_wait_s: float = 5.0

    def wait_s(self, attempt: int, retry_after_s: float) -> float:
        """Return the wait after attempt 1, 2, …; ``retry_after_s`` is what the server asked for, or 0."""
        return min(max(self.backoff_s * 2.0 ** (attempt - 1), retry_after_s), self.max_wait_s)


class Deadline:
    """The moment at which a download must have ended, counted from when this is made."""

    def __init__(self, deadline_s: float) -> None:
        self._ends = time.monotonic() + deadline_s if deadline_s else math.inf

    def remaining_s(self) -> float:
        """Return the time left, infinite without a deadline, negative after it."""
        return self._ends - time.monotonic()
