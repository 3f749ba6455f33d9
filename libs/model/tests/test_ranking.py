import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from playlist_model import SHRINKAGE, Rules, RuleTable, rank
from playlist_model.ranking import AT_ONCE

Mined = Callable[[Sequence[frozenset[int]], int], list[RuleTable]]


def _ids(*ids: int) -> np.ndarray:
    return np.array(ids, np.int32)


def _values(rules: Rules, asked: Sequence[int]) -> dict[int, float]:
    """Value each consequent by going through all rules."""
    values: dict[int, float] = {}
    for row, antecedent_count in enumerate(rules.antecedent_support_counts.tolist()):
        if set(rules.songs_of(row).tolist()) <= set(asked):
            for rule in range(rules.rule_offsets[row], rules.rule_offsets[row + 1]):
                song, count = int(rules.consequents[rule]), int(rules.support_counts[rule])
                values[song] = values.get(song, 0.0) + count / (antecedent_count + SHRINKAGE)
    return values


def _ranked(
    rules: Rules, song_count: int, asked: Sequence[int], excluded: Sequence[int], limit: int
) -> list[tuple[int, float | None]]:
    """Rank songs the slow way: each with its value, popular ones with None."""
    values = _values(rules, asked)
    ruled = sorted((song for song in values if song not in excluded), key=lambda song: (-values[song], song))
    popular = [song for song in range(song_count) if song not in excluded and song not in values]
    # Songs beyond the limit are no popular ones: the list is full by then.
    return [*((song, values[song]) for song in ruled), *((song, None) for song in popular)][:limit]


def test_one_song_leads_to_those_that_stand_with_it(rules: Rules) -> None:
    # Bolero is in 2 playlists, both with Air, one with Canon.
    ranking = rank(rules, asked=_ids(1), excluded=_ids(1), limit=10)

    assert ranking.song_ids.tolist() == [0, 2]
    assert ranking.values.tolist() == pytest.approx([2 / (2 + 10), 1 / (2 + 10)])
    assert ranking.antecedents.tolist() == [1]


def test_values_of_several_antecedents_add_up(rules: Rules) -> None:
    # Canon after Air: 2 of 4, after Bolero: 1 of 2, after both: 1 of 2.
    ranking = rank(rules, asked=_ids(0, 1), excluded=_ids(0, 1), limit=10)

    assert ranking.song_ids.tolist() == [2]
    assert ranking.values.tolist() == pytest.approx([2 / 14 + 1 / 12 + 1 / 12])
    assert ranking.antecedents.tolist() == [0, 1, 2]


def test_equal_values_go_to_the_more_popular_song(rules: Rules) -> None:
    ranking = rank(rules, asked=_ids(0), excluded=_ids(0), limit=1)

    # Bolero and Canon are each in 2 of Air's 4 playlists.
    assert ranking.song_ids.tolist() == [1]


def test_a_song_that_is_excluded_does_not_come_back_as_a_popular_one(rules: Rules) -> None:
    assert rank(rules, asked=_ids(1), excluded=_ids(0, 1, 2), limit=10).song_ids.tolist() == []


def test_a_song_that_is_not_excluded_may_come_back(rules: Rules) -> None:
    assert rank(rules, asked=_ids(0, 1), excluded=_ids(), limit=10).song_ids.tolist() == [2, 0, 1]


def test_nothing_asked_gives_the_popular_songs(rules: Rules) -> None:
    ranking = rank(rules, asked=_ids(), excluded=_ids(), limit=2)

    assert ranking.song_ids.tolist() == [0, 1]
    assert ranking.values.tolist() == []
    assert ranking.antecedents.tolist() == []


def test_a_limit_beyond_the_catalogue_gives_every_song_once(rules: Rules) -> None:
    assert rank(rules, asked=_ids(1), excluded=_ids(), limit=1000).song_ids.tolist() == [0, 2, 1]


def test_a_limit_of_none_gives_none(rules: Rules) -> None:
    ranking = rank(rules, asked=_ids(1), excluded=_ids(1), limit=0)

    assert ranking.song_ids.tolist() == []
    assert ranking.values.tolist() == []


@pytest.mark.parametrize("gap", [1, 100])  # songs close together are counted one way, a few among very many another
def test_scores_of_several_antecedents_add_up(gap: int) -> None:
    # Songs 0, 1 and 2 (times the gap): 0 → 1 at .5 and 0 → 2 at .25, 1 → 2 at .5.
    rules = Rules.of_pairs(
        np.full(3 * gap, 4, np.int32),
        np.searchsorted([0, 0, gap], np.arange(3 * gap + 1)),
        _ids(gap, 2 * gap, 2 * gap),
        support_counts=_ids(1, 3, 3),
        scores=np.array([0.5, 0.25, 0.5], np.float32),
    )

    one, both = (rank(rules, asked, asked, limit=2) for asked in (_ids(0), _ids(0, gap)))

    assert one.song_ids.tolist() == [gap, 2 * gap]
    assert one.values.tolist() == [0.5, 0.25]
    assert both.song_ids.tolist()[0] == 2 * gap
    assert both.values.tolist() == [0.75]


@pytest.mark.parametrize("song_count", [0, 1])
def test_a_catalogue_without_rules_still_answers(song_count: int) -> None:
    ranking = rank(Rules.build(song_count, []), _ids(), _ids(), limit=5)

    assert ranking.song_ids.tolist() == list(range(song_count))


def test_a_ranking_keeps_its_types_when_it_is_empty() -> None:
    ranking = rank(Rules.build(0, []), _ids(), _ids(), limit=5)

    assert (ranking.song_ids.dtype, ranking.values.dtype, ranking.antecedents.dtype) == (np.int64, np.float64, np.int64)


@pytest.mark.parametrize("max_antecedent", [1, 3])
# Songs that stand close together are counted one way, a few among very many another.
@pytest.mark.parametrize("gap", [1, 100])
def test_ranking_is_that_of_a_scan_over_all_rules(mined: Mined, max_antecedent: int, gap: int) -> None:
    rng = random.Random(max_antecedent)
    tied = 0

    for _ in range(200):
        song_count = rng.randint(1, 9) * gap
        heard = range(0, song_count, gap)
        transactions = [frozenset(rng.sample(heard, rng.randint(0, len(heard)))) for _ in range(rng.randint(0, 5))]
        rules = Rules.build(song_count, mined(transactions, max_antecedent))
        asked = sorted(rng.sample(heard, rng.randint(0, len(heard))))
        excluded = sorted({*rng.sample(heard, rng.randint(0, len(heard))), *rng.sample(range(song_count), 1)})
        limit = rng.choice([rng.randint(0, len(heard) + 2), song_count + 1])

        found = rank(rules, _ids(*asked), _ids(*excluded), limit)

        expected = _ranked(rules, song_count, asked, excluded, limit)
        assert found.song_ids.tolist() == [song for song, _ in expected]
        assert found.values.tolist() == [value for _, value in expected if value is not None]
        tied += len(set(found.values.tolist())) < len(found.values)
    assert tied > 20  # else equal values were hardly put to the test


@pytest.mark.parametrize("is_scored", [True, False])
def test_many_rules_are_summed_to_the_last_bit_like_all_of_them_at_once(is_scored: bool) -> None:
    # 300 songs with 250 rules each are more than one block.
    random = np.random.default_rng(3)
    rules = Rules.of_pairs(
        random.integers(50, 99, 300).astype(np.int32),
        np.arange(301) * 250,
        np.argsort(random.random((300, 300)))[:, :250].astype(np.int32).ravel(),
        support_counts=random.integers(1, 50, 75_000).astype(np.int32),
        scores=random.random(75_000).astype(np.float32) if is_scored else None,
    )
    assert len(rules) > AT_ONCE

    ranking = rank(rules, np.arange(300, dtype=np.int32), _ids(5), limit=299)

    scores = rules.support_counts / np.repeat(rules.antecedent_support_counts + SHRINKAGE, 250)
    values = np.bincount(rules.consequents, scores if rules.scores is None else rules.scores)
    expected = sorted(set(range(300)) - {5}, key=lambda song: (-values[song], song))
    assert ranking.song_ids.tolist() == expected
    assert ranking.values.tolist() == values[expected].tolist()
