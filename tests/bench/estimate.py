"""Means over splits, with how far they may be off."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev


@dataclass(frozen=True)
class Estimate:
    """One figure, measured on several splits.

    Attributes:
        values: one per split; at least one.
    """

    values: Sequence[float]

    @property
    def mean(self) -> float:
        """Over the splits."""
        return fmean(self.values)

    @property
    def standard_error(self) -> float | None:
        """Of the mean; None of a single split."""
        return stdev(self.values) / len(self.values) ** 0.5 if len(self.values) > 1 else None

    def less(self, other: "Estimate") -> "Estimate":
        """Return the difference, split by split: what two ways have in common on a split falls out of it."""
        return Estimate([one - another for one, another in zip(self.values, other.values, strict=True)])

    def signed(self) -> str:
        """Return it as text, with a sign."""
        return f"{self.mean:+.3f}{self._error()}"

    def __str__(self) -> str:
        return f"{self.mean:.3f}{self._error()}"

    def _error(self) -> str:
        return "" if self.standard_error is None else f" ± {self.standard_error:.3f}"
