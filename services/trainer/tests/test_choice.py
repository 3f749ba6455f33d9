"""How a training chooses what it scores rules by."""

import numpy as np
import pytest

from playlist_model import rank
from playlist_trainer.evaluation.choice import GRID, _tried, best_within_noise, choose_damping
from playlist_trainer.evaluation.split import part_of
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.pair_scoring import PairLimits
from playlist_trainer.mining.pairs import mine_pairs
from playlist_trainer.mining.transactions import Transactions

from .builders import transactions_from


def tastes(seed: int, playlists: int = 300, hits: int = 3) -> Transactions:
    """Return playlists of one of 20 tastes, each with some songs that everybody likes, in uneven lengths."""
    random = np.random.default_rng(seed)
    lists = []
    for _ in range(playlists):
        taste = random.integers(20)
        own = hits + taste * 12 + random.choice(12, size=random.integers(5, 12), replace=False)
        lists.append([*random.choice(hits, size=random.integers(0, hits + 1), replace=False).tolist(), *own.tolist()])
    return transactions_from(lists)


def test_the_same_seed_makes_the_same_choice_and_another_asks_others() -> None:
    transactions = tastes(1)

    first, again, other = (choose_damping(transactions, PairLimits(2), seed) for seed in (1, 1, 2))

    assert (first.damping, first.recalls.tolist()) == (again.damping, again.recalls.tolist())
    assert first.recalls.tolist() != other.recalls.tolist()


def test_each_point_of_the_grid_is_measured_as_a_model_of_it_would_answer() -> None:
    """The slow twin mines and ranks as a model does."""
    random = np.random.default_rng(3)
    parts = part_of(tastes(2, playlists=120), np.arange(0, 120, 4), random)

    recalls, answered = _tried(parts, PairLimits(2))

    for column, damping in enumerate(GRID):
        rules = mine_pairs(parts.training, damping.scoring(parts.training), PairLimits(2)).rules
        for row, songs in enumerate(songs for songs in parts.held_out if len(songs) >= 6):
            seeds, wanted = np.sort(songs[:5]), songs[5:]
            ranking = rank(rules, seeds, seeds, 10)
            hits = len(set(ranking.song_ids.tolist()) & set(wanted.tolist()))
            assert recalls[row, column] == pytest.approx(hits / min(10, len(wanted)))
            assert answered[row, column] == (len(ranking.values) > 0)


def test_without_enough_playlists_to_ask_with_the_default_is_taken() -> None:
    choice = choose_damping(transactions_from([[0, 1], [0, 1], [1, 2]]), PairLimits(1), seed=0)

    assert choice.damping == Damping()
    assert choice.short()["requests"] == 0


def test_of_those_level_with_the_best_the_one_that_damps_most_is_taken() -> None:
    level = np.tile([[0.3, 0.3, 0.3]], (50, 1))
    assert best_within_noise(level) == 2

    clearly_worse = level.copy()
    clearly_worse[:, 2] = 0.1
    assert best_within_noise(clearly_worse) == 1

    # A tenth better in one of fifty requests is noise: its standard error is as large as itself.
    luckier = level.copy()
    luckier[7, 0] = 0.4
    assert best_within_noise(luckier) == 2


def test_songs_that_everybody_likes_are_damped_where_that_helps() -> None:
    """Three hits are in most playlists and in nobody's taste; undamped they fill the answers."""
    choice = choose_damping(tastes(4, playlists=600, hits=12), PairLimits(2), seed=0)

    assert choice.damping.popularity_exponent == max(damping.popularity_exponent for damping in GRID)


def test_weights_have_a_mean_of_one_over_all_rows() -> None:
    transactions = tastes(5)

    for exponent in (0.0, 0.5, 1.0):
        weights = Damping(exponent, 0.0).weights(transactions)
        assert np.repeat(weights, np.diff(transactions.offsets)).mean() == pytest.approx(1, abs=1e-6)
