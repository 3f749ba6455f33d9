from collections.abc import Callable
from importlib.metadata import version

from flask import Flask
from flask.testing import FlaskClient

from playlist_api.live_model import LiveModel
from playlist_model import FolderStore

Publish = Callable[..., str]


def test_version_names_code_and_model(client: FlaskClient, live: LiveModel) -> None:
    answer = client.get("/api/version").json

    assert live.current
    assert live.state.loaded_at
    assert answer.pop("last_reload")[:19] == live.state.loaded_at.isoformat()[:19]
    assert answer == {
        "version": "7.8.9",
        "model_id": live.current.manifest.model_id,
        "model_date": "2026-11-21T10:00:00.000Z",
        "fingerprint": f"{1:064x}",
        "dataset": {"url": "builtin:sample", "playlists": 12},
        "parameters": {"min_support": 1},
        "engine": "eclat",
        "trainer_version": "0.1.0",
        "song_count": 8,
        "rule_count": 9,
        "evaluation": {"recall_at_10": 0.5},
        "gate": {},
        "last_reload_error": None,
    }


def test_version_is_answered_without_a_model(make_app: Callable[..., Flask], live: LiveModel) -> None:
    live.refresh()

    answer = make_app(VERSION="7.8.9").test_client().get("/api/version").json

    assert answer.pop("version") == "7.8.9"
    assert set(answer.values()) == {None}


def test_version_tells_why_the_wanted_model_is_not_in_use(
    client: FlaskClient, live: LiveModel, publish: Publish, store: FolderStore
) -> None:
    wanted = publish(2)
    (store.model_path(wanted) / "rule_consequents.npy").unlink()

    live.refresh()

    answer = client.get("/api/version").json
    assert answer["model_id"] != wanted
    assert answer["last_reload_error"]["message"].startswith(f"{wanted}/rule_consequents.npy: ")
    assert answer["last_reload_error"]["time"].endswith("Z")


def test_code_version_is_the_packages_where_none_was_baked_in(make_app: Callable[..., Flask]) -> None:
    assert make_app().test_client().get("/api/version").json["version"] == version("playlist-api")


def test_liveness_never_looks_at_the_model(make_app: Callable[..., Flask], live: LiveModel) -> None:
    client = make_app().test_client()

    assert client.get("/livez").status_code == 200


def test_empty_volume_is_ready(make_app: Callable[..., Flask], live: LiveModel) -> None:
    live.refresh()

    response = make_app().test_client().get("/readyz")

    assert response.status_code == 200
    assert response.json == {"status": "ready", "model_id": None}


def test_published_model_that_is_not_loaded_yet_is_not_ready(
    make_app: Callable[..., Flask], live: LiveModel, publish: Publish
) -> None:
    client = make_app().test_client()
    published = publish()

    before = client.get("/readyz")
    live.refresh()
    after = client.get("/readyz")

    assert before.status_code == 503
    assert before.content_type == "application/problem+json"
    assert before.headers["Retry-After"] == "1"
    assert after.json == {"status": "ready", "model_id": published}


def test_unready_probe_names_the_fault(
    make_app: Callable[..., Flask], live: LiveModel, publish: Publish, store: FolderStore
) -> None:
    (store.model_path(publish()) / "rule_consequents.npy").unlink()

    live.refresh()

    response = make_app().test_client().get("/readyz")
    assert response.status_code == 503
    assert "rule_consequents.npy" in response.json["detail"]


def test_damaged_new_model_leaves_the_old_one_ready(
    client: FlaskClient, live: LiveModel, publish: Publish, store: FolderStore
) -> None:
    (store.model_path(publish(2)) / "rule_consequents.npy").unlink()

    live.refresh()

    assert client.get("/readyz").status_code == 200
