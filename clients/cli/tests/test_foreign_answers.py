"""Answers that are not the API's, told with what they are and what to do."""

import re

import pytest

from .conftest import Client
from .fake_api import FakeApi, Mood


def _only(mood: Mood) -> FakeApi:
    return FakeApi(mood=lambda _path, _count: mood)


def test_page_of_some_other_server_is_not_taken_for_the_api(client: Client) -> None:
    for status, named in ((200, "200 OK"), (404, "404 Not Found"), (410, "410 Gone")):
        with _only(Mood(status=status, page="<html>hello</html>")) as api:
            done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"{api.url} is not a recommendation API: it answered {named}, not JSON" in done.err


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401 Unauthorized; it requires a login; give it as http://USER:PASSWORD@HOST"),
        (429, "429 Too Many Requests; it gets too many requests; retry later"),
        (500, "500 Internal Server Error; retry, or see its log"),
        (502, "502 Bad Gateway; retry"),
    ],
)
def test_status_of_a_proxy_is_told_with_what_to_do(client: Client, status: int, words: str) -> None:
    with _only(Mood(status=status, page="<html>")) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert (done.code, done.err) == (3, f"playlist-client: {api.url} answered {words}\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "500 Internal Server Error; retry, or see its log"),
        ({"detail": "boom"}, "500 Internal Server Error: boom"),
        ({"error": ["a"]}, '500 Internal Server Error: ["a"]'),
        ([1, 2], "500 Internal Server Error; retry, or see its log"),
    ],
    ids=str,
)
def test_refusal_in_words_of_another_server_is_told_with_address_and_status(
    client: Client, content: object, words: str
) -> None:
    with _only(Mood(status=500, json=content)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert (done.code, done.err) == (1, f"playlist-client: {api.url} answered {words}\n")


def test_gateway_that_speaks_json_is_no_api_either(client: Client) -> None:
    with _only(Mood(status=502, json={"message": "no upstream"})) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert (done.code, done.err) == (3, f"playlist-client: {api.url} answered 502 Bad Gateway: no upstream\n")


@pytest.mark.parametrize(("page", "found"), [("null", "null"), ("[1,2]", "the list [1, 2]"), ('"a"', 'the text "a"')])
def test_json_that_is_no_object_is_called_what_it_is(client: Client, page: str, found: str) -> None:
    with _only(Mood(page=page)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"it answered 200 OK with {found}, expected an object" in done.err


@pytest.mark.parametrize("rest", ["/api", "/api/recommend", "/api/"])
def test_address_that_goes_too_far_down_is_told_what_to_leave_out(client: Client, rest: str) -> None:
    with _only(Mood(status=404, page="nothing here")) as api:
        done = client("version", "--url", api.url + rest)

        assert done.code == 3
        assert done.err == (
            f"playlist-client: {api.url}{rest.rstrip('/')} is not the API's address; "
            f"leave out {rest.rstrip('/')}: --url {api.url}\n"
        )


def test_song_that_an_api_below_such_an_address_does_not_know_is_its_own_answer(client: Client) -> None:
    with _only(Mood(status=404)) as api:
        done = client("version", "--url", f"{api.url}/api")

        assert (done.code, done.err[:39]) == (1, "playlist-client: The model has no song ")


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"answer": 42},
        {"songs": "Bolero", "version": "1", "model_date": "now"},
        {"songs": [1], "version": "1", "model_date": "now"},
        {"songs": [], "version": 1, "model_date": "now"},
        {"songs": [], "version": "1", "model_date": None},
        {"songs": [], "version": "1", "model_date": "now", "recommendations": [{"song": "x"}]},
    ],
    ids=str,
)
def test_json_of_another_shape_is_not_taken_for_an_answer(client: Client, content: object) -> None:
    with _only(Mood(json=content)) as api:
        done = client("recommend", "Bolero", url=api.url)

    assert done.code == 3
    assert re.search(r"not (an answer of the|a) recommendation API: .+\n", done.err)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://music.example/api/recommend?a=b", "redirects to https://music.example; give that address as --url"),
        ("https://a:b@music.example/x/api/recommend", "redirects to https://music.example/x; give that address"),
        ("/ok/api/recommend", "redirects to {url}/ok; give that address as --url"),
        ("/login?next=/api/recommend", "redirects /api/recommend to {url}/login; if the API is there, give its"),
        ("/api/recommend/", "redirects /api/recommend to {url}/api/recommend/, and no redirect is followed"),
        ("http://[", "answered 308 Permanent Redirect without saying where to"),
        ("", "answered 308 Permanent Redirect without saying where to"),
    ],
)
def test_redirect_is_not_followed_and_names_the_address_to_give(client: Client, location: str, words: str) -> None:
    with _only(Mood(location=location)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"{api.url} {words.format(url=api.url)}" in done.err
        assert len(api.asked) == 1
