import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from playlist_api.live_model import LiveModel
from playlist_model import Rules, Songs

Publish = Callable[..., str]


def asked(client: FlaskClient, *songs: Any) -> dict[str, Any]:
    response = client.post("/api/recommend", json={"songs": songs, "explain": True, "limit": 1})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json
    return answer


def test_artist_chooses_between_songs_of_one_title(client: FlaskClient) -> None:
    # "Halo" by Beyoncé leads to Water Music, "halo" by Haydn to Danny Boy.
    assert asked(client, {"title": "HALO", "artist": "HAYDN"})["songs"] == ["Danny Boy"]
    assert asked(client, {"title": "halo", "artist": "beyonce"})["songs"] == ["Water Music"]


@pytest.mark.parametrize("artist", ["", "Nobody"])
def test_artist_that_is_none_of_theirs_does_not_matter(client: FlaskClient, artist: str) -> None:
    answer = asked(client, {"title": "HALO", "artist": artist})

    assert answer["ambiguous"][0]["song"] == "HALO"
    assert len(answer["ambiguous"][0]["matches"]) == 2


def test_title_alone_is_the_same_as_a_text(client: FlaskClient) -> None:
    assert asked(client, {"title": "Greensleeves"}) == asked(client, "Greensleeves")


def test_title_with_each_of_two_artists_stands_for_both(client: FlaskClient) -> None:
    both = asked(client, {"title": "HALO", "artist": "Haydn"}, {"title": "HALO", "artist": "Beyoncé"})

    assert both == asked(client, "HALO")


def test_other_spelling_of_a_titled_song_is_not_recommended(client: FlaskClient) -> None:
    answer = client.post("/api/recommend", json={"songs": [{"title": "Halo", "artist": "Haydn"}], "limit": 100}).json

    assert not {"Halo", "halo"} & set(answer["songs"])


def test_unknown_titled_song_has_close_matches(client: FlaskClient) -> None:
    (unknown,) = asked(client, {"title": "Greensleves", "artist": "Trad."})["unknown"]

    assert unknown == {"song": "Greensleves", "close_matches": ["Greensleeves"]}


@pytest.mark.parametrize(
    ("song", "part"),
    [
        ({}, "songs[0] has no title"),
        ({"artist": "Haydn"}, "songs[0] has no title"),
        ({"title": "a", "album": "b"}, "songs[0] has other keys than title"),
        ({"title": 7}, "songs[0].title is the number 7"),
        ({"title": "a", "artist": None}, "songs[0].artist is null"),
        ({"title": "a" * 501}, "songs[0].title has 501 characters"),
        ({"title": "a", "artist": "\ud800"}, "songs[0].artist holds half a surrogate pair"),
        (["a"], 'songs[0] is a list, expected a text, or an object such as {"title"'),
    ],
)
def test_song_of_the_wrong_shape_gives_422(client: FlaskClient, song: Any, part: str) -> None:
    response = client.post("/api/recommend", data=json.dumps({"songs": [song]}))

    assert response.status_code == 422
    assert part in response.json["detail"]


def test_title_that_the_catalogue_offers_is_taken_back_however_long(
    client: FlaskClient, live: LiveModel, publish: Publish
) -> None:
    long = "ü" * 3000
    publish(2, Songs.build([long, "b"], [2, 1], artists=["c", "d"]), publish_rules(2))
    live.refresh()

    (offered,) = client.get("/api/songs?limit=1").json["songs"]

    assert asked(client, offered["song"])["unknown"] == []
    assert asked(client, {"title": offered["title"], "artist": offered["artist"]})["unknown"] == []
    assert client.get("/api/songs", query_string={"q": long}).json["songs"] == [offered]
    assert client.post("/api/recommend", json={"songs": ["x" * 6001]}).status_code == 422
    assert client.get("/openapi.json").json["components"]["schemas"]["SongText"]["maxLength"] == 6000


def publish_rules(song_count: int) -> Rules:
    none = np.zeros(0, np.int32)
    return Rules.of_pairs(np.full(song_count, 1, np.int32), np.zeros(song_count + 1, np.int64), none, none)


def test_gzip_bodies_are_read(client: FlaskClient) -> None:
    body = gzip.compress(b'{"songs": ["Greensleeves"]}')

    response = client.post("/api/recommend", data=body, headers={"Content-Encoding": "gzip"})

    assert response.status_code == 200
    assert response.json["songs"][0] == "Scarborough Fair"


@pytest.mark.parametrize(
    ("body", "encoding", "status", "part"),
    [
        (gzip.compress(b" " * 2_000_000), "gzip", 413, "larger than the 1048576 bytes"),
        (gzip.compress(b'{"songs": []}')[:-9], "gzip", 400, "end too early"),
        (gzip.compress(b'{"songs": []}') + gzip.compress(b" "), "gzip", 400, "goes on behind its gzip data"),
        (b'{"songs": []}', "gzip", 400, "is not gzip"),
        (b'{"songs": []}', "br", 415, 'Content-Encoding is "br", expected gzip or none'),
    ],
)
def test_bodies_that_can_not_be_unpacked(
    client: FlaskClient, body: bytes, encoding: str, status: int, part: str
) -> None:
    response = client.post("/api/recommend", data=body, headers={"Content-Encoding": encoding})

    assert response.status_code == status
    assert part in response.json["detail"]
    assert ("Accept-Encoding" in response.headers) == (status == 415)
