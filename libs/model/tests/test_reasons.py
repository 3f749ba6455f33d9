import numpy as np

from playlist_model import Rules, RuleTable, reasons_of


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
