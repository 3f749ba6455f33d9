"""Pair rules the slow way: what the kernel must find."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

import numpy as np

from playlist_model import Rules
from playlist_trainer.mining.pair_scoring import PairLimits, PairScoring

# antecedent → its rules in order, each a consequent, a support count and a score
Found = dict[int, list[tuple[int, int, float]]]


def pair_rules_by_hand(lists: Sequence[Sequence[int]], scoring: PairScoring, limits: PairLimits) -> tuple[Found, int]:
    """Return the rules of transactions whose ids are distinct, and how many a song has at most."""
    ranked = _ranked(lists, scoring, limits)
    most = limits.rules_per_song
    if limits.max_rules and _total(ranked, most) > limits.max_rules:
        lower = range(1, max(map(len, ranked.values())))
        most = max(number for number in lower if _total(ranked, number) <= limits.max_rules)
    return {antecedent: rules[: most or None] for antecedent, rules in ranked.items()}, most


def as_found(rules: Rules) -> Found:
    """Read rules back, one antecedent at a time."""
    assert rules.scores is not None
    columns = (rules.consequents.tolist(), rules.support_counts.tolist(), rules.scores.tolist())
    found = list(zip(*columns, strict=True))
    return {
        int(rules.songs_of(row)[0]): found[rules.rule_offsets[row] : rules.rule_offsets[row + 1]]
        for row in range(len(rules.antecedent_support_counts))
    }


def _ranked(lists: Sequence[Sequence[int]], scoring: PairScoring, limits: PairLimits) -> Found:
    songs = Counter(song for ids in lists for song in ids)
    pairs = Counter(pair for ids in lists for pair in permutations(ids, 2))
    weights: Counter[tuple[int, int]] = Counter()
    for ids, weight in zip(lists, scoring.weights.tolist(), strict=True):
        weights.update(dict.fromkeys(permutations(ids, 2), weight))
    ranked: Found = {}
    frequent = Counter(one for (one, _), count in pairs.items() if count >= limits.min_support_count)
    short = {one for one in songs if frequent[one] < limits.least_rules_per_song}
    for (one, other), count in sorted(pairs.items()):
        is_enough = count >= limits.min_support_count or one in short
        if is_enough and count >= limits.min_confidence * songs[one] - 1e-6:
            score = weights[one, other] * scoring.antecedent_factors[one] * scoring.consequent_factors[other]
            ranked.setdefault(one, []).append((other, count, float(np.float32(score))))
    ordered = {one: sorted(rules, key=lambda rule: (-rule[2], rule[0])) for one, rules in ranked.items()}
    return {one: rules[: limits.least_rules_per_song] if one in short else rules for one, rules in ordered.items()}


def _total(ranked: Found, most: int) -> int:
    return sum(len(rules[: most or None]) for rules in ranked.values())
