from typing import Any

import pytest
from flask.testing import FlaskClient


def titles(client: FlaskClient, path: str) -> list[str]:
    response = client.get(f"/api/songs{path}")
    assert response.status_code == 200, response.text
    return [song["song"] for song in response.json["songs"]]


def test_search_without_text_gives_popular_songs(client: FlaskClient) -> None:
    assert titles(client, "?limit=3") == ["Ode to Joy", "Greensleeves", "Für Elise"]
    assert titles(client, "?q=&limit=1") == ["Ode to Joy"]
    assert len(titles(client, "")) == 8


def test_search_gives_titles_that_begin_with_the_text_before_ones_that_hold_its_words(client: FlaskClient) -> None:
    # Halo begins with an h; Water Music is by Handel.
    assert titles(client, "?q=Ha") == ["Halo", "halo", "Water Music"]


def test_search_finds_songs_by_artist_and_title_together(client: FlaskClient) -> None:
    assert titles(client, "?q=beethoven") == ["Ode to Joy", "Für Elise"]
    assert titles(client, "?q=beethoven+el") == ["Für Elise"]


def test_search_folds_case_and_accents(client: FlaskClient) -> None:
    assert titles(client, "?q=FUR") == ["Für Elise"]
    assert titles(client, "?q=f%C3%BCr+e") == ["Für Elise"]


def test_search_gives_songs_with_all_that_is_known(client: FlaskClient) -> None:
    assert client.get("/api/songs?q=scarborough").json == {
        "songs": [
            {
                "song": "Scarborough Fair",
                "title": "Scarborough Fair",
                "artist": "Simon",
                "artist_count": 3,
                "support_count": 4,
            }
        ]
    }


@pytest.mark.parametrize("text", ["xyzzy", "%00", "%ff", "\\", "[", ".*", "%0A"])
def test_search_for_what_is_not_there_gives_nothing(client: FlaskClient, text: str) -> None:
    found = titles(client, f"?q={text}")

    # A line break alone is no text at all.
    assert found == [] if text != "%0A" else len(found) == 8


def test_search_adds_close_matches_by_title_or_artist_where_nothing_is_found(client: FlaskClient) -> None:
    def close(text: str) -> list[str]:
        answer = client.get(f"/api/songs?close_matches=2&q={text}").json
        assert answer["songs"] == []
        return [song["song"] for song in answer["close_matches"]]

    assert close("Greensleves") == ["Greensleeves"]
    assert close("Betoven") == ["Ode to Joy", "Für Elise"]
    assert close("Scarboruogh Fa") == ["Scarborough Fair"]
    assert close("xyzzy") == []


def test_search_adds_close_matches_only_where_they_are_asked_for_and_needed(client: FlaskClient) -> None:
    assert client.get("/api/songs?close_matches=2&q=greensleeves").json["close_matches"] == []
    assert client.get("/api/songs?q=Greensleves").json == {"songs": []}
    assert client.get("/api/songs?close_matches=11&q=a").status_code == 422


def test_match_says_for_each_song_what_it_stands_for(client: FlaskClient) -> None:
    asked = ["greensleeves", "No such song", "HALO", {"title": "HALO", "artist": "haydn"}, "greensleeves"]

    found = client.post("/api/songs/match", json={"songs": asked}).json["songs"]

    assert [(entry["song"], [song["song"] for song in entry["matches"]]) for entry in found] == [
        ("greensleeves", ["Greensleeves"]),
        ("No such song", []),
        ("HALO", ["Halo", "halo"]),
        ("HALO", ["halo"]),
        ("greensleeves", ["Greensleeves"]),
    ]
    assert found[0]["matches"][0]["support_count"] == 6


@pytest.mark.parametrize("body", [{}, {"songs": "Halo"}, {"songs": [], "limit": 3}, [], {"songs": [{"artist": "x"}]}])
def test_match_refuses_bodies_of_another_shape(client: FlaskClient, body: object) -> None:
    assert client.post("/api/songs/match", json=body).status_code == 422


def test_same_seed_draws_the_same_songs(client: FlaskClient) -> None:
    drawn = titles(client, "/random?n=4&seed=7")

    assert titles(client, "/random?n=4&seed=7") == drawn
    assert len(set(drawn)) == 4
    assert any(titles(client, f"/random?n=4&seed={seed}") != drawn for seed in range(8, 12))


def test_without_a_seed_draws_differ(client: FlaskClient) -> None:
    assert len({tuple(titles(client, "/random?n=8")) for _ in range(8)}) > 1


def test_draw_gives_no_more_than_there_is(client: FlaskClient) -> None:
    assert sorted(titles(client, "/random?n=100")) == sorted(titles(client, ""))
    assert len(titles(client, "/random")) == 8


def test_related_songs_come_with_their_rule(client: FlaskClient) -> None:
    response = client.get("/api/songs/related?song=greensleeves&limit=2")

    related: list[dict[str, Any]] = response.json["songs"]
    assert related[0] == {
        "song": "Scarborough Fair",
        "title": "Scarborough Fair",
        "artist": "Simon",
        "artist_count": 3,
        "support_count": 4,
        "confidence": 0.5,
        "together_count": 3,
    }
    assert [song["song"] for song in related] == ["Scarborough Fair", "Ode to Joy"]


def test_related_songs_are_not_filled_with_popular_ones(client: FlaskClient) -> None:
    assert titles(client, "/related?song=Halo") == ["Water Music"]
    assert titles(client, "/related?song=Water+Music") == []


def test_related_to_an_unknown_song_gives_404_with_close_titles(client: FlaskClient) -> None:
    response = client.get("/api/songs/related?song=Greensleves")

    assert response.status_code == 404
    assert response.json["detail"] == "The model has no song 'Greensleves': did you mean Greensleeves?"
    assert "GET /api/songs?q=" in client.get("/api/songs/related?song=").json["detail"]
