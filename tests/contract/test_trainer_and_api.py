"""From a playlist file to an answer, through the commands that users run and HTTP over a socket."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

Train = Callable[..., None]
Serve = Callable[[Path], str]
WAIT_SECONDS = 30


def test_client_of_the_assignment_works_unchanged(tmp_path: Path, train: Train, serve: Serve) -> None:
    train(tmp_path)
    url = serve(tmp_path)

    for path in ("/api/recommend", "/api/recommender"):
        answer = requests.post(url + path, json={"songs": ["Drunken Sailor"]}, timeout=10).json()

        assert set(answer) == {"songs", "version", "model_date"}
        assert isinstance(answer["songs"], list)
        assert all(isinstance(song, str) for song in answer["songs"])
        assert "Drunken Sailor" not in answer["songs"]
        assert isinstance(answer["version"], str)
        assert isinstance(answer["model_date"], str)


def test_api_started_on_an_empty_folder_answers_once_the_first_model_is_there(
    tmp_path: Path, train: Train, serve: Serve
) -> None:
    url = serve(tmp_path / "models")
    refused = requests.post(f"{url}/api/recommend", json={"songs": []}, timeout=10)
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert requests.get(f"{url}/readyz", timeout=10).ok, "an empty volume must not keep the pod out of service"

    train(tmp_path / "models")

    wait_for(lambda: requests.post(f"{url}/api/recommend", json={"songs": []}, timeout=10).ok)


def test_new_model_is_served_without_a_restart_and_without_one_failed_request(
    tmp_path: Path, train: Train, serve: Serve
) -> None:
    train(tmp_path)
    url = serve(tmp_path)
    statuses: list[int] = []
    dates: list[str] = []
    done = threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while not done.is_set():
                response = session.post(f"{url}/api/recommend", json={"songs": ["Silent Night"]}, timeout=10)
                statuses.append(response.status_code)
                if not dates or dates[-1] != response.json()["model_date"]:
                    dates.append(response.json()["model_date"])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        train(tmp_path, "--min-support", "2")
        train(tmp_path, "--min-support", "3")
        wait_for(lambda: len(dates) == 3)
    finally:
        done.set()
        asking.join()

    assert set(statuses) == {200}
    assert dates == sorted(dates)


def test_damaged_pointer_keeps_the_last_model_and_is_visible(tmp_path: Path, train: Train, serve: Serve) -> None:
    train(tmp_path)
    url = serve(tmp_path)
    before = requests.get(f"{url}/api/version", timeout=10).json()
    assert before["last_reload_error"] is None

    (tmp_path / "current.json").write_bytes(b"not a pointer")

    def version() -> dict[str, object]:
        return requests.get(f"{url}/api/version", timeout=10).json()  # type: ignore[no-any-return]

    wait_for(lambda: version()["last_reload_error"] is not None)
    assert version()["model_id"] == before["model_id"]
    assert requests.post(f"{url}/api/recommend", json={"songs": []}, timeout=10).ok

    train(tmp_path)
    wait_for(lambda: version()["last_reload_error"] is None)


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once a condition holds; fails when it never does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come to hold"
        time.sleep(0.05)
