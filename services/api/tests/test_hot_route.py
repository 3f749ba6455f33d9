"""The event loop's answers are those of Flask's route, byte for byte."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from playlist_api.live_model import LiveModel
from playlist_api.paths import RECOMMEND
from playlist_api.server.asgi import Application
from playlist_api.server.hot_route import HotRoute

Publish = Callable[..., str]
Answer = tuple[int, dict[str, str], bytes]

ORDINARY: Sequence[dict[str, Any]] = [
    {"songs": ["Greensleeves"]},
    {"songs": ["Greensleeves", "Scarborough Fair"], "limit": 1},
    {"songs": []},
    {"songs": ["HALO", "unknown", " für elise "], "limit": 3},
    {"songs": ["Greensleeves"], "explain": False},
    {"songs": [{"title": "halo", "artist": "Haydn"}, "Greensleeves"]},
]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def ask(application: Application, body: bytes, path: str = RECOMMEND, **headers: str) -> Answer:
    """Call an ASGI app as uvicorn does, with a body in one piece."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = {"content-length": str(len(body)), "x-request-id": "seven"} | headers
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "server": ("127.0.0.1", 8080),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }
    asyncio.run(application(scope, receive, send))
    start, content = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content["body"]


@pytest.fixture
def both(publish: Publish, live: LiveModel, make_app: Callable[..., Flask]) -> tuple[Application, Application]:
    """The app, and one whose event loop leaves everything to Flask."""
    publish()
    live.refresh()
    hot, cold = (Application(make_app(CORS_ORIGINS="https://music.example")) for _ in range(2))
    cold._hot.answer = lambda *_: None  # type: ignore[method-assign]
    return hot, cold


@pytest.mark.parametrize("asked", ORDINARY)
@pytest.mark.parametrize("headers", [{}, {"origin": "https://music.example"}, {"origin": "https://evil.example"}])
def test_answers_and_headers_are_flasks(
    both: tuple[Application, Application], asked: dict[str, Any], headers: dict[str, str]
) -> None:
    hot, cold = both

    answer = ask(hot, json.dumps(asked).encode(), **headers)

    assert answer == ask(cold, json.dumps(asked).encode(), **headers)
    assert answer[0] == 200


@pytest.mark.parametrize("path", ["/api/recommend", "/api/recommend/", "/api/recommender", "/api/recommender/"])
def test_ordinary_requests_do_not_reach_flask(both: tuple[Application, Application], path: str) -> None:
    hot, cold = both
    for application in both:
        application._app = None  # type: ignore[assignment]

    assert ask(hot, b'{"songs": ["Greensleeves"]}', path)[0] == 200
    with pytest.raises(TypeError):  # or this test could not fail
        ask(cold, b'{"songs": ["Greensleeves"]}', path)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"songs": 7}', {}),
        (b"\xff", {}),
        (b'{"songs": ["Greensleeves"], "explain": true}', {}),
        (json.dumps({"songs": [f"song {number}" for number in range(33)]}).encode(), {}),
        (json.dumps({"songs": ["x" * 400 + str(number) for number in range(30)]}).encode(), {}),
        # Characters that are eighteen once they are folded, as they are and as JSON may write them.
        (json.dumps({"songs": ["\ufdfa" * 400, "\ufdfa" * 399]}, ensure_ascii=False).encode(), {}),
        (json.dumps({"songs": ["\ufdfa" * 400]}).encode(), {}),
        (b'{"songs": []}', {"content_encoding": "identity"}),
    ],
)
def test_anything_else_is_left_to_flask(
    both: tuple[Application, Application], body: bytes, headers: dict[str, str]
) -> None:
    hot, cold = both
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    assert hot._hot.answer(RECOMMEND, given, body) is None
    assert ask(hot, body, **headers) == ask(cold, body, **headers)


@pytest.mark.parametrize(
    ("bound", "most", "body"),
    [
        # Greensleeves has three rules, and no other song of the model has more.
        ("_RULES", 6, b'{"songs": ["Greensleeves", "Halo"]}'),
        # Two songs read like this.
        ("_SAME_KEY", 4, b'{"songs": ["HALO", {"title": "HALO", "artist": "Nobody"}]}'),
    ],
)
def test_request_that_would_take_long_to_rank_is_left_to_flask(
    both: tuple[Application, Application], monkeypatch: pytest.MonkeyPatch, bound: str, most: int, body: bytes
) -> None:
    monkeypatch.setattr(f"playlist_api.server.hot_route.{bound}", most)
    within = both[0]._hot.answer(RECOMMEND, [], body)
    monkeypatch.setattr(f"playlist_api.server.hot_route.{bound}", most - 1)
    beyond = both[0]._hot.answer(RECOMMEND, [], body)

    assert within is not None
    assert beyond is None


def test_without_a_model_flask_says_so(make_app: Callable[..., Flask]) -> None:
    status, headers, _ = ask(Application(make_app()), b'{"songs": []}')

    assert (status, headers["retry-after"]) == (503, "1")


def test_too_many_long_requests_are_told_to_come_again(both: tuple[Application, Application]) -> None:
    both[0]._threads._most_waiting = 0

    status, headers, _ = ask(both[0], b'{"playlists": []}', "/api/recommend/batch")

    assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")


def test_answers_are_counted_and_logged_as_flasks_are(
    both: tuple[Application, Application], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ignored = {"duration_ms", "created", "msecs", "relativeCreated", "lineno", "thread", "threadName", "funcName"}
    lines = []
    for application in both:
        caplog.clear()
        ask(application, b'{"songs": ["Greensleeves", "unknown"], "limit": 1}', traceparent=TRACE)
        (record,) = (record for record in caplog.records if record.name == "playlist_api.access")
        lines.append({name: value for name, value in vars(record).items() if name not in ignored})
        text = application.observer.metrics.exposition("")[0].decode()
        assert 'playlist_requests_total{method="POST",route="/api/recommend",status="200"} 1.0' in text
        assert 'playlist_answers_total{source="rule"} 1.0' in text
        assert 'playlist_songs_asked_total{match="unknown"} 1.0' in text

    assert lines[0] == lines[1]
    assert lines[0]["traceparent"] == TRACE


def test_paths_below_a_base_path_are_the_hot_ones(make_app: Callable[..., Flask]) -> None:
    context = make_app(BASE_PATH="/music").extensions["playlist_api"]

    assert "/music/api/recommend" in HotRoute(context).paths
    assert "/api/recommend" not in HotRoute(context).paths


@pytest.mark.parametrize("base", ["", "/music"])
@pytest.mark.parametrize("path", ["//api/recommend/batch", "///api/songs/match", "//api/recommend"])
def test_doubled_slash_in_front_is_a_mistyped_path(
    publish: Publish, live: LiveModel, make_app: Callable[..., Flask], base: str, path: str
) -> None:
    publish()
    live.refresh()
    application = Application(make_app(BASE_PATH=base))

    # Or a long request would pass for a short one.
    assert ask(application, b'{"playlists": []}', f"{base}{path}")[0] == 404
    assert ask(application, b'{"playlists": []}', f"{base}/{path.lstrip('/')}")[0] != 404


@pytest.mark.parametrize("name", ["x-request-id", "traceparent"])
def test_header_that_comes_twice_is_as_good_as_none(
    both: tuple[Application, Application], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "playlist_api.access")
    headers = [(name.encode(), TRACE.encode())] * 2

    answered = both[0]._hot.answer(RECOMMEND, headers, b'{"songs": []}')

    assert answered is not None
    line = caplog.records[-1]
    assert TRACE not in (line.request_id, getattr(line, "traceparent", None))  # type: ignore[attr-defined]
