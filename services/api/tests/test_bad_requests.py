import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from playlist_api.live_model import LiveModel
from playlist_model import FolderStore


def send(client: FlaskClient, body: bytes | str | object) -> TestResponse:
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post("/api/recommend", data=content)


def assert_problem(response: TestResponse, status: int, *parts: str) -> None:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert problem is not None
    assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
    assert problem["status"] == status
    for part in parts:
        assert part in problem["detail"]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"songs": ["a"]', "not JSON"),
        (b'{"songs": ["a"]} x', "not JSON"),
        (b"{'songs': []}", "not JSON"),
        (b'{"songs": [], "limit": NaN}', "NaN"),
        (b'{"songs": [Infinity]}', "Infinity"),
        (b'{"songs": [-Infinity]}', "Infinity"),
        (b'{"songs": ["\xff"]}', "not UTF-8: byte 0xff at 12"),
        ('{"songs": ["a"]}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"songs": ' * 100_000, "nested too deeply"),
        (b'{"songs": [], "limit": ' + b"9" * 5000 + b"}", "a number with thousands of digits"),
    ],
)
def test_body_that_is_not_json_gives_400(client: FlaskClient, body: bytes, part: str) -> None:
    assert_problem(send(client, body), 400, part, 'Send JSON such as {"songs"')


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ([], "The body is a list, expected an object"),
        ("null", "The body is null"),
        ('"songs"', "The body is a text"),
        ("7", "The body is the number 7"),
        ({}, "songs is missing, expected a list of texts"),
        ({"songs": None}, "songs is null"),
        ({"songs": "Greensleeves"}, "songs is a text"),
        ({"songs": {"a": 1}}, "songs is an object"),
        ({"songs": ["a", 7]}, "songs[1] is the number 7"),
        ({"songs": [None]}, "songs[0] is null"),
        ({"songs": [["a"]]}, "songs[0] is a list"),
        ({"songs": [True]}, "songs[0] is true or false"),
        ({"songs": [], "limit": 0}, "limit is the number 0, expected a whole number from 1 to 100"),
        ({"songs": [], "limit": 101}, "limit is the number 101"),
        ({"songs": [], "limit": -1}, "limit is the number -1"),
        ({"songs": [], "limit": True}, "limit is true or false"),
        ({"songs": [], "limit": 1.5}, "limit is the number 1.5"),
        ({"songs": [], "limit": "3"}, "limit is a text"),
        ({"songs": [], "limit": None}, "limit is null"),
        ('{"songs": [], "limit": 1e400}', "limit is the number inf"),
        ({"songs": [], "explain": 1}, "explain is the number 1, expected true or false"),
        ({"songs": [], "explain": "yes"}, "explain is a text"),
        ({"songs": [], "sogns": 1}, '"sogns" is not a known key: the known ones are songs, limit, explain'),
        ({"songs": [], "k" * 900: 1}, f'"{"k" * 40}" is not a known key'),
        ('{"songs": [], "\\ud800": 1}', '"\\ud800" is not a known key'),
        ('{"songs": ["\\ud800"]}', "songs[0] holds half a surrogate pair"),
        ('{"songs": ["ok", "a\\udfffb"]}', "songs[1] holds half a surrogate pair"),
    ],
)
def test_body_of_the_wrong_shape_gives_422(client: FlaskClient, body: Any, part: str) -> None:
    assert_problem(send(client, body), 422, part)


def test_surrogates_that_are_a_pair_are_a_character(client: FlaskClient) -> None:
    assert send(client, '{"songs": ["\\ud83d\\ude00"]}').status_code == 200


def test_limit_may_be_written_with_a_point(client: FlaskClient) -> None:
    assert len(send(client, '{"songs": [], "limit": 3.0}').json["songs"]) == 3


def test_key_that_stands_twice_counts_as_it_stands_last(client: FlaskClient) -> None:
    assert send(client, '{"songs": 7, "songs": ["Greensleeves"], "limit": 1}').json == {
        "songs": ["Scarborough Fair"],
        "version": "7.8.9",
        "model_date": "2026-11-21T10:00:00.000Z",
    }


def test_a_thousand_songs_are_taken_and_one_more_is_not(client: FlaskClient) -> None:
    assert send(client, {"songs": ["a"] * 1000}).status_code == 200
    assert_problem(send(client, {"songs": ["a"] * 1001}), 422, "1001 entries, expected at most 1000")


def test_song_of_500_characters_is_taken_and_a_longer_one_is_not(client: FlaskClient) -> None:
    assert send(client, {"songs": ["ä" * 500]}).status_code == 200
    assert_problem(send(client, {"songs": ["ä" * 501]}), 422, "songs[0] has 501 characters, expected at most 500")


def test_limits_come_from_the_settings(client: FlaskClient, make_app: Callable[..., Flask]) -> None:
    small = make_app(MAX_SONGS="2", MAX_SONG_LENGTH="5", MAX_BODY_BYTES="100").test_client()

    assert send(small, {"songs": ["12345", "b"]}).status_code == 200
    assert_problem(send(small, {"songs": ["a", "b", "c"]}), 422, "at most 2")
    # The longest title of the model, "Scarborough Fair", is always taken.
    assert_problem(send(small, {"songs": ["1234567890abcdefg"]}), 422, "at most 16")
    assert_problem(send(small, {"songs": ["a" * 100]}), 413, "larger than the 100 bytes allowed")
    assert_problem(small.get("/api/songs?q=1234567890abcdefg"), 422, "q has 17 characters, expected at most 16")


def test_body_over_a_mebibyte_gives_413(client: FlaskClient) -> None:
    assert_problem(send(client, b" " * (2**20 + 1)), 413, "1048576 bytes")


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("songs?limit=0", 'limit is "0", expected a whole number from 1 to 100'),
        ("songs?limit=101", "limit is"),
        ("songs?limit=", 'limit is ""'),
        ("songs?limit=ten", 'limit is "ten"'),
        ("songs?limit=1.0", "limit is"),
        ("songs?limit=1_0", "limit is"),
        ("songs?limit=%201", "limit is"),
        ("songs?limit=%D9%A1", "limit is"),
        (f"songs?limit={'9' * 6000}", "limit is"),
        (f"songs?q={'a' * 501}", "q has 501 characters"),
        ("songs/random?n=0", "n is"),
        ("songs/random?n=101", "n is"),
        ("songs/random?seed=-1", "seed is"),
        ("songs/random?seed=x", "seed is"),
        ("songs/random?seed=9223372036854775808", "seed is"),
        ("songs/related", "song is missing, expected a title"),
        ("songs/related?song=Halo&limit=x", "limit is"),
        (f"songs/related?song={'a' * 501}", "song has 501 characters"),
    ],
)
def test_query_of_the_wrong_shape_gives_422(client: FlaskClient, query: str, part: str) -> None:
    assert_problem(client.get(f"/api/{query}"), 422, part)


def test_unknown_path_gives_404(client: FlaskClient) -> None:
    assert_problem(
        client.get("/api/recomend"), 404, "nothing at /api/recomend: GET /openapi.json describes what there is"
    )


@pytest.mark.parametrize("path", ["/api/recommend//", "//api/recommend", "/API/recommend", "/%00", "/\u00e9"])
def test_path_that_is_nearly_right_gives_404(client: FlaskClient, path: str) -> None:
    assert_problem(client.post(path, json={"songs": []}), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "FROB"])
def test_method_that_is_not_offered_gives_405_with_the_ones_that_are(client: FlaskClient, method: str) -> None:
    response = client.open("/api/recommend", method=method)

    assert_problem(response, 405, f"{method} is not offered at /api/recommend: use OPTIONS, POST")
    assert response.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    "path", ["/api/recommend", "/api/recommender", "/api/songs", "/api/songs/random", "/api/songs/related?song=Halo"]
)
def test_without_a_model_503_says_to_come_back(make_app: Callable[..., Flask], live: LiveModel, path: str) -> None:
    live.refresh()
    client = make_app().test_client()

    response = client.post(path, json={"songs": []}) if "recommend" in path else client.get(path)

    assert_problem(response, 503, "No model is loaded yet")
    assert response.headers["Retry-After"] == "1"


def test_error_of_the_servers_own_gives_500_without_its_cause(
    client: FlaskClient, make_app: Callable[..., Flask], live: LiveModel, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()

    def fail() -> None:
        raise RuntimeError("a secret")

    app.add_url_rule("/fail", "fail", fail)  # type: ignore[type-var]

    response = app.test_client().get("/fail", headers={"X-Request-ID": "seven"})

    assert_problem(response, 500, "request id seven")
    assert b"secret" not in response.data
    (record,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert record.request_id == "seven"  # type: ignore[attr-defined]
    assert "a secret" in str(record.exc_info)


def test_without_a_model_503_says_what_is_wrong_with_the_one_that_is_published(
    make_app: Callable[..., Flask], live: LiveModel, publish: Callable[..., str], store: FolderStore
) -> None:
    publish()
    next(store.root.glob("models/*/rule*.npy")).write_bytes(b"damaged")
    live.refresh()

    response = make_app().test_client().post("/api/recommend", json={"songs": []})

    assert_problem(response, 503, "No model is loaded yet: ", ".npy", "; it will be retried automatically.")


def test_host_that_is_none_is_named(client: FlaskClient) -> None:
    assert_problem(client.get("/api/version", headers={"Host": "a..b"}), 400, "The Host header is not a host name")
