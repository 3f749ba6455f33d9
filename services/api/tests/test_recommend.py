import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def ask(client: FlaskClient, *songs: str, **more: Any) -> TestResponse:
    return client.post("/api/recommend", json={"songs": list(songs), **more})


def test_answer_has_exactly_the_three_keys(client: FlaskClient) -> None:
    answer = ask(client, "Greensleeves").json

    assert answer == {
        # Scarborough Fair 3/16, Ode to Joy and Danny Boy 2/16 each; then the popular ones.
        "songs": ["Scarborough Fair", "Ode to Joy", "Danny Boy", "Für Elise", "Halo", "halo", "Water Music"],
        "version": "7.8.9",
        "model_date": "2026-11-21T10:00:00.000Z",
    }


def test_alias_answers_the_same(client: FlaskClient) -> None:
    body = {"songs": ["Greensleeves"]}

    assert client.post("/api/recommender", json=body).data == client.post("/api/recommend", json=body).data


def test_values_of_several_songs_add_up(client: FlaskClient) -> None:
    answer = ask(client, "Greensleeves", "Scarborough Fair", limit=2).json

    # Danny Boy 2/16 + 1/14, Ode to Joy 2/16.
    assert answer["songs"] == ["Danny Boy", "Ode to Joy"]


@pytest.mark.parametrize(
    ("asked", "limit", "source"),
    [
        (["Greensleeves"], 3, "rule"),
        (["Greensleeves"], 4, "mixed"),
        (["Water Music"], 3, "popular"),
        ([], 3, "popular"),
        (["never heard of"], 3, "popular"),
    ],
)
def test_source_is_told_in_a_header(client: FlaskClient, asked: list[str], limit: int, source: str) -> None:
    response = ask(client, *asked, limit=limit)

    assert response.headers["Playlist-Source"] == source
    assert len(response.json["songs"]) == limit


def test_no_songs_and_unknown_songs_give_popular_ones(client: FlaskClient) -> None:
    popular = ["Ode to Joy", "Greensleeves", "Für Elise"]

    assert ask(client, limit=3).json["songs"] == popular
    assert ask(client, "never heard of", limit=3).json["songs"] == popular


def test_ten_songs_are_given_unless_limited(client: FlaskClient) -> None:
    assert len(ask(client).json["songs"]) == 8  # the catalogue has no more
    assert len(ask(client, limit=1).json["songs"]) == 1


def test_song_named_twice_counts_once(client: FlaskClient) -> None:
    once = ask(client, "Greensleeves", explain=True).json
    twice = ask(client, "Greensleeves", " greensleeves ", "GREENSLEEVES", explain=True).json

    assert twice["recommendations"] == once["recommendations"]


def test_asked_song_never_comes_back_in_another_spelling(client: FlaskClient) -> None:
    answer = ask(client, "Halo").json

    assert not {"Halo", "halo"} & set(answer["songs"])
    # "Halo" is a name as it stands, so only its own rule applies: not that of "halo" to Danny Boy.
    assert answer["songs"][0] == "Water Music"


def test_text_that_is_no_exact_name_stands_for_all_of_its_spellings(client: FlaskClient) -> None:
    answer = ask(client, "HALO", limit=2).json

    assert set(answer["songs"]) == {"Water Music", "Danny Boy"}


@pytest.mark.parametrize("spelling", ["für elise", "FUR ELISE", "Fu\u0308r Elise", "  Für \t Elise "])
def test_case_accents_and_space_do_not_matter(client: FlaskClient, spelling: str) -> None:
    assert "Für Elise" not in ask(client, spelling).json["songs"]


def test_asking_with_everything_leaves_nothing(client: FlaskClient) -> None:
    everything = ask(client).json["songs"]

    response = ask(client, *everything)

    assert response.json["songs"] == []
    assert response.headers["Playlist-Source"] == "popular"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense"])
def test_json_is_read_whatever_the_content_type(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/api/recommend", data=b'{"songs": ["Greensleeves"]}', content_type=content_type)

    assert response.json["songs"][0] == "Scarborough Fair"


def test_byte_order_mark_is_passed_over(client: FlaskClient) -> None:
    response = client.post("/api/recommend", data=b'\xef\xbb\xbf{"songs": ["Greensleeves"]}')

    assert response.json["songs"][0] == "Scarborough Fair"


def test_answer_is_readable_utf8(client: FlaskClient) -> None:
    response = ask(client, "Ode to Joy", limit=1)

    assert response.content_type == "application/json"
    assert "Für Elise".encode() in response.data
    assert json.loads(response.data)["songs"] == ["Für Elise"]


@pytest.mark.parametrize("strange", ["", " ", "\0", "a\0b", "\u202e", "😀" * 200, "\\", '"', "\n", "%00"])
def test_strange_text_is_an_unknown_song(client: FlaskClient, strange: str) -> None:
    response = ask(client, strange, limit=1)

    assert response.json["songs"] == ["Ode to Joy"]
