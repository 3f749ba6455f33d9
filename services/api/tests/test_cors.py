from collections.abc import Callable

import pytest
from flask import Flask

MUSIC = "https://music.example"


def test_no_origin_is_allowed_unless_set(make_app: Callable[..., Flask]) -> None:
    response = make_app().test_client().get("/livez", headers={"Origin": MUSIC})

    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
    assert "Vary" not in response.headers


def test_allowed_origin_may_read_the_answer(make_app: Callable[..., Flask]) -> None:
    client = make_app(CORS_ORIGINS=f"https://other.example, {MUSIC}").test_client()

    headers = client.get("/livez", headers={"Origin": MUSIC}).headers

    assert headers["Access-Control-Allow-Origin"] == MUSIC
    assert headers["Access-Control-Expose-Headers"] == "Playlist-Source, X-Request-ID"
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://music.example.evil.example", "null", "*"])
def test_other_origin_may_not(make_app: Callable[..., Flask], origin: str) -> None:
    headers = make_app(CORS_ORIGINS=MUSIC).test_client().get("/livez", headers={"Origin": origin}).headers

    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Vary"] == "Origin"


def test_star_allows_every_origin(make_app: Callable[..., Flask]) -> None:
    headers = make_app(CORS_ORIGINS="*").test_client().get("/livez", headers={"Origin": MUSIC}).headers

    assert headers["Access-Control-Allow-Origin"] == MUSIC


def test_errors_may_be_read_too(make_app: Callable[..., Flask]) -> None:
    response = make_app(CORS_ORIGINS=MUSIC).test_client().get("/nowhere", headers={"Origin": MUSIC})

    assert response.status_code == 404
    assert response.headers["Access-Control-Allow-Origin"] == MUSIC


def test_preflight_is_told_methods_and_headers(make_app: Callable[..., Flask]) -> None:
    response = (
        make_app(CORS_ORIGINS=MUSIC)
        .test_client()
        .options("/api/recommend", headers={"Origin": MUSIC, "Access-Control-Request-Method": "POST"})
    )

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    assert response.headers["Access-Control-Allow-Headers"] == "Content-Type, X-Request-ID"
    assert response.headers["Access-Control-Max-Age"] == "600"
