"""How good the answers are beside those of other methods, and the tables behind the defaults of pair rules."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from tests.bench import questions
from tests.bench.comparison import (
    FIRST,
    POPULARITY,
    PRODUCT,
    SEED_COUNT,
    SEED_COUNTS,
    WAYS,
    Comparison,
    compared,
)
from tests.bench.estimate import Estimate
from tests.bench.limits import Tried, tried_on
from tests.bench.options import Options
from tests.bench.report import Aim, Section, aims, table

from playlist_trainer.mining.damping import Damping
from playlist_trainer.setting_types import AUTO
from playlist_trainer.settings import Settings

_SPLITS = 5
# Each bound of mpd_dev's rules takes as long as all of another data set's.
_SPLITS_OF_BOUNDS = {questions.MPD: 3, questions.DS1: 5, questions.COURSE: 5, questions.SAMPLE: 5}
_LEAST_COVERAGE = 0.95
_AS_GOOD_AS_EASE = (questions.MPD, questions.COURSE, questions.ACROSS)


def measure(options: Options) -> Section:
    """Measure the group ``ranking``."""
    splits = options.repetitions(_SPLITS)
    found = [compared(one, range(splits)) for one in questions.questions(quick=options.quick)]
    with_bounds = [one for one in found if one.asked.name in _SPLITS_OF_BOUNDS and _is_wanted(one, found)]
    bounds = {
        one.asked: tried_on(one.asked, range(options.repetitions(_SPLITS_OF_BOUNDS[one.asked.name])))
        for one in with_bounds
    }
    parts = [
        _introduction(splits),
        _data_sets(found),
        f"recall@10, {SEED_COUNT} songs asked with:\n\n" + _by_way(found, lambda one, way: str(one.recall(way))),
        "Difference to the best EASE^R of each data set, split by split:\n\n" + _by_way(found, _against_ease),
        _seed_count_table(found),
        _damping_table(found),
        aims(_aims(found)),
        *(_bounds_table(asked.name, tried) for asked, tried in bounds.items()),
    ]
    return Section("Ranking: rules beside EASE^R, item-kNN and popularity; bounds of rules", parts)


def _is_wanted(one: Comparison, found: Sequence[Comparison]) -> bool:
    """Tell whether to try bounds on a data set: on the sample only where there is no other."""
    return one.asked.name != questions.SAMPLE or len(found) == 1


def _introduction(splits: int) -> str:
    return (
        f"Mean ± standard error; splits: {splits}, the same for all methods. A request asks with some songs of a "
        "playlist that was not learned from, drawn at random; its other songs are wanted, and recall@10 is "
        "hits / min(10, songs wanted). Coverage is the share of requests that a rule answered; the rest gets popular "
        f"songs. **{PRODUCT.capitalize()}** choose their exponents on the training part alone; the best EASE^R is the "
        "best of its λ with hindsight. item-kNN is by cosine, with all neighbours. The first version scored pairs in "
        ".002 of the playlists by n(a, b) / (n(a) + 10). Splits share most of what they learn from, so that the errors "
        "are those of the draw, not of another data set."
    )


def _data_sets(found: Sequence[Comparison]) -> str:
    lines = [f"- {one.asked.name}: {one.asked.words}; {fmean(one.requests):,.0f} requests a split" for one in found]
    return "\n".join(lines)


def _by_way(found: Sequence[Comparison], cell: Callable[[Comparison, str], str]) -> str:
    rows = [(way, *(cell(one, way) for one in found)) for way in WAYS]
    return table(("", *(one.asked.name for one in found)), rows)


def _against_ease(one: Comparison, way: str) -> str:
    if way == one.best_ease:
        return "best EASE^R"
    return one.recall(way).less(one.recall(one.best_ease)).signed()


def _seed_count_table(found: Sequence[Comparison]) -> str:
    rows = [
        (one.asked.name, seed_count, *_cells(one, PRODUCT, seed_count), *_cells(one, FIRST, seed_count),
         one.recall(POPULARITY, seed_count))
        for one in found
        for seed_count in SEED_COUNTS
    ]  # fmt: skip
    header = ("", "songs asked with", "recall@10", "coverage", "first version: recall@10", "coverage", "popularity")
    return "By the number of songs asked with:\n\n" + table(header, rows)


def _cells(one: Comparison, way: str, seed_count: int) -> tuple[str, str]:
    return str(one.recall(way, seed_count)), f"{one.coverage(way, seed_count).mean:.3f}"


def _damping_table(found: Sequence[Comparison]) -> str:
    rows = [(one.asked.name, ", ".join(_counted(one.dampings))) for one in found]
    header = ("", "length exponent / popularity exponent")
    return "What the trainings chose (times):\n\n" + table(header, rows)


def _counted(dampings: Sequence[Damping]) -> Iterator[str]:
    for damping, times in Counter(dampings).most_common():
        yield f"{damping.length_exponent:g} / {damping.popularity_exponent:g} ({times})"


def _aims(found: Sequence[Comparison]) -> Iterator[Aim]:
    by_name = {one.asked.name: one for one in found}
    for name in (name for name in _AS_GOOD_AS_EASE if name in by_name):
        one = by_name[name]
        ours, theirs = one.recall(PRODUCT), one.recall(one.best_ease)
        yield Aim(
            f"{name}: recall@10 at least that of the best EASE^R, {theirs.mean:.3f} ({one.best_ease})",
            f"{ours.mean:.3f}, {ours.less(theirs).signed()}",
            ours.mean >= theirs.mean,
        )
    if questions.MPD in by_name:
        coverage = by_name[questions.MPD].coverage(PRODUCT)
        yield Aim(
            f"{questions.MPD}: at least {_LEAST_COVERAGE:.0%} of the requests answered by rules",
            f"{coverage.mean:.1%}",
            coverage.mean >= _LEAST_COVERAGE,
        )
    ratios = {one.asked.name: one.recall(PRODUCT).mean / one.recall(POPULARITY).mean for one in found}
    least = min(ratios, key=ratios.__getitem__)
    yield Aim(
        "at least twice popularity's recall@10 on every data set",
        f"{ratios[least]:.1f} × on {least}, where it is the least",
        ratios[least] >= 2,
    )


def _bounds_table(name: str, tried: Sequence[Tried]) -> str:
    default = next(one for one in tried if one.is_default)
    rows = [_bounds_row(one, default) for one in tried]
    header = ("rules_per_song", "min_support", "recall@10", "against the default", "coverage", "rules", "MB")
    title = (
        f"**{name}**, splits: {len(default.recalls)}; rules and MB (consequents, counts, scores) of four fifths of it."
    )
    return f"{title}\n\n{table(header, rows)}"


def _bounds_row(one: Tried, default: Tried) -> tuple[str, ...]:
    return (
        f"{one.settings.rules_per_song}{' (default)' if one.is_default else ''}",
        _support(one.settings),
        str(one.recall),
        "–" if one.is_default else one.recall.less(default.recall).signed(),
        f"{Estimate(one.coverages).mean:.3f}",
        f"{fmean(one.rules):,.0f}",
        f"{fmean(one.megabytes):.1f}",
    )


def _support(settings: Settings) -> str:
    return "auto" if settings.min_support == AUTO else f"{settings.min_support:g}"
