"""A trainer and two APIs with an object store between them, through the commands that users run."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from libs.model.tests import real_s3, s3_server

from .conftest import BIN, environment, serving
from .test_trainer_and_api import wait_for

URL = f"s3://{s3_server.BUCKET}/prod"


@pytest.fixture(params=["stand-in", "versitygw"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a service that has its models in a bucket."""
    if request.param == "versitygw" and not real_s3.is_there():
        pytest.skip(real_s3.MISSING)
    (tmp_path / "s3").mkdir()
    with s3_server.serving() if request.param == "stand-in" else real_s3.running(tmp_path / "s3") as server:
        yield {
            "AWS_ACCESS_KEY_ID": s3_server.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": s3_server.SECRET_KEY,
            "PLAYLIST_MODEL_STORE_URL": URL,
            "PLAYLIST_MODEL_STORE_ENDPOINT": server if isinstance(server, str) else server.url,
            "PLAYLIST_MODEL_STORE_ALLOW_HTTP": "true",
        }


@pytest.fixture
def trainer(store: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """Run the trainer to its end; gives what it printed."""

    def run(*words: str) -> str:
        command = [BIN / "playlist-trainer", *words, "--model-dir", tmp_path / "trainer"]
        done = subprocess.run(
            command, env=environment() | store, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_is_trained_on_one_machine_is_served_on_others(
    store: dict[str, str], trainer: Callable[..., str], tmp_path: Path
) -> None:
    def model_ids() -> set[str]:
        return {requests.get(f"{url}/api/version", timeout=10).json()["model_id"] for url in (one, other)}

    def current() -> str:
        listed = json.loads(trainer("models", "list", "--json"))
        return next(str(each["model_id"]) for each in listed if each["current"])

    trainer("train")
    first = current()
    with serving(tmp_path / "one", store) as one, serving(tmp_path / "other", store) as other:
        asked = requests.post(f"{one}/api/recommend", json={"songs": ["Drunken Sailor"]}, timeout=10)
        assert asked.headers["Playlist-Source"] == "rule"
        assert model_ids() == {first}

        trainer("train", "--min-support", "3", "--gate", "false")
        second = current()
        wait_for(lambda: model_ids() == {second})
        trainer("models", "rollback", first)
        wait_for(lambda: model_ids() == {first})

    assert first != second
    for machine in ("one", "other"):
        assert [path.name for path in (tmp_path / machine).glob("copies/*/*") if path.is_dir()] == [first]
