"""``--fail-if``: the conditions under which a run fails, written as k6 writes its thresholds."""

import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass

from playlist_client.errors import UsageError
from playlist_client.watch.tally import Numbers

_EXPRESSION = re.compile(r"([a-z_]+[\d.]*)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(\S*)")
_PERCENTILE = re.compile(r"p\d{1,2}(\.\d+)?")
_OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_LATENCY_UNITS = {"ms": 0.001, "s": 1.0}
_COUNT_UNITS = {"": 1.0, "%": 0.01}
_COUNTS = ("failed", "not_sent", "requests")
_HINT = 'write one such as "p99>200ms", "max>=2s", "failed>1%", "not_sent>0" or "requests<100"'


@dataclass(frozen=True)
class Threshold:
    """A condition under which a run fails.

    Attributes:
        expression: as it was given.
        metric: a percentile such as ``p99``, ``max``, or one of the counts.
        comparison: ``>``, ``>=``, ``<`` or ``<=``.
        limit: seconds, a count, or a share 0..1 if the unit is ``%``.
        unit: of the expression.
    """

    expression: str
    metric: str
    comparison: str
    limit: float
    unit: str

    def value(self, numbers: Numbers, not_sent: int) -> float | None:
        """Return what the run has in the unit of the limit; None if nothing was measured."""
        if self.metric == "max":
            return numbers.latencies.max_s if numbers.latencies.count else None
        if self.metric not in _COUNTS:
            return numbers.latencies.quantile_s(float(self.metric[1:]) / 100)
        count = {"failed": numbers.failed, "not_sent": not_sent, "requests": numbers.requests}[self.metric]
        of = numbers.requests + (not_sent if self.metric == "not_sent" else 0)
        return count if self.unit != "%" else count / of if of else None

    def is_crossed_by(self, value: float | None) -> bool:
        """Say whether a value fails the run; a latency that no good answer was there to show does."""
        return value is None or bool(_OPERATORS[self.comparison](value, self.limit))

    def printed(self, value: float | None) -> float | None:
        """Return a value for JSON: milliseconds, a count, or a share 0..1."""
        return None if value is None else round(value * 1000 if self.unit in _LATENCY_UNITS else value, 4)

    def describe(self, value: float | None) -> str:
        """Return a value with its condition: ``p99 is 312.4 ms (fail if p99>200ms)``."""
        if value is None:
            shown = "not measured: no good answer"
        elif self.unit in _LATENCY_UNITS:
            shown = f"{value * 1000:.1f} ms"
        else:
            shown = f"{value:.2%}" if self.unit == "%" else f"{value:g}"
        return f"{self.metric} is {shown} (fail if {self.expression})"


FAILED = Threshold("failed>0", "failed", ">", 0, "")


def thresholds_from(expressions: Iterable[str]) -> tuple[Threshold, ...]:
    """Read the values of ``--fail-if``; a failed request fails the run unless one of them is about those.

    Raises:
        UsageError: one is not understood.
    """
    given = tuple(map(_threshold, expressions))
    return given if any(threshold.metric == "failed" for threshold in given) else (FAILED, *given)


def _threshold(expression: str) -> Threshold:
    found = _EXPRESSION.fullmatch(expression.strip())
    if found is None:
        raise UsageError(f"--fail-if {expression!r} is not a condition; {_HINT}")
    metric, comparison, number, unit = found.groups()
    is_percentile = _PERCENTILE.fullmatch(metric) is not None and float(metric[1:]) > 0
    is_latency = is_percentile or metric == "max"
    if not is_latency and metric not in _COUNTS:
        raise UsageError(f"--fail-if {expression!r}: there is no metric {metric!r}; {_HINT}")
    units = _LATENCY_UNITS if is_latency else {"": 1.0} if metric == "requests" else _COUNT_UNITS
    if unit not in units:
        expected = " or ".join(repr(unit) if unit else "none" for unit in units)
        raise UsageError(f"--fail-if {expression!r}: the unit of {metric} is {unit!r}, expected {expected}; {_HINT}")
    limit = float(number) * units[unit]
    # Exactly 100 % is left: "failed>100%" is how to say that no failure fails the run.
    is_beyond_all = unit == "%" and limit > 1 and comparison in {">", ">="}
    if is_beyond_all or (limit == 0 and comparison == "<"):
        bounds = "from 0 to 100 %" if unit == "%" else "never below 0"
        raise UsageError(f"--fail-if {expression!r} can never be met: {metric} is {bounds}")
    return Threshold(expression.strip(), metric, comparison, limit, unit)
