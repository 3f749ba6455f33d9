"""The bench asks as the trainer's own evaluation does, so that its figures are those of the product."""

import numpy as np
import pytest
from tests.bench.answers import Learned, answered, asked, no_rules
from tests.bench.estimate import Estimate
from tests.bench.playlists import read_playlists, together
from tests.bench.questions import SAMPLE

from playlist_trainer.evaluation.metrics import evaluate
from playlist_trainer.evaluation.split import Split, split
from playlist_trainer.settings import Settings


@pytest.mark.parametrize("seed_count", [1, 5])
def test_recall_and_coverage_are_those_of_evaluate(seed_count: int) -> None:
    transactions, settings = read_playlists(SAMPLE).transactions, Settings(seed=3)
    (expected,) = evaluate(transactions, settings, seed_counts=(seed_count,))

    parts = split(transactions, settings.seed)
    playlists = asked(parts, seed_count)
    found = answered(Learned.of(parts, settings).rules, playlists, seed_count)
    popular = answered(no_rules(parts), playlists, seed_count)

    assert len(playlists) == expected.request_count
    assert found.recall == pytest.approx(expected.rules.recall)
    assert found.coverage == pytest.approx(expected.rules.coverage)
    assert popular.recall == pytest.approx(expected.popularity.recall)


def test_only_playlists_that_leave_something_to_find_are_asked_with() -> None:
    sample = read_playlists(SAMPLE).transactions
    held_out = tuple(np.arange(length, dtype=np.int32) for length in (3, 5, 6, 7))

    assert [len(songs) for songs in asked(Split(sample, held_out), 1)] == [6, 7]
    assert [len(songs) for songs in asked(Split(sample, held_out), 6)] == [7]


def test_playlists_of_two_data_sets_share_the_songs_of_one_name() -> None:
    sample = read_playlists(SAMPLE)

    both = together(sample, sample)

    count = len(sample.transactions)
    assert both.item_count == sample.transactions.item_count
    assert len(both) == 2 * count
    assert all(np.array_equal(both[i], both[i + count]) for i in range(count))


def test_an_estimate_says_mean_and_standard_error() -> None:
    ours, theirs = Estimate([0.5, 0.7]), Estimate([0.4, 0.6])

    assert str(ours) == "0.600 ± 0.100"
    assert ours.less(theirs).signed() == "+0.100 ± 0.000"
    assert str(Estimate([0.25])) == "0.250"
