"""Models of eight songs whose answers a reader can check, apps that answer from them, and real servers."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from playlist_api.app import create_app
from playlist_api.live_model import LiveModel
from playlist_api.settings import Settings
from playlist_model import FolderStore, Rules, Songs
from playlist_runtime.settings import from_environ

from . import small_model
from .running_server import environ, server, start  # noqa: F401 - fixtures for every test

Publish = Callable[..., str]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forcing files to the disk is most of a small model's time, and only a power cut can tell."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "volume")


@pytest.fixture
def songs() -> Songs:
    return small_model.songs()


@pytest.fixture
def rules() -> Rules:
    return small_model.rules()


@pytest.fixture
def publish(store: FolderStore, songs: Songs, rules: Rules) -> Publish:
    """Publish the n-th model, a day after the one before; give its id."""

    def publish(
        number: int = 1,
        songs: Songs = songs,
        rules: Rules = rules,
        evaluation: Mapping[str, float] | None = None,
        gate: Mapping[str, str] | None = None,
    ) -> str:
        return small_model.publish_to(store, number, songs, rules, evaluation, gate)

    return publish


@pytest.fixture
def publish_named(publish: Publish) -> Publish:
    """Publish the n-th model, each of whose songs carries its number: "1: a" leads to "1: b" and "1: c"."""

    def publish_named(number: int) -> str:
        names = [f"{number}: {letter}" for letter in "abc"]
        pairs = [(names[0], names[1], 2), (names[0], names[2], 1)]
        return publish(number, Songs.build(names, [3, 2, 1]), small_model.rules_of(names, [3, 2, 1], pairs))

    return publish_named


@pytest.fixture
def live(store: FolderStore) -> LiveModel:
    """A live model that looks at the folder only when a test says so."""
    return LiveModel(store)


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
