"""The figures of docs/how-it-works.md are those of the model that the built-in sample gives."""

from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, Model
from playlist_model.ranking import rank, spans_of
from playlist_trainer.__main__ import main

ROOT = Path(__file__).parents[2]
ASKED = ("Clair de lune", "Greensleeves")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models")
    assert main(["train", "--model-dir", str(folder)]) == 0
    return FolderStore(folder).load_current()


@pytest.fixture(scope="module")
def document() -> str:
    return (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")


def song_of(model: Model, title: str) -> int:
    return model.songs.match(title).song_ids[0]


def rule_of(model: Model, antecedent: str, consequent: int) -> tuple[int, int, float]:
    """The antecedent's count, the rule's, and the score."""
    (row,) = model.rules.antecedents_within(np.array([song_of(model, antecedent)], dtype=np.int32))
    (span,) = spans_of(model.rules, np.array([row]))
    (place,) = np.flatnonzero(model.rules.consequents[span] == consequent) + span.start
    assert model.rules.scores is not None
    counts = model.rules.antecedent_support_counts[row], model.rules.support_counts[place]
    return int(counts[0]), int(counts[1]), float(model.rules.scores[place])


def test_ranking_by_hand_is_the_models(model: Model, document: str) -> None:
    asked = np.array(sorted(song_of(model, title) for title in ASKED), dtype=np.int32)
    best = rank(model.rules, asked, asked, 5)

    rows = []
    for song, value in zip(best.song_ids.tolist(), best.values.tolist(), strict=True):
        parts = [rule_of(model, title, song)[2] for title in ASKED]
        rows.append(f"| {model.songs.names[song]} | {parts[0]:.3f} | {parts[1]:.3f} | {value:.3f} |")

    assert "\n".join(rows) in document


def test_rule_by_hand_is_the_models(model: Model, document: str) -> None:
    antecedent_count, count, score = rule_of(model, "Clair de lune", song_of(model, "Für Elise"))
    scoring, playlists = model.manifest.scoring, model.manifest.dataset["playlists"]

    assert f"is in {antecedent_count} playlists. {count} of them hold" in document
    assert f"= {score:.3f}." in document
    assert f"from {playlists} playlists" in document
    assert f"n(b) ^ {scoring['popularity_exponent']:g}" in document
    assert f"length ^ -{scoring['length_exponent']:g}" in document
