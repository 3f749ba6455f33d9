from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

PLAYLISTS: list[dict[str, Any]] = [
    {"songs": ["Greensleeves"], "limit": 2},
    {"songs": []},
    {"songs": ["unknown", {"title": "halo", "artist": "Haydn"}], "limit": 1},
]


def test_each_playlist_is_answered_as_if_it_came_alone(client: FlaskClient) -> None:
    alone = [client.post("/api/recommend", json=playlist) for playlist in PLAYLISTS]

    answer = client.post("/api/recommend/batch", json={"playlists": PLAYLISTS}).json

    assert answer.pop("answers") == [
        {"songs": response.json["songs"], "source": response.headers["Playlist-Source"]} for response in alone
    ]
    assert answer == {"version": "7.8.9", "model_date": "2026-11-21T10:00:00.000Z"}


def test_empty_batch_is_answered_with_nothing(client: FlaskClient) -> None:
    assert client.post("/api/recommend/batch/", json={"playlists": []}).json["answers"] == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ([], "not an object of playlists alone"),
        ({}, "not an object of playlists alone"),
        ({"playlists": [], "limit": 1}, "not an object of playlists alone"),
        ({"playlists": [{"songs": []}, 7]}, "playlists[1]: it is the number 7"),
        ({"playlists": [{"songs": [7]}]}, "playlists[0]: songs[0] is the number 7"),
        ({"playlists": [{"songs": [], "explain": True}]}, 'playlists[0]: "explain" is not a known key'),
        ({"playlists": [{"songs": [], "limit": 101}]}, "playlists[0]: limit is the number 101"),
    ],
)
def test_batch_of_the_wrong_shape_gives_422(client: FlaskClient, body: Any, part: str) -> None:
    response = client.post("/api/recommend/batch", json=body)

    assert response.status_code == 422
    assert part in response.json["detail"]


def test_batch_is_bounded(make_app: Callable[..., Flask]) -> None:
    client = make_app(MAX_BATCH="2").test_client()

    response = client.post("/api/recommend/batch", json={"playlists": [{"songs": []}] * 3})

    assert response.status_code == 422
    assert "playlists has 3 entries, expected at most 2" in response.json["detail"]


def test_without_a_model_a_batch_gets_503(make_app: Callable[..., Flask]) -> None:
    assert make_app().test_client().post("/api/recommend/batch", json={"playlists": []}).status_code == 503
