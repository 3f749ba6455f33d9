import json
import socket
from collections.abc import Callable
from importlib.metadata import version

import pytest
from flask import Flask
from flask.testing import FlaskClient

from playlist_api.live_model import LiveModel
from playlist_model import FolderStore

Publish = Callable[..., str]


def test_kept_models_are_listed_newest_first(client: FlaskClient, live: LiveModel, publish: Publish) -> None:
    first, second = live.current, publish(2)

    listed = client.get("/api/models").json["models"]

    assert first
    assert [(model["model_id"], model["in_use"]) for model in listed] == [
        (second, False),
        (first.manifest.model_id, True),
    ]
    assert listed[0]["model_date"] == "2026-11-22T10:00:00.000Z"
    assert listed[0]["dataset"] == {"url": "builtin:sample", "playlists": 12}
    assert (listed[0]["evaluation"], listed[0]["gate"], listed[0]["rule_count"]) == ({"recall_at_10": 0.5}, {}, 9)


def test_empty_volume_has_no_models_and_no_status(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()

    assert client.get("/api/models").json == {"models": []}
    status = client.get("/api/status").json
    assert (status.pop("reloads"), status.pop("pod"), status.pop("version")) == (
        [],
        socket.gethostname(),
        version("playlist-api"),
    )
    assert status.pop("started_at").endswith("Z")
    assert set(status.values()) == {None}


def test_status_is_the_trainers_note_and_what_is_loaded(
    client: FlaskClient, live: LiveModel, store: FolderStore
) -> None:
    note: dict[str, object] = {
        "time": "2026-11-23T10:00:00.000Z",
        "outcome": "failed",
        "message": "The server is down.",
        "model_id": None,
    }
    look = {"time": "2026-11-23T10:10:00.000Z", "outcome": "unchanged"}
    learned = {"time": "2026-11-22T10:00:00.000Z", "outcome": "published", "seconds": {"mine": 1.5}, "rows": 7}
    store.status_path.write_text(json.dumps({**note, "look": look, "training": learned, "added_later": 1}))

    answer = client.get("/api/status").json

    assert live.current
    assert answer["training"] == note
    assert answer["model_id"] == live.current.manifest.model_id
    assert answer["loaded_at"].endswith("Z")
    assert answer["last_reload_error"] is None
    assert answer["last_look"] == look
    assert {name: value for name, value in answer["last_training"].items() if value is not None} == learned
    (reload,) = answer["reloads"]
    assert (reload["model_id"], reload["time"], reload["error"]) == (answer["model_id"], answer["loaded_at"], None)


def test_metrics_show_what_the_trainer_noted(client: FlaskClient, store: FolderStore) -> None:
    note = {
        "outcome": "published",
        "look": {"time": "2026-11-23T10:10:00.000Z", "outcome": "unchanged"},
        "training": {
            "time": "1970-01-01T00:01:00.000Z",
            "seconds": {"read": 0.5, "mine": 1.5},
            "rows": 7,
            "peak_memory_bytes": 2**20,
        },
    }
    store.status_path.write_text(json.dumps(note))

    text = client.get("/metrics").text

    assert 'playlist_last_look{outcome="unchanged"} 1.0' in text
    assert "playlist_last_look_timestamp_seconds 1.7954286e+09" in text
    assert "playlist_training_timestamp_seconds 60.0" in text
    assert 'playlist_training_stage_duration_seconds{stage="mine"} 1.5' in text
    assert "playlist_training_rows 7.0" in text
    assert "playlist_training_peak_memory_bytes 1.048576e+06" in text


@pytest.mark.parametrize(
    "training",
    [
        7,
        {"time": "yesterday", "seconds": {"read": "long", 'x"} 1\n': 1.0, "Y" * 99: 2.0}, "rows": True},
        {"seconds": [1, 2], "peak_memory_bytes": None},
    ],
)
def test_note_of_any_form_makes_no_series_of_its_own(client: FlaskClient, store: FolderStore, training: object) -> None:
    store.status_path.write_text(json.dumps({"outcome": "A" * 50, "look": [1], "training": training}))

    text = client.get("/metrics").text

    assert "playlist_training" not in text
    assert "playlist_last" not in text


def test_note_of_very_many_stages_is_cut_short(client: FlaskClient, store: FolderStore) -> None:
    stages = {letter + other: 1.0 for letter in "abcdefgh" for other in "abcdefgh"}
    store.status_path.write_text(json.dumps({"training": {"seconds": stages}}))

    assert client.get("/metrics").text.count("playlist_training_stage_duration_seconds{") == 20


def test_metrics_show_figures_gate_and_last_training(
    client: FlaskClient, live: LiveModel, store: FolderStore, publish: Publish
) -> None:
    figures = {"recall_at_10": 0.25, "recall_at_10_by_popularity": 0.125, "coverage": 0.75}
    publish(2, evaluation=figures, gate={"outcome": "accepted", "reason": "better"})
    store.status_path.write_text('{"outcome": "up_to_date"}')
    live.refresh()

    text = client.get("/metrics").text

    assert "playlist_model_recall_at_10 0.25" in text
    assert "playlist_model_recall_at_10_by_popularity 0.125" in text
    assert "playlist_model_coverage 0.75" in text
    assert 'playlist_model_gate{outcome="accepted"} 1.0' in text
    assert 'playlist_last_training{outcome="up_to_date"} 1.0' in text
    assert client.get("/api/version").json["gate"] == {"outcome": "accepted", "reason": "better"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"outcome": 7}', "{"])
def test_note_that_says_nothing_has_no_metric(client: FlaskClient, store: FolderStore, content: str) -> None:
    store.status_path.write_text(content)

    assert "playlist_last_training" not in client.get("/metrics").text
    assert client.get("/api/status").status_code == 200


@pytest.mark.parametrize("path", ["/api/songs?q=halo", "/api/songs/random?seed=7", "/api/songs/related?song=Halo"])
def test_catalogue_answer_is_not_sent_again_until_the_model_changes(
    client: FlaskClient, live: LiveModel, publish: Publish, path: str
) -> None:
    first = client.get(path)
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(path, headers=known)
    publish(2)
    live.refresh()
    changed = client.get(path, headers=known)

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_draw_without_a_seed_is_never_kept(client: FlaskClient) -> None:
    headers = client.get("/api/songs/random").headers

    assert "ETag" not in headers
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["songs", "songs/random", "songs/related?song=Halo", "version", "models", "status"])
def test_slash_at_the_end_changes_nothing(client: FlaskClient, path: str) -> None:
    path, mark, query = path.partition("?")
    seed = "?seed=1" if path.endswith("random") else mark + query

    assert client.get(f"/api/{path}/{seed}").data == client.get(f"/api/{path}{seed}").data
    assert client.head(f"/api/{path}/{seed}").status_code == 200


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/api/songs?query=a", '"query" is not a known key of the query: the known ones are q, limit'),
        ("/api/songs?q=a&q=b", "q is in the query 2 times"),
        ("/api/songs/random?limit=1", "the known ones are n, seed"),
        ("/api/songs/related?song=Halo&n=1", "the known ones are song, limit"),
        ("/api/version?a", "there are none here"),
        ("/api/models?a=", "there are none here"),
        ("/api/status?a=1", "there are none here"),
    ],
)
def test_unknown_key_of_the_query_gives_422(client: FlaskClient, path: str, part: str) -> None:
    response = client.get(path)

    assert response.status_code == 422
    assert part in response.json["detail"]


def test_unknown_key_of_a_posts_query_gives_422(client: FlaskClient) -> None:
    assert client.post("/api/recommend?limit=1", json={"songs": []}).status_code == 422


def test_options_say_what_is_offered_without_cors(client: FlaskClient) -> None:
    response = client.options("/api/recommend")

    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert response.data == b""


def test_everything_is_served_below_the_base_path(
    make_app: Callable[..., Flask], live: LiveModel, publish: Publish
) -> None:
    publish()
    live.refresh()
    client = make_app(BASE_PATH="/music/").test_client()

    inside = [
        client.get(f"/music{path}").status_code for path in ("/", "/docs", "/openapi.json", "/api/songs", "/livez")
    ]
    outside = [client.get(path) for path in ("/", "/api/songs", "/musical/api/songs", "/livez")]
    page = client.get("/music")

    assert inside == [200] * 5
    assert [response.status_code for response in outside] == [404] * 4
    assert "nothing at /musical/api/songs: GET /music/openapi.json" in outside[2].json["detail"]
    assert (page.status_code, page.headers["Location"]) == (308, "/music/")
    assert client.get("/music/openapi.json").json["servers"] == [{"url": "/music"}]
    assert client.post("/music/api/recommend", json={"songs": []}).status_code == 200
