import numpy as np

from playlist_model import Rules, RuleTable, reasons_of
from playlist_model.ranking import AT_ONCE


def test_reasons_equal_a_walk_over_all_rules() -> None:
    random = np.random.default_rng(7)
    for _ in range(50):
        pairs = sorted({(a, c) for a, c in random.integers(0, 12, (40, 2)).tolist() if a != c})
        whole = random.integers(5, 9, 12)
        together = random.integers(1, 6, len(pairs))
        table = RuleTable(
            np.array([[a] for a, _ in pairs], np.int32),
            whole[[a for a, _ in pairs]].astype(np.int32),
            np.array([c for _, c in pairs], np.int32),
            together.astype(np.int32),
        )
        rules = Rules.build(12, [table])
        asked = np.unique(random.integers(0, 12, 4)).astype(np.int32)
        wanted = [3, 5, 7]

        found = reasons_of(rules, rules.antecedents_within(asked), wanted, at_most=2)

        expected: dict[int, list[tuple[float, int]]] = {}
        for (antecedent, consequent), count in zip(pairs, together.tolist(), strict=True):
            if antecedent in asked and consequent in wanted:
                expected.setdefault(consequent, []).append((count / whole[antecedent], count))
        assert {song: [(r.confidence, r.together_count) for r in reasons] for song, reasons in found.items()} == {
            song: sorted(reasons, reverse=True)[:2] for song, reasons in expected.items()
        }


def test_reasons_among_many_rules_equal_a_walk_over_all_of_them() -> None:
    # 300 songs with 250 rules each are more than one block.
    random = np.random.default_rng(3)
    consequents = np.argsort(random.random((300, 300)))[:, :250].astype(np.int32)
    rules = Rules.of_pairs(
        np.full(300, 60, np.int32),
        np.arange(301) * 250,
        consequents.ravel(),
        support_counts=random.integers(1, 50, 75_000).astype(np.int32),
    )
    assert len(rules) > AT_ONCE

    found = reasons_of(rules, np.arange(300), [3, 299], at_most=1000)

    for song in (3, 299):
        owners = [owner for owner in range(300) if song in consequents[owner]]
        counts = [int(rules.support_counts[owner * 250 :][:250][consequents[owner] == song][0]) for owner in owners]
        expected = sorted(zip(owners, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
        assert [(reason.antecedent, reason.together_count) for reason in found[song]] == expected
