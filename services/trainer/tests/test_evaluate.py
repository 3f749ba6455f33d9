"""The evaluation against answers that can be worked out by hand, and against a slow twin."""

import numpy as np
import pytest

from playlist_trainer.evaluation.metrics import evaluate
from playlist_trainer.evaluation.report import report
from playlist_trainer.evaluation.split import split
from playlist_trainer.mining.damping import Damping
from playlist_trainer.mining.transactions import Transactions
from playlist_trainer.settings import Settings


def transactions_of(lists: list[list[int]], item_count: int) -> Transactions:
    offsets = np.concatenate(([0], np.cumsum([len(songs) for songs in lists]))).astype(np.int64)
    return Transactions(offsets, np.array([s for songs in lists for s in sorted(songs)], np.int32), item_count)


def two_worlds(playlists: int = 100) -> Transactions:
    """Half the playlists hold songs 0..11, the other half songs 12..23: what follows is certain."""
    return transactions_of([list(range(12)) if n % 2 else list(range(12, 24)) for n in range(playlists)], 24)


def test_certain_neighbours_are_all_found_and_popularity_finds_half() -> None:
    (found,) = evaluate(two_worlds(), Settings(min_support=0.1), Damping(), seed_counts=[5])

    # Seven songs of the same world are held out, and ten are answered: all seven, and three popular ones.
    assert found.request_count == 20
    assert found.rules.recall == pytest.approx(1)
    assert found.rules.precision == pytest.approx(0.7)
    assert found.rules.hit_rate == found.rules.coverage == 1
    assert found.popularity.recall < 0.8
    assert found.popularity.coverage == 0


def test_playlists_with_fewer_than_six_songs_are_not_asked_with() -> None:
    short = transactions_of([[0, 1, 2, 3, 4] for _ in range(20)], 5)

    (found,) = evaluate(short, Settings(min_support=2), Damping(), seed_counts=[1])

    assert found.request_count == 0


def test_twenty_songs_are_asked_of_playlists_that_have_one_more() -> None:
    lists = [list(range(20)) for _ in range(10)] + [list(range(21)) for _ in range(10)]

    (found,) = evaluate(transactions_of(lists, 21), Settings(min_support=2), Damping(), seed_counts=[20])

    held_out = split(transactions_of(lists, 21), seed=0).held_out
    assert found.request_count == sum(len(songs) == 21 for songs in held_out)


def test_rules_that_are_never_frequent_leave_only_popularity() -> None:
    (found,) = evaluate(two_worlds(), Settings(min_support=1000), Damping(), seed_counts=[5])

    assert found.rules == found.popularity


def test_split_holds_out_a_fifth_and_the_seed_decides_which() -> None:
    playlists = transactions_of([[n, n + 1] for n in range(50)], 51)

    first, again, other = split(playlists, 1), split(playlists, 1), split(playlists, 2)

    assert (len(first.training), len(first.held_out)) == (40, 10)
    assert [a.tolist() for a in first.held_out] == [a.tolist() for a in again.held_out]
    assert [a.tolist() for a in first.held_out] != [a.tolist() for a in other.held_out]


def test_nothing_held_out_is_trained_on() -> None:
    """Every playlist has a song of its own: those of held-out playlists must have no count in the training part."""
    playlists = transactions_of([[n] for n in range(50)], 50)

    parts = split(playlists, 0)

    held_out = {int(song) for songs in parts.held_out for song in songs}
    assert held_out.isdisjoint(parts.training.items.tolist())
    assert held_out == set(range(40, 50)), "songs that only held-out playlists hold come last in popularity"


def test_figures_agree_with_a_slow_twin() -> None:
    random = np.random.default_rng(7)
    lists = [sorted(random.choice(30, size=random.integers(6, 15), replace=False).tolist()) for _ in range(60)]

    (found,) = evaluate(transactions_of(lists, 30), Settings(min_support=2, seed=3), Damping(), seed_counts=[3])

    parts = split(transactions_of(lists, 30), 3)
    training = [set(parts.training[t].tolist()) for t in range(len(parts.training))]
    recalls = []
    for songs in parts.held_out:
        seeds, wanted = set(songs[:3].tolist()), set(songs[3:].tolist())
        values = {}
        for song in set(range(30)) - seeds:
            values[song] = sum(_score(training, seed, song) for seed in seeds)
        answer = sorted((song for song in values if values[song]), key=lambda song: (-values[song], song))[:10]
        recalls.append(len(wanted & set(answer)) / min(10, len(wanted)))
    assert found.rules.recall == pytest.approx(np.mean(recalls))


def _score(training: list[set[int]], seed: int, song: int) -> float:
    """The score of a pair rule as Damping documents it, song by song."""
    damping = Damping()
    weights = [len(songs) ** -damping.length_exponent for songs in training]
    mean_over_rows = sum(w * len(songs) for w, songs in zip(weights, training, strict=True)) / sum(map(len, training))
    weights = [weight / mean_over_rows for weight in weights]
    together = [weight for songs, weight in zip(training, weights, strict=True) if {seed, song} <= songs]
    if len(together) < 2:
        return 0.0
    alone = sum(weight for songs, weight in zip(training, weights, strict=True) if seed in songs)
    popularity = sum(song in songs for songs in training)
    return sum(together) / (alone + 10) / popularity**damping.popularity_exponent


def test_report_has_one_row_for_each_way_to_answer() -> None:
    table = report(evaluate(two_worlds(), Settings(min_support=0.1), Damping()))

    lines = table.splitlines()
    assert "recall" in lines[0]
    assert [line.split()[:3] for line in lines[1:3]] == [["1", "20", "rules"], ["1", "20", "popularity"]]
    assert "a training" in lines[-1]  # its figures are others


def test_report_shows_no_figure_where_nothing_was_asked() -> None:
    table = report(evaluate(two_worlds(), Settings(min_support=0.1), Damping(), [20]))

    _, rules, popularity, _ = table.splitlines()
    assert rules.split() == ["20", "0", "rules", *"–––––"]
    assert popularity.split() == ["20", "0", "popularity", *"–––––"]
