"""Latencies in bounded memory, however many there are."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final

# Bounds of neighbouring buckets differ by a hundredth, so that what is given back is wrong by half of one at most.
_LOG_GROWTH: Final = math.log(1.01)
_SMALLEST_S: Final = 1e-6


class Histogram:
    """Counts of latencies in buckets that grow by a hundredth: some two thousand from a microsecond to an hour."""

    def __init__(self, parts: Iterable["Histogram"] = ()) -> None:
        """Start empty, or with the sum of others."""
        self._counts: Counter[int] = Counter()
        self.count = 0
        self.max_s = 0.0
        for part in parts:
            self._counts.update(part._counts)
            self.count += part.count
            self.max_s = max(self.max_s, part.max_s)

    def add(self, latency_s: float) -> None:
        """Count one latency."""
        self._counts[max(0, math.floor(math.log(max(latency_s, _SMALLEST_S) / _SMALLEST_S) / _LOG_GROWTH))] += 1
        self.count += 1
        self.max_s = max(self.max_s, latency_s)

    def quantile_s(self, share: float) -> float | None:
        """Return the latency that this share of all does not exceed, by nearest rank; None if there is none.

        Args:
            share: above 0, up to 1.
        """
        rank = math.ceil(share * self.count)
        reached = 0
        for bucket in sorted(self._counts):
            reached += self._counts[bucket]
            if reached >= rank:
                return min(_SMALLEST_S * math.exp((bucket + 0.5) * _LOG_GROWTH), self.max_s)
        return None
