"""A model of eight songs whose answers a reader can check."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from playlist_model import FolderStore, Rules, RuleTable, Songs, Training, writing

# By popularity. "Halo" and "halo" differ in case alone.
NAMES = ["Ode to Joy", "Greensleeves", "Für Elise", "Scarborough Fair", "Danny Boy", "Halo", "halo", "Water Music"]
COUNTS = [8, 6, 5, 4, 3, 2, 2, 1]
ARTISTS = ["Beethoven", "", "Beethoven", "Simon", "", "Beyoncé", "Haydn", "Handel"]
ARTIST_COUNTS = [2, 0, 1, 3, 0, 1, 1, 1]
# Antecedent, consequent, in how many playlists both stand.
PAIRS = [
    ("Ode to Joy", "Für Elise", 5),
    ("Ode to Joy", "Greensleeves", 2),
    ("Greensleeves", "Scarborough Fair", 3),
    ("Greensleeves", "Ode to Joy", 2),
    ("Greensleeves", "Danny Boy", 2),
    ("Scarborough Fair", "Greensleeves", 3),
    ("Scarborough Fair", "Danny Boy", 1),
    ("Halo", "Water Music", 1),
    ("halo", "Danny Boy", 1),
]


def rules_of(names: Sequence[str], counts: Sequence[int], pairs: Sequence[tuple[str, str, int]]) -> Rules:
    ids = {name: song_id for song_id, name in enumerate(names)}
    table = RuleTable(
        antecedents=np.array([[ids[antecedent]] for antecedent, _, _ in pairs], np.int32).reshape(-1, 1),
        antecedent_support_counts=np.array([counts[ids[antecedent]] for antecedent, _, _ in pairs], np.int32),
        consequents=np.array([ids[consequent] for _, consequent, _ in pairs], np.int32),
        support_counts=np.array([count for _, _, count in pairs], np.int32),
    )
    return Rules.build(len(names), [table])


def songs() -> Songs:
    return Songs.build(NAMES, COUNTS, artists=ARTISTS, artist_counts=ARTIST_COUNTS)


def rules() -> Rules:
    return rules_of(NAMES, COUNTS, PAIRS)


def publish_to(
    store: FolderStore,
    number: int,
    songs: Songs,
    rules: Rules,
    evaluation: Mapping[str, float] | None = None,
    gate: Mapping[str, str] | None = None,
) -> str:
    """Publish the n-th model, a day after the one before; give its id."""
    training = Training(
        model_date=datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(days=number),
        fingerprint=f"{number:064x}",
        dataset={"url": "builtin:sample", "playlists": 12},
        parameters={"min_support": 1},
        engine="eclat",
        trainer_version="0.1.0",
        evaluation=evaluation or {"recall_at_10": 0.5},
        gate=gate or {},
    )
    with writing(store) as writer:
        return writer.publish(songs, rules, training).model_id
