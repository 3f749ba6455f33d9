"""What each command asks the API, and what it prints into a pipe."""

import json

import pytest

from .conftest import Client
from .fake_answers import MODEL_DATE, NASTY
from .fake_api import FakeApi


def test_recommend_prints_one_song_a_line_and_the_origin_on_standard_error(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Ode to Joy", "Greensleeves", "--limit", "2", "--url", api.url)

    assert done.code == 0
    assert done.lines == ["Für Elise", "Clair de lune"]
    assert done.err.splitlines() == [f"version 0.1.0, model of {MODEL_DATE}"]
    assert api.asked[0].body == {"songs": ["Ode to Joy", "Greensleeves"], "limit": 2}


def test_recommend_without_options_sends_what_the_assignment_asks_for_and_no_more(client: Client, api: FakeApi) -> None:
    client("recommend", "Ode to Joy", url=api.url)

    assert (api.asked[0].method, api.asked[0].path) == ("POST", "/api/recommend")
    assert api.asked[0].body == {"songs": ["Ode to Joy"]}


def test_explain_adds_artist_and_reasons_behind_tabs(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Ode to Joy", "Greensleeves", "--explain", "--limit", "1", url=api.url)

    song, artist, reasons = done.lines[0].split("\t")
    assert (song, artist) == ("Für Elise", "Ludwig van Beethoven")
    assert reasons == (
        "in 37 of the 120 playlists that hold Ode to Joy; in 37 of the 120 playlists that hold Greensleeves"
    )


def test_explain_names_unknown_and_ambiguous_songs_and_what_may_have_been_meant(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Greenslee", "nope", "ode", "--explain", url=api.url)

    assert "unknown: Greenslee (did you mean Greensleeves?)" in done.err
    assert "unknown: nope\n" in done.err
    assert "several songs: ode stands for Ode to Joy by Ludwig van Beethoven; Greensleeves" in done.err
    assert done.lines[0].endswith("\tpopular")


def test_answer_of_popular_songs_is_marked_even_without_explain(client: Client, api: FakeApi) -> None:
    done = client("recommend", "nope", url=api.url)

    assert "only popular songs: no rule leads on" in done.err


def test_json_prints_the_answer_as_it_came_and_nothing_else(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Ode to Joy", "--limit", "6", "--json", url=api.url)

    answer = json.loads(done.out)
    assert answer == {
        "songs": ["Für Elise", "Clair de lune", "Greensleeves", "[red]Bolero[/red]", NASTY],
        "version": "0.1.0",
        "model_date": MODEL_DATE,
    }
    assert "Für Elise" in done.out, "a person reads it too: no escapes where none are needed"
    assert done.err == ""


def test_search_prints_song_artist_and_number_of_playlists(client: Client, api: FakeApi) -> None:
    done = client("search", "gre", "--limit", "5", url=api.url)

    assert done.lines == ["Greensleeves\t\t70"]
    assert api.asked[0].query == {"q": "gre", "limit": "5"}


def test_search_without_a_text_asks_for_popular_songs(client: Client, api: FakeApi) -> None:
    done = client("search", url=api.url)

    assert done.lines[0].startswith("Für Elise\t")
    assert api.asked[0].query == {"q": ""}


def test_search_that_finds_nothing_says_so_and_is_no_failure(client: Client, api: FakeApi) -> None:
    done = client("search", "zzz", url=api.url)

    assert (done.code, done.out, done.err) == (0, "", "no title holds zzz\n")


def test_text_with_every_sign_that_a_url_uses_arrives_whole(client: Client, api: FakeApi) -> None:
    client("search", "a&b=c?d#e/f %20+ü", url=api.url)

    assert api.asked[0].query["q"] == "a&b=c?d#e/f %20+ü"


def test_song_prints_what_playlists_hold_together_with_it(client: Client, api: FakeApi) -> None:
    done = client("song", "Greensleeves", "--limit", "2", url=api.url)

    assert done.lines == [
        "Für Elise\tLudwig van Beethoven\t30\t0.2500",
        "Clair de lune\tLudwig van Beethoven\t30\t0.2500",
    ]


def test_song_that_is_unknown_is_refused_in_the_words_of_the_api(client: Client, api: FakeApi) -> None:
    done = client("song", "Greenslee", url=api.url)

    assert done.code == 1
    assert done.err == "playlist-client: The model has no song 'Greenslee': did you mean Greensleeves?\n"


def test_random_hands_on_count_and_seed(client: Client, api: FakeApi) -> None:
    done = client("random", "--limit", "2", "--seed", "7", url=api.url)

    assert len(done.lines) == 2
    assert api.asked[0].query == {"n": "2", "seed": "7"}


def test_version_says_what_answers_and_what_it_was_learned_from(client: Client, api: FakeApi) -> None:
    done = client("version", url=api.url)

    facts = dict(line.split("\t") for line in done.lines)
    assert facts["address"] == api.url
    assert facts["version"] == "0.1.0"
    assert facts["model"] == "20261122T100000Z-d9b57c42"
    assert facts["model_date"] == MODEL_DATE
    assert facts["learned from"] == "builtin:sample: 400 playlists, 175 songs"
    assert facts["rules"] == "13200"
    assert "last reload" not in facts


def test_version_of_an_api_without_a_model_says_so_and_why(client: Client, api: FakeApi) -> None:
    api.model_date = None

    done = client("version", url=api.url)

    assert done.code == 0
    assert "model\tnone yet" in done.out
    assert f"last reload\tfailed at {MODEL_DATE}: rules.npy is damaged" in done.out


@pytest.mark.parametrize("arguments", [("search",), ("song", "Greensleeves"), ("random",), ("version",)])
def test_every_command_can_print_json(client: Client, api: FakeApi, arguments: tuple[str, ...]) -> None:
    done = client(*arguments, "--json", url=api.url)

    assert isinstance(json.loads(done.out), dict)


def test_option_wins_over_the_environment(client: Client, api: FakeApi) -> None:
    done = client("version", "--url", api.url, url="http://127.0.0.1:1")

    assert done.code == 0


def test_address_may_lack_a_scheme_and_have_a_path_and_a_slash(client: Client, api: FakeApi) -> None:
    assert client("version", "--url", api.url.removeprefix("http://") + "/").code == 0

    client("version", "--url", f"{api.url}/music/")

    assert [asked.path for asked in api.asked] == ["/api/version", "/music/api/version"]
