"""The table behind the defaults: how good the answers are at each support, length and ranking constant."""

from collections.abc import Sequence
from statistics import fmean

from tests.bench import data
from tests.bench.options import Options
from tests.bench.report import Section, table
from tests.bench.trials import SEED_COUNT, SHRINKAGES, DataSet, Tried, tried_on

from playlist_model import SHRINKAGE
from playlist_trainer.settings import Settings

_FILES = ("ds1_full_size.csv.gz", "course_sample.csv.gz", "ds1.csv.gz", "ds2.csv.gz")


def measure(options: Options) -> Section:
    """Measure the group ``defaults``."""
    names = ["builtin:sample", *(str(path) for file in _FILES if (path := data.shared(file)))]
    if options.quick:
        names = names[:1]
    elif len(names) == 1:
        names.append(str(data.assignment(quick=False).path))
    splits = range(options.repetitions(3))
    sets = [tried_on(name, splits) for name in names]
    intro = (
        f"recall@10 with {SEED_COUNT} songs asked with, and coverage (share of requests that a rule answered), of "
        f"playlists held out of training: a fifth of them, mean over {len(splits)} splits. Rules and seconds are of "
        f"all playlists. min_support below 1 is a fraction of playlists, from 1 on a number of them. "
        f"–: over the cap of {Settings().max_itemsets:,} itemsets."
    )
    parts = [
        intro,
        *(_support_table(one) for one in sets),
        "recall@10 by the ranking's constant (SHRINKAGE), at the default support:\n\n" + _shrinkage_table(sets),
        _conclusion(sets),
    ]
    return Section("Defaults: support, length, ranking constant", parts)


def _support_table(one: DataSet) -> str:
    chosen = Settings()
    pairs = [tried for tried in one.tried if tried.max_length == 2]
    triples = {tried.min_support: tried for tried in one.tried if tried.max_length == 3}
    rows = []
    for tried in sorted(pairs, key=lambda tried: (tried.min_support_count, tried.min_support)):
        mark = " (default)" if tried.min_support == chosen.min_support else ""
        both = (tried, triples[tried.min_support])
        rows.append(
            (f"{tried.min_support:g}{mark}", tried.min_support_count, *(cell for t in both for cell in _cells(t)))
        )
    columns = ("recall@10", "coverage", "rules", "mining, s")
    header = ("min_support", "playlists", *(f"{name}, {kind}" for kind in ("pairs", "to triples") for name in columns))
    popularity = next(tried.quality.popularity for tried in pairs if tried.quality)
    title = f"**{one.name}**: {len(one.transactions):,} playlists, {one.transactions.item_count:,} songs"
    return f"{title}; popularity's recall@10 {popularity:.3f}.\n\n{table(header, rows)}"


def _cells(tried: Tried) -> tuple[str, ...]:
    if tried.quality is None:
        return ("–",) * 4
    quality = tried.quality
    return f"{quality.recall:.3f}", f"{quality.coverage:.3f}", f"{tried.rule_count:,}", f"{tried.mining_s:.2f}"


def _shrinkage_table(sets: Sequence[DataSet]) -> str:
    header = (
        "data set",
        *(f"{shrinkage:g}{' (default)' if shrinkage == SHRINKAGE else ''}" for shrinkage in SHRINKAGES),
    )
    rows = [(one.name, *(f"{quality.recall:.3f}" for _, quality in one.by_shrinkage)) for one in sets]
    means = (fmean(one.by_shrinkage[column][1].recall for one in sets) for column in range(len(SHRINKAGES)))
    return table(header, [*rows, ("mean", *(f"{mean:.4f}" for mean in means))])


def _conclusion(sets: Sequence[DataSet]) -> str:
    chosen = Settings()
    return "\n".join(
        [
            f"Chosen: min_support {chosen.min_support:g}, max_length {chosen.max_length}, SHRINKAGE {SHRINKAGE:g}.",
            "",
            *(_support_reason(one) for one in sets),
            _length_reason(sets),
            _shrinkage_reason(sets),
        ]
    )


def _support_reason(one: DataSet) -> str:
    """Say what the default support costs in recall, and what the support with the best recall would cost in rules."""
    best, chosen = one.best(Settings().max_length), one.at_default()
    return (
        f"- Support on {one.name}: {_recall(chosen):.3f} with {chosen.rule_count:,} rules; the best of those tried is "
        f"{_recall(best):.3f} at {best.min_support:g} with {best.rule_count:,} rules."
    )


def _length_reason(sets: Sequence[DataSet]) -> str:
    """Say what triples change where they can be had, support by support."""
    changes, refused = [], 0
    for one in sets:
        pairs = {tried.min_support: tried for tried in one.tried if tried.max_length == 2 and tried.quality}
        for tried in one.tried:
            if tried.max_length == 3 and tried.min_support in pairs:
                refused += tried.quality is None
                changes += [_recall(tried) - _recall(pairs[tried.min_support])] if tried.quality else []
    return (
        f"- Length: triples change recall@10 by {min(changes):+.3f} to {max(changes):+.3f} "
        f"(mean {fmean(changes):+.4f}) in {len(changes)} trainings at the same support, and {refused} more go over the "
        "cap on itemsets."
    )


def _shrinkage_reason(sets: Sequence[DataSet]) -> str:
    means = {value: fmean(dict(one.by_shrinkage)[value].recall for one in sets) for value in SHRINKAGES}
    best = max(means, key=means.__getitem__)
    return (
        f"- SHRINKAGE: mean recall@10 over the data sets is {means[SHRINKAGE]:.4f} at {SHRINKAGE:g}; the best of those "
        f"tried is {means[best]:.4f} at {best:g}, the worst {min(means.values()):.4f}."
    )


def _recall(tried: Tried) -> float:
    return tried.quality.recall if tried.quality else 0.0
