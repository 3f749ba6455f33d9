"""From a server's start to its first answer: the clock, and the processor time of all its processes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench.processes import Spread, interleaved
from tests.bench.report import Aim, aims, table
from tests.bench.servers import Recipe, processors, serving

NOW, FIRST = "now", "first version"
_AIM = 0.8


@dataclass(frozen=True)
class Start:
    """One start, in seconds.

    Attributes:
        seconds: of the clock.
        processor_s: of all its processes.
    """

    seconds: float
    processor_s: float


def parts(recipes: Mapping[str, Recipe], repetitions: int) -> list[str]:
    """Start each server so many times, in turns; return the parts of a section."""
    for recipe in recipes.values():
        _started(recipe)  # writes bytecode, as the building of an image does
    found = interleaved({name: partial(_started, recipe) for name, recipe in recipes.items()}, repetitions)
    rows = [
        (
            name,
            len(starts),
            Spread.of(one.seconds for one in starts).text(),
            Spread.of(one.processor_s for one in starts).text(),
        )
        for name, starts in found.items()
    ]
    return [
        "From the start of the process to the first answer, one processor, the same model:",
        table(("", "starts", "s", "processor, s"), rows),
        aims(_aims(found)),
    ]


def _started(recipe: Recipe) -> Start:
    began = time.monotonic()
    with serving(recipe, processors()[0], poll_s=0.005) as server:
        return Start(time.monotonic() - began, server.processor_seconds())


def _aims(found: Mapping[str, Sequence[Start]]) -> list[Aim]:
    if FIRST not in found:
        return []
    seconds = {name: Spread.of(one.seconds for one in starts).median for name, starts in found.items()}
    ratio = seconds[NOW] / seconds[FIRST]
    told = f"{ratio:.2f} × ({seconds[NOW]:.2f} s, {seconds[FIRST]:.2f} s)"
    return [Aim(f"start to first answer at most {_AIM} × the first version's", told, ratio <= _AIM)]
