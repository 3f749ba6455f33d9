"""Wall-clock times of a run, all derived from one look at the clock, so that a clock that is set does not matter."""

from dataclasses import dataclass
from datetime import UTC, datetime

from playlist_client.errors import UsageError


@dataclass(frozen=True)
class Moments:
    """The pair that turns monotonic times into wall-clock ones.

    Attributes:
        monotonic: a time by the monotonic clock, in seconds.
        wall: the same moment, in seconds since 1970.
    """

    monotonic: float
    wall: float

    def rfc3339(self, time: float) -> str:
        """Return a monotonic time as ``2026-11-22T10:00:00.000Z``."""
        return rfc3339(self.wall + time - self.monotonic)

    def monotonic_of(self, wall: float) -> float:
        """Return a wall-clock time as a monotonic one."""
        return self.monotonic + wall - self.wall


def rfc3339(wall: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wall_time(text: str) -> float:
    """Return seconds since 1970 for ``--since``: such a number itself, or RFC 3339.

    Raises:
        UsageError: neither, or a time of day that has no time zone.
    """
    try:
        wall = float(text)
    except ValueError:
        wall = _from_rfc3339(text)
    try:
        rfc3339(wall)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"--since {text} is out of range") from error
    return wall


def _from_rfc3339(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--since {text!r} is not a time; use one such as 2026-11-22T10:00:00Z, or $(date +%s)"
        ) from error
    if moment.tzinfo is None:
        raise UsageError(f"--since {text} has no time zone; end it with Z for UTC, or +01:00")
    return moment.timestamp()
