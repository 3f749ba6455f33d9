import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from playlist_api.live_model import LiveModel

Publish = Callable[..., str]

MODELS = 6


def test_no_answer_mixes_two_models(make_app: Callable[..., Flask], live: LiveModel, publish_named: Publish) -> None:
    app = make_app()
    publish_named(1)
    live.refresh()
    stopping = threading.Event()

    def hammer(_: int) -> set[tuple[str, ...]]:
        client = app.test_client()
        seen = set()
        while not stopping.is_set():
            answer = client.post("/api/recommend", json={"songs": [], "explain": True}).json
            entries = [entry["title"] for entry in answer["recommendations"]]
            numbers = {song.split(":")[0] for song in (*answer["songs"], *entries)}
            seen.add((*sorted(numbers), answer["model_date"]))
        return seen

    with ThreadPoolExecutor(8) as pool:
        hammering = [pool.submit(hammer, number) for number in range(8)]
        for number in range(2, MODELS + 1):
            publish_named(number)
            live.refresh()
        stopping.set()
        seen = set().union(*(future.result() for future in hammering))

    # One number, and the date of just that model: the n-th was trained n days after the 20th.
    assert seen <= {(str(number), f"2026-11-{20 + number}T10:00:00.000Z") for number in range(1, MODELS + 1)}
    assert len(seen) > 1


@pytest.mark.parametrize("threads", [8])
def test_many_threads_get_the_same_answer(
    make_app: Callable[..., Flask], live: LiveModel, publish: Publish, threads: int
) -> None:
    publish()
    live.refresh()
    app = make_app()
    body = {"songs": ["Greensleeves", "Scarborough Fair", "HALO", "nothing"], "explain": True}

    def ask(_: int) -> bytes:
        return app.test_client().post("/api/recommend", json=body).data

    with ThreadPoolExecutor(threads) as pool:
        answers = set(pool.map(ask, range(200)))

    assert len(answers) == 1
