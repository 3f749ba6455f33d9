"""Models of eight songs whose answers a reader can check, apps that answer from them, and real servers."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from playlist_api.app import create_app
from playlist_api.live_model import LiveModel
from playlist_api.settings import Settings
from playlist_model import ModelStore, Rules, RuleTable, Songs, Training, writing
from playlist_runtime.settings import from_environ

from .running_server import environ, server, start  # noqa: F401 - fixtures for every test

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

Publish = Callable[..., str]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forcing files to the disk is most of a small model's time, and only a power cut can tell."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "volume")


@pytest.fixture
def songs() -> Songs:
    return Songs.build(NAMES, COUNTS, artists=ARTISTS, artist_counts=ARTIST_COUNTS)


def _rules_of(names: Sequence[str], counts: Sequence[int], pairs: Sequence[tuple[str, str, int]]) -> Rules:
    ids = {name: song_id for song_id, name in enumerate(names)}
    table = RuleTable(
        antecedents=np.array([[ids[antecedent]] for antecedent, _, _ in pairs], np.int32).reshape(-1, 1),
        antecedent_support_counts=np.array([counts[ids[antecedent]] for antecedent, _, _ in pairs], np.int32),
        consequents=np.array([ids[consequent] for _, consequent, _ in pairs], np.int32),
        support_counts=np.array([count for _, _, count in pairs], np.int32),
    )
    return Rules.build(len(names), [table])


@pytest.fixture
def rules() -> Rules:
    return _rules_of(NAMES, COUNTS, PAIRS)


@pytest.fixture
def publish(store: ModelStore, songs: Songs, rules: Rules) -> Publish:
    """Publish the n-th model, a day after the one before; give its id."""

    def publish(
        number: int = 1,
        songs: Songs = songs,
        rules: Rules = rules,
        evaluation: Mapping[str, float] | None = None,
        gate: Mapping[str, str] | None = None,
    ) -> str:
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

    return publish


@pytest.fixture
def publish_named(publish: Publish) -> Publish:
    """Publish the n-th model, each of whose songs carries its number: "1: a" leads to "1: b" and "1: c"."""

    def publish_named(number: int) -> str:
        names = [f"{number}: {letter}" for letter in "abc"]
        pairs = [(names[0], names[1], 2), (names[0], names[2], 1)]
        return publish(number, Songs.build(names, [3, 2, 1]), _rules_of(names, [3, 2, 1], pairs))

    return publish_named


@pytest.fixture
def live(store: ModelStore) -> LiveModel:
    """A live model that looks at the folder only when a test says so."""
    return LiveModel(store.root)


@pytest.fixture
def make_app(live: LiveModel) -> Callable[..., Flask]:
    """Make an app from settings given without their prefix."""

    def make_app(**given: str) -> Flask:
        settings = from_environ(Settings, {f"PLAYLIST_{name}": text for name, text in given.items()})
        return create_app(settings, live)

    return make_app


@pytest.fixture
def client(publish: Publish, live: LiveModel, make_app: Callable[..., Flask]) -> Iterator[FlaskClient]:
    """Asks an app that answers from the model above."""
    publish()
    live.refresh()
    with make_app(VERSION="7.8.9").test_client() as client:
        yield client
