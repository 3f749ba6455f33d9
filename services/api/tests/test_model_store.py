"""A live model from an object store: fetched, verified, swapped; whatever the store does, the model in use stays."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from libs.model.tests import s3_server

from playlist_api.__main__ import main
from playlist_api.app import create_app
from playlist_api.live_model import LiveModel
from playlist_api.settings import Settings
from playlist_model import ModelStore, StoreOptions, open_store, writing
from playlist_runtime.settings import from_environ

from . import small_model

URL = f"s3://{s3_server.BUCKET}/prod"
SECRETS = (s3_server.ACCESS_KEY, s3_server.SECRET_KEY, s3_server.TOKEN)
Publish = Callable[..., str]


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with s3_server.serving() as bucket:
        yield bucket


@pytest.fixture
def bucket(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith(("AWS_", "PLAYLIST_"))]:
        monkeypatch.delenv(name)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    for name, secret in zip(names, SECRETS, strict=True):
        monkeypatch.setenv(name, secret)
    server.objects.clear()
    server.requests.clear()
    server.fault = lambda _method, _key: None
    return server


@pytest.fixture
def trainer(bucket: Any, tmp_path: Path) -> ModelStore:
    return open_store(URL, tmp_path / "trainer", StoreOptions(bucket.url, allow_http=True))


@pytest.fixture
def publish(trainer: ModelStore) -> Publish:
    def publish(number: int) -> str:
        return small_model.publish_to(trainer, number, small_model.songs(), small_model.rules(), None, None)

    return publish


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(bucket: Any, tmp_path: Path) -> Settings:
    return from_environ(
        Settings,
        {
            "PLAYLIST_MODEL_STORE_URL": URL,
            "PLAYLIST_MODEL_STORE_ENDPOINT": bucket.url,
            "PLAYLIST_MODEL_STORE_ALLOW_HTTP": "true",
            "PLAYLIST_MODEL_DIR": str(tmp_path / "local"),
        },
    )


@pytest.fixture
def new_live(settings: Settings, clock: Clock) -> Callable[[], LiveModel]:
    """Return the live model of a process that starts; one after the other they have one folder for copies."""
    return lambda: LiveModel(settings.store(), retry_interval_s=10.0, clock=clock)


@pytest.fixture
def live(new_live: Callable[[], LiveModel]) -> LiveModel:
    return new_live()


@pytest.fixture
def client(settings: Settings, live: LiveModel) -> Iterator[FlaskClient]:
    with create_app(settings, live).test_client() as client:
        yield client


def model_id(live: LiveModel) -> str | None:
    return live.current.manifest.model_id if live.current else None


def fault(live: LiveModel) -> str:
    assert live.state.fault is not None
    return live.state.fault.message


def copies(settings: Settings) -> list[str]:
    return [path.name for path in settings.model_dir.glob("copies/*/*") if path.is_dir()]


def test_models_are_followed_and_only_the_one_in_use_stays_on_the_disk(
    live: LiveModel, publish: Publish, settings: Settings
) -> None:
    live.refresh()
    was_ready = live.state.is_ready
    for number in (1, 2, 3):
        published = publish(number)
        live.refresh()

        assert model_id(live) == published
        assert copies(settings) == [published]
    assert was_ready  # with nothing published, there is nothing to wait for
    assert (live.state.load_count, live.state.failure_count) == (3, 0)


AWAY = [503, "drop", 403]


@pytest.mark.parametrize("how", AWAY)
def test_a_store_that_can_not_be_asked_keeps_the_model_and_everybody_is_told(
    bucket: Any,
    live: LiveModel,
    publish: Publish,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    how: Any,
) -> None:
    published = publish(1)
    live.refresh()
    bucket.fault = lambda _method, _key: how

    live.refresh()
    live.refresh()

    assert model_id(live) == published
    assert client.get("/readyz").status_code == 200
    status = client.get("/api/status").json
    metrics = client.get("/metrics").text
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert status["last_reload_error"]["message"].startswith(URL)
    assert status["model_id"] == published
    assert "playlist_model_fault 1.0" in metrics
    assert len(errors) == 1
    assert errors[0].endswith(f"keeping {published}")
    told = json.dumps(status) + client.get("/api/version").text + metrics + caplog.text
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize("how", AWAY)
def test_a_store_that_is_back_ends_the_fault_without_loading_the_model_again(
    bucket: Any, live: LiveModel, publish: Publish, client: FlaskClient, how: Any
) -> None:
    publish(1)
    live.refresh()
    bucket.fault = lambda _method, _key: how
    live.refresh()
    bucket.fault = lambda _method, _key: None

    live.refresh()

    assert live.state.fault is None
    assert live.state.load_count == 1
    assert "playlist_model_fault 0.0" in client.get("/metrics").text


def test_what_was_published_while_the_store_was_away_is_loaded_once_it_is_back(
    bucket: Any, live: LiveModel, publish: Publish
) -> None:
    publish(1)
    live.refresh()
    second = publish(2)
    bucket.fault = lambda _method, key: 503 if key.endswith(".npy") else None
    live.refresh()
    waiting = model_id(live)
    bucket.fault = lambda _method, _key: None
    live._clock.now = 10.0  # type: ignore[attr-defined]

    live.refresh()

    assert waiting != second
    assert model_id(live) == second


@pytest.mark.parametrize("what", ["current.json", "manifest.json", "song_names.npy", "rule_consequents.npy"])
@pytest.mark.parametrize("garbage", [b"", b"garbage", b"{}"])
def test_garbage_in_the_store_is_never_put_into_use(
    bucket: Any, live: LiveModel, publish: Publish, what: str, garbage: bytes
) -> None:
    first = publish(1)
    live.refresh()
    second = publish(2)
    key = "prod/current.json" if what == "current.json" else f"prod/models/{second}/{what}"
    bucket.objects[key] = garbage

    live.refresh()

    assert model_id(live) == first
    assert what in fault(live)


def test_a_pod_that_starts_without_a_store_is_not_ready_until_it_has_a_model(
    bucket: Any, live: LiveModel, publish: Publish
) -> None:
    published = publish(1)
    bucket.fault = lambda _method, _key: 503
    live.refresh()
    was_ready = live.state.is_ready
    bucket.fault = lambda _method, _key: None

    live.refresh()

    assert not was_ready
    assert live.state.is_ready
    assert model_id(live) == published


def test_a_container_that_is_restarted_while_the_store_is_away_answers_from_its_copy(
    bucket: Any, new_live: Callable[[], LiveModel], publish: Publish
) -> None:
    published = publish(1)
    new_live().refresh()
    bucket.fault = lambda _method, _key: 503
    restarted = new_live()

    restarted.refresh()

    assert restarted.state.is_ready
    assert model_id(restarted) == published
    assert "answered 503" in fault(restarted)


def test_looks_at_an_unchanged_store_cost_one_request_each_and_notes_one_in_half_a_minute(
    bucket: Any, live: LiveModel, publish: Publish, clock: Clock
) -> None:
    publish(1)
    live.refresh()
    bucket.requests.clear()
    bucket.statuses.clear()

    for clock.now in range(1, 101):
        live.refresh()

    assert bucket.requests.count(("GET", "prod/current.json")) == 100
    assert set(bucket.statuses) <= {304, 404}  # 404: no training has left a note
    assert len(bucket.requests) == 103


def test_kept_models_and_the_last_training_come_from_the_store(
    live: LiveModel, publish: Publish, client: FlaskClient, trainer: ModelStore, clock: Clock, bucket: Any
) -> None:
    ids = [publish(1), publish(2)]
    live.refresh()
    with writing(trainer) as writer:
        writer.note_status(b'{"outcome": "failed", "message": "The server is down."}')
    clock.now = 31.0
    live.refresh()
    bucket.fault = lambda _method, _key: 503  # no request waits for the store

    assert [model["model_id"] for model in client.get("/api/models").json["models"]] == ids[::-1]
    assert client.get("/api/status").json["training"]["outcome"] == "failed"
    assert 'playlist_last_training{outcome="failed"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize(
    "url", [f"s3://{SECRETS[0]}:{SECRETS[1]}@models/prod", f"s3://models/prod?token={SECRETS[2]}", "models"]
)
def test_an_address_that_cant_be_used_ends_the_process_at_once_and_is_not_repeated(
    url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model-store", url], {}) == 64

    said = "".join(capfd.readouterr())
    assert "expected s3://bucket/prefix" in said
    assert not any(secret in said for secret in SECRETS)


def test_plain_http_that_is_not_allowed_ends_the_process_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    environ = {"PLAYLIST_MODEL_STORE_URL": URL, "PLAYLIST_MODEL_STORE_ENDPOINT": "http://127.0.0.1:1"}

    assert main(["serve"], environ) == 64
    assert "modelStore.allowHttp" in "".join(capfd.readouterr())


def test_certificates_that_are_missing_end_the_process_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    environ = {"PLAYLIST_MODEL_STORE_URL": URL, "PLAYLIST_MODEL_STORE_CA_BUNDLE": "/nowhere.pem"}

    assert main(["serve"], environ) == 64
    assert "modelStore.caBundle / PLAYLIST_MODEL_STORE_CA_BUNDLE: /nowhere.pem" in "".join(capfd.readouterr())
