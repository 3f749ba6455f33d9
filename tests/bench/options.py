"""What every group of measurements is told."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.report import Section

SLICES = 200


@dataclass(frozen=True)
class Options:
    """How thoroughly to measure.

    Attributes:
        quick: to try the measurements out: small data, one repetition, nothing to rely on.
        slices: how many slices of the Million Playlist Dataset's form the group ``slices`` makes.
    """

    quick: bool = False
    slices: int = SLICES

    def repetitions(self, thorough: int) -> int:
        """Return how often to repeat what is repeated ``thorough`` times in a run that counts."""
        return 1 if self.quick else thorough


Group = Callable[[Options], Section]
