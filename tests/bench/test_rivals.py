"""The rivals in their form by playlists are what their textbooks' form by songs says."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.bench.rivals import Incidence, recall, rivals

from playlist_model.ragged import offsets_of
from playlist_trainer.mining.transactions import Transactions

LAMBDAS = (0.5, 30.0)


def random_playlists(seed: int) -> NDArray[np.bool_]:
    """Playlists × songs, songs by falling popularity; the last songs are in no playlist, one playlist is empty."""
    random = np.random.default_rng(seed)
    holds = random.random((25, 40)) < random.random(40) ** 2
    holds[7] = False
    holds[:, 30:35] = False
    return holds[:, np.argsort(-holds.sum(axis=0), kind="stable")]


def transactions_of(holds: NDArray[np.bool_]) -> Transactions:
    return Transactions(offsets_of(holds.sum(axis=1)), np.nonzero(holds)[1].astype(np.int32), holds.shape[1])


def asked_of(seed: int, songs: int) -> list[NDArray[np.int32]]:
    random = np.random.default_rng(seed)
    return [random.permutation(songs)[:3].astype(np.int32) for _ in range(40)]


def by_songs(holds: NDArray[np.bool_], asked: list[NDArray[np.int32]]) -> dict[str, NDArray[np.float64]]:
    """Scores, requests × songs, from matrices of songs × songs."""
    x = holds.astype(np.float64)
    requests = np.zeros((len(asked), x.shape[1]))
    for request, songs in enumerate(asked):
        requests[request, songs] = 1
    norms = np.maximum(np.sqrt(np.diag(x.T @ x)), 1)
    between = {"item-kNN": x.T @ x / norms / norms[:, None]}
    for regularization in LAMBDAS:
        p = np.linalg.inv(x.T @ x + regularization * np.eye(x.shape[1]))
        between[f"EASE^R, λ {regularization:g}"] = -p / np.diag(p)
    for weights in between.values():
        np.fill_diagonal(weights, 0)
    return {name: requests @ weights for name, weights in between.items()}


@pytest.mark.parametrize("seed", range(5))
def test_scores_by_playlists_are_those_by_songs(seed: int) -> None:
    holds = random_playlists(seed)
    incidence, asked = Incidence.of(transactions_of(holds)), asked_of(seed, holds.shape[1])
    known = len(incidence.counts)

    found = {one.name: np.array(list(one.scores(incidence))) for one in rivals(incidence, asked, LAMBDAS)}

    expected = by_songs(holds, asked)
    assert list(found) == list(expected)
    for name, scores in found.items():
        assert scores.shape == (len(asked), known)
        # What a request asks with is never answered with, so its scores do not matter.
        matters = np.array([~np.isin(np.arange(known), songs) for songs in asked])
        np.testing.assert_allclose(scores[matters], expected[name][:, :known][matters], atol=1e-9)


def test_recall_counts_hits_of_ten_and_songs_that_nobody_knows_stay_wanted() -> None:
    holds = np.zeros((3, 4), dtype=np.bool_)
    holds[:2, :2] = True  # songs 0 and 1 together, twice; song 2 alone; song 3 unknown
    holds[2, 2] = True
    incidence = Incidence.of(transactions_of(holds))
    playlists = [np.array([0, 1, 3], dtype=np.int32)]  # asks with 0, wants 1 and 3

    found = [recall(one, incidence, playlists, 1) for one in rivals(incidence, [playlists[0][:1]], LAMBDAS)]

    assert found == [0.5, 0.5, 0.5]


def test_a_song_that_is_asked_with_is_no_answer() -> None:
    incidence = Incidence.of(transactions_of(np.ones((2, 11), dtype=np.bool_)))
    playlists = [np.arange(11, dtype=np.int32)]  # asks with 0, and the ten others are all the rest

    found = [recall(one, incidence, playlists, 1) for one in rivals(incidence, [playlists[0][:1]], LAMBDAS)]

    assert found == [1.0, 1.0, 1.0]


def test_songs_in_another_order_than_by_popularity_are_refused() -> None:
    with pytest.raises(ValueError, match="falling popularity"):
        Incidence.of(transactions_of(np.array([[False, True], [False, True]])))
