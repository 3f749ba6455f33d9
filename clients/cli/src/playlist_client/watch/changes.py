"""Which code and which model answered when: what a rollout looks like from outside."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

# While a rollout runs, old and new answer in turn. What was not seen for this long while others were is gone.
_GONE_AFTER_S = 5.0
_KEPT = 1000


class Release(NamedTuple):
    """What an answer says of its origin."""

    version: str
    model_date: str


@dataclass
class Tenure:
    """How long a release answered; seconds since the reference."""

    first_s: float
    last_s: float
    requests: int = 0


@dataclass(frozen=True)
class Change:
    """A release that answered for the first time, or one that no longer does.

    Attributes:
        seconds: since the reference; of the first answer, or of the last.
        release: which.
        is_arrival: whether it came; otherwise it went.
        before: of an arrival, the one that had come before it; None for the very first.
    """

    seconds: float
    release: Release
    is_arrival: bool
    before: Release | None = None


@dataclass
class Changes:
    """Follows the releases that answer.

    Attributes:
        gone_after_s: how long one must be missing from the answers to count as gone.
        current: the one that came last.
        tenures: of each release that answered, the last thousand.
        recorded: the last thousand changes.
        count: of all changes.
    """

    gone_after_s: float = _GONE_AFTER_S
    current: Release | None = None
    tenures: dict[Release, Tenure] = field(default_factory=dict)
    recorded: deque[Change] = field(default_factory=lambda: deque(maxlen=_KEPT))
    count: int = 0
    _present: dict[Release, float] = field(default_factory=dict)

    def take(self, seconds: float, release: Release) -> list[Change]:
        """Note an answer; return the changes that it shows, in the order of their times."""
        changes = [*self._departures(seconds, release), *self._arrival(seconds, release)]
        self._present[release] = max(seconds, self._present.get(release, seconds))
        tenure = self.tenures.setdefault(release, Tenure(seconds, seconds))
        tenure.last_s = max(seconds, tenure.last_s)
        tenure.requests += 1
        if len(self.tenures) > _KEPT:
            del self.tenures[next(iter(self.tenures))]
        self.recorded += changes
        self.count += len(changes)
        return changes

    def _arrival(self, seconds: float, release: Release) -> list[Change]:
        if release in self._present:
            return []
        before, self.current = self.current, release
        return [Change(seconds, release, is_arrival=True, before=before)]

    def _departures(self, seconds: float, answering: Release) -> list[Change]:
        """Return what is missing for too long; measured by answers, so that an outage makes nobody leave."""
        missing = [
            (last_s, release)
            for release, last_s in self._present.items()
            if release != answering and last_s < seconds - self.gone_after_s
        ]
        # Not before something else answers: then there is nothing that it gave way to.
        if answering not in self._present:
            return []
        for _, release in missing:
            del self._present[release]
        if self.current not in self._present:
            self.current = answering
        return [Change(last_s, release, is_arrival=False) for last_s, release in sorted(missing)]
