"""The table behind the defaults: how good the answers are at each support, length and ranking constant."""

from collections.abc import Sequence
from statistics import fmean, stdev

from tests.bench import data
from tests.bench.options import Options
from tests.bench.report import Section, table
from tests.bench.trials import SEED_COUNT, SHRINKAGES, SUPPORTS, DataSet, Tried, tried_on

from playlist_model import SHRINKAGE
from playlist_trainer.settings import Settings

_DEFAULT = Settings()
_FILES = ("ds1_full_size.csv.gz", "course_sample.csv.gz", "ds1.csv.gz", "ds2.csv.gz")


def measure(options: Options) -> Section:
    """Measure the group ``defaults``."""
    names = ["builtin:sample", *(str(path) for file in _FILES if (path := data.shared(file)))]
    if options.quick:
        names = names[:1]
    elif len(names) == 1:
        names.append(str(data.assignment(quick=False).path))
    splits = range(options.repetitions(5))
    sets = [tried_on(name, splits) for name in names]
    intro = (
        f"recall@10 with {SEED_COUNT} songs asked with, and coverage (share of requests that a rule answered), of "
        f"playlists held out of training: a fifth of them, mean over {len(splits)} splits. Rules and seconds are of "
        "all playlists. min_support below 1 is a fraction of playlists, from 1 on a number of them. "
        f"–: over the cap of {Settings().max_itemsets:,} itemsets."
    )
    parts = [
        intro,
        "recall@10 by min_support, pairs:\n\n" + _summary(sets),
        *(_support_table(one) for one in sets),
        f"recall@10 by the ranking's constant (SHRINKAGE), pairs at min_support {_DEFAULT.min_support:g}:\n\n"
        + _shrinkage_table(sets),
        _conclusion(sets),
    ]
    return Section("Defaults: support, length, ranking constant", parts)


def _summary(sets: Sequence[DataSet]) -> str:
    header = ("min_support", *(one.name for one in sets), "mean", "mean coverage")
    rows = []
    for min_support in SUPPORTS:
        found = [quality for one in sets if (quality := one.at(min_support, 2).quality)]
        mean, coverage = (fmean(getattr(one, name) for one in found) for name in ("recall", "coverage"))
        rows.append((_marked(min_support), *(f"{one.recall:.3f}" for one in found), f"{mean:.4f}", f"{coverage:.3f}"))
    popularity = [quality.popularity for one in sets if (quality := one.at(_DEFAULT.min_support, 2).quality)]
    rows.append(("popularity", *(f"{recall:.3f}" for recall in popularity), f"{fmean(popularity):.4f}", "–"))
    return table(header, rows)


def _support_table(one: DataSet) -> str:
    rows = []
    for min_support in sorted(SUPPORTS, key=lambda support: (one.at(support, 2).min_support_count, support)):
        pairs, triples = one.at(min_support, 2), one.at(min_support, 3)
        coverage = f"{pairs.quality.coverage:.3f}" if pairs.quality else "–"
        rows.append((_marked(min_support), pairs.min_support_count, coverage, *_cells(pairs), *_cells(triples)))
    columns = ("recall@10", "rules", "mining, s")
    kinds = ("pairs", "pairs and triples")
    header = ("min_support", "playlists", "coverage", *(f"{kind}: {name}" for kind in kinds for name in columns))
    title = f"**{one.name}**: {len(one.transactions):,} playlists, {one.transactions.item_count:,} songs."
    return f"{title}\n\n{table(header, rows)}"


def _marked(min_support: float) -> str:
    return f"{min_support:g}{' (default)' if min_support == _DEFAULT.min_support else ''}"


def _cells(tried: Tried) -> tuple[str, ...]:
    if tried.quality is None:
        return ("–",) * 3
    return f"{tried.quality.recall:.3f}", f"{tried.rule_count:,}", f"{tried.mining_s:.2f}"


def _shrinkage_table(sets: Sequence[DataSet]) -> str:
    marked = (f"{shrinkage:g}{' (default)' if shrinkage == SHRINKAGE else ''}" for shrinkage in SHRINKAGES)
    rows = [(one.name, *(f"{one.by_shrinkage[value].recall:.3f}" for value in SHRINKAGES)) for one in sets]
    means = (f"{_mean_by_shrinkage(sets, value):.4f}" for value in SHRINKAGES)
    changes = (_change(sets, value) for value in SHRINKAGES)
    return table(("data set", *marked), [*rows, ("mean", *means), ("against the default", *changes)])


def _mean_by_shrinkage(sets: Sequence[DataSet], shrinkage: float) -> float:
    return fmean(one.by_shrinkage[shrinkage].recall for one in sets)


def _change(sets: Sequence[DataSet], shrinkage: float) -> str:
    """Give the mean difference to the default over all splits of all data sets, with its standard error."""
    pairs = [zip(one.by_shrinkage[shrinkage].recalls, one.by_shrinkage[SHRINKAGE].recalls, strict=True) for one in sets]
    changes = [found - default for splits in pairs for found, default in splits]
    error = stdev(changes) / len(changes) ** 0.5 if len(changes) > 1 else 0.0
    return "–" if shrinkage == SHRINKAGE else f"{fmean(changes):+.4f} ± {error:.4f}"


def _conclusion(sets: Sequence[DataSet]) -> str:
    chosen = f"min_support {_DEFAULT.min_support:g}, max_length {_DEFAULT.max_length}, SHRINKAGE {SHRINKAGE:g}"
    return "\n".join([f"Chosen: {chosen}.", "", _support_reason(sets), _length_reason(sets), _shrinkage_reason(sets)])


def _support_reason(sets: Sequence[DataSet]) -> str:
    """Say what the default support costs in recall, and what the support with the best recall would cost in rules."""
    means = {value: fmean(_recall(one.at(value, 2)) for one in sets) for value in SUPPORTS}
    rules = {value: sum(one.at(value, 2).rule_count for one in sets) for value in SUPPORTS}
    best, default = max(means, key=means.__getitem__), _DEFAULT.min_support
    return (
        f"- min_support {default:g}: mean recall@10 over the data sets is {means[default]:.4f} with {rules[default]:,} "
        f"rules in all; the best of those tried is {means[best]:.4f} at {best:g} with {rules[best]:,} rules; the usual "
        f"0.05 gives {means[0.05]:.4f}. A fraction, as it stays in proportion when playlists become many."
    )


def _length_reason(sets: Sequence[DataSet]) -> str:
    """Say what triples change where they can be had, support by support."""
    both = [(one.at(value, 2), one.at(value, 3)) for one in sets for value in SUPPORTS]
    changes = [_recall(triples) - _recall(pairs) for pairs, triples in both if triples.quality]
    return (
        f"- max_length {_DEFAULT.max_length}: triples change recall@10 by {min(changes):+.3f} to {max(changes):+.3f} "
        f"(mean {fmean(changes):+.4f}) in {len(changes)} trainings at one support; {len(both) - len(changes)} more "
        "go over the cap on itemsets."
    )


def _shrinkage_reason(sets: Sequence[DataSet]) -> str:
    means = {value: _mean_by_shrinkage(sets, value) for value in SHRINKAGES}
    best = max(means, key=means.__getitem__)
    return (
        f"- SHRINKAGE {SHRINKAGE:g}: mean recall@10 over the data sets is {means[SHRINKAGE]:.4f}; the best of those "
        f"tried is {means[best]:.4f} at {best:g} ({_change(sets, best)} against the default), the worst "
        f"{min(means.values()):.4f}."
    )


def _recall(tried: Tried) -> float:
    return tried.quality.recall if tried.quality else 0.0
