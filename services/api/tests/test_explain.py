from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from playlist_api.explain import describe, explained
from playlist_api.recommend import recommend
from playlist_model import FolderStore, Model, Rules, RuleTable, Songs


def explain(client: FlaskClient, *songs: str, **more: Any) -> dict[str, Any]:
    response = client.post("/api/recommend", json={"songs": list(songs), "explain": True, **more})
    answer: dict[str, Any] = response.json
    return answer


def test_explained_answer_has_three_more_keys(client: FlaskClient) -> None:
    answer = explain(client, "Greensleeves")

    assert list(answer) == ["songs", "version", "model_date", "recommendations", "unknown", "ambiguous"]
    assert [entry["song"] for entry in answer["recommendations"]] == answer["songs"]


def test_recommendation_says_which_rule_led_to_it(client: FlaskClient) -> None:
    answer = explain(client, "Greensleeves", limit=1)

    assert answer["recommendations"] == [
        {
            "song": "Scarborough Fair",
            "title": "Scarborough Fair",
            "artist": "Simon",
            "artist_count": 3,
            "support_count": 4,
            "together_count": 3,
            "score": pytest.approx(3 / 16),
            "value": pytest.approx(3 / 16),
            "confidence": 0.5,
            "source": "rule",
            "because": [{"song": "Greensleeves", "songs": ["Greensleeves"], "together_count": 3, "song_count": 6}],
        }
    ]


def test_strongest_reason_stands_first_and_gives_the_confidence(client: FlaskClient) -> None:
    first = explain(client, "Scarborough Fair", "Greensleeves", limit=1)["recommendations"][0]

    assert first["song"] == "Danny Boy"
    assert first["value"] == pytest.approx(2 / 16 + 1 / 14)
    assert (first["confidence"], first["together_count"]) == (pytest.approx(2 / 6), 2)
    assert first["support_count"] == 3  # of the song, whatever led to it
    assert first["because"] == [
        {"song": "Greensleeves", "songs": ["Greensleeves"], "together_count": 2, "song_count": 6},
        {"song": "Scarborough Fair", "songs": ["Scarborough Fair"], "together_count": 1, "song_count": 4},
    ]


def test_popular_song_has_its_own_count_and_no_reason(client: FlaskClient) -> None:
    entry = explain(client, "Water Music", limit=1)["recommendations"][0]

    assert entry["song"] == "Ode to Joy"
    assert entry["source"] == "popular"
    assert (entry["score"], entry["confidence"], entry["together_count"]) == (None, None, None)
    assert entry["support_count"] == 8
    assert entry["because"] == []


def test_rules_and_popular_songs_are_told_apart(client: FlaskClient) -> None:
    answer = explain(client, "Greensleeves", limit=5)

    assert [entry["source"] for entry in answer["recommendations"]] == ["rule"] * 3 + ["popular"] * 2


def test_unknown_song_comes_with_close_titles(client: FlaskClient) -> None:
    answer = explain(client, "Greensleves", "Ode to Joy", "xyzzy")

    assert answer["unknown"] == [
        {"song": "Greensleves", "close_matches": ["Greensleeves"]},
        {"song": "xyzzy", "close_matches": []},
    ]


def test_close_titles_are_looked_for_with_the_first_ten_unknown_songs(client: FlaskClient) -> None:
    answer = explain(client, *(f"Danny Boy{'!' * count}" for count in range(1, 13)))

    assert [len(entry["close_matches"]) for entry in answer["unknown"]] == [1] * 10 + [0] * 2


def test_ambiguous_song_comes_with_all_that_it_stands_for(client: FlaskClient) -> None:
    answer = explain(client, "HALO", "Danny Boy")

    assert [entry["song"] for entry in answer["ambiguous"]] == ["HALO"]
    assert answer["ambiguous"][0]["matches"] == [
        {"song": "Halo", "title": "Halo", "artist": "Beyoncé", "artist_count": 1, "support_count": 2},
        {"song": "halo", "title": "halo", "artist": "Haydn", "artist_count": 1, "support_count": 2},
    ]


def test_exact_name_is_not_ambiguous(client: FlaskClient) -> None:
    assert explain(client, "Halo")["ambiguous"] == []


def test_at_most_five_reasons_are_given(publish: Any, store: FolderStore) -> None:
    names = [str(number) for number in range(8)]
    table = RuleTable(
        antecedents=np.arange(7, dtype=np.int32).reshape(-1, 1),
        antecedent_support_counts=np.full(7, 10, np.int32),
        consequents=np.full(7, 7, np.int32),
        support_counts=np.arange(1, 8, dtype=np.int32),
    )
    publish(songs=Songs.build(names, [10] * 8), rules=Rules.build(8, [table]))
    model = store.load_current()

    content = explained(model, recommend(model, names[:7], 1))

    because = content["recommendations"][0]["because"]  # type: ignore[index]
    assert [reason["song"] for reason in because] == ["6", "5", "4", "3", "2"]


def test_rule_of_two_songs_names_both(publish: Any, store: FolderStore) -> None:
    pair = RuleTable(
        antecedents=np.array([[0, 1]], np.int32),
        antecedent_support_counts=np.array([4], np.int32),
        consequents=np.array([2], np.int32),
        support_counts=np.array([3], np.int32),
    )
    publish(songs=Songs.build(["a", "b", "c"], [5, 5, 5]), rules=Rules.build(3, [pair]))
    model = store.load_current()

    both = explained(model, recommend(model, ["a", "b"], 1))
    one = explained(model, recommend(model, ["a"], 1))

    assert both["recommendations"][0]["because"] == [  # type: ignore[index]
        {"song": "a + b", "songs": ["a", "b"], "together_count": 3, "song_count": 4}
    ]
    assert one["recommendations"][0]["source"] == "popular"  # type: ignore[index]


def test_names_and_titles_differ_where_items_are_uris(publish: Any, store: FolderStore) -> None:
    songs = Songs.build(
        ["uri:1", "uri:2", "uri:3"], [3, 2, 1], artists=["A", "B", "C"], titles=["Intro", "Intro", "Outro"]
    )
    table = RuleTable(
        np.array([[1]], np.int32), np.array([2], np.int32), np.array([2], np.int32), np.array([1], np.int32)
    )
    publish(songs=songs, rules=Rules.build(3, [table]))
    model: Model = store.load_current()

    content = explained(model, recommend(model, ["intro", "outr"], 1))

    first = content["recommendations"][0]  # type: ignore[index]
    assert (first["song"], first["title"]) == ("uri:3", "Outro")
    assert [match["song"] for match in content["ambiguous"][0]["matches"]] == ["uri:1", "uri:2"]  # type: ignore[index]
    assert content["unknown"] == [{"song": "outr", "close_matches": ["Outro"]}]


def test_name_of_title_and_artist_is_suggested_whole(publish: Any, store: FolderStore) -> None:
    names, titles = ["Home – Edward Sharpe", "Home – Michael Bublé"], ["Home", "Home"]
    songs = Songs.build(names, [2, 1], artists=["Edward Sharpe", "Michael Bublé"], titles=titles)
    publish(songs=songs, rules=Rules.build(2, []))
    model = store.load_current()

    content = explained(model, recommend(model, ["home edward sharp", "home"], 1))

    assert content["unknown"] == [{"song": "home edward sharp", "close_matches": names[:1]}]
    assert [match["song"] for match in content["ambiguous"][0]["matches"]] == names  # type: ignore[index]


def test_track_uri_is_given_where_it_is_known(publish: Any, store: FolderStore) -> None:
    songs = Songs.build(["a", "b"], [2, 1], uris=["spotify:track:1", ""])

    assert describe(songs, 0)["track_uri"] == "spotify:track:1"
    assert "track_uri" not in describe(songs, 1)
    assert "track_uri" not in describe(Songs.build(["a"], [1]), 0)
