"""What each command asks the API, and what it prints into a pipe."""

import json

import pytest

from .conftest import Client
from .fake_answers import MODEL_DATE, NASTY, version
from .fake_api import FakeApi, Mood


def test_recommend_prints_song_and_artist_per_line_and_the_origin_on_standard_error(
    client: Client, api: FakeApi
) -> None:
    done = client("recommend", "Ode to Joy", "Greensleeves", "--limit", "2", "--url", api.url)

    assert done.code == 0
    assert done.lines == ["Für Elise\tLudwig van Beethoven", "Clair de lune\tLudwig van Beethoven"]
    assert done.err.splitlines() == [f"version 0.1.0, model of {MODEL_DATE}"]
    assert api.asked[0].body == {"songs": ["Ode to Joy", "Greensleeves"], "limit": 2, "explain": True}


def test_server_that_refuses_more_than_the_assignment_asks_for_is_asked_for_no_more(
    client: Client, api: FakeApi
) -> None:
    answer = {"songs": ["Africa"], "version": "1", "model_date": "today"}
    api.mood = lambda _path, count: Mood(status=422) if count == 0 else Mood(json=answer)

    done = client("recommend", "Ode to Joy", url=api.url)

    assert (done.code, done.out, done.err) == (0, "Africa\t\n", "version 1, model of today\n")
    assert [(asked.method, asked.path) for asked in api.asked] == [("POST", "/api/recommend")] * 2
    assert api.asked[1].body == {"songs": ["Ode to Joy"]}


def test_explain_adds_artist_and_reasons_behind_tabs(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Ode to Joy", "Greensleeves", "--explain", "--limit", "1", url=api.url)

    song, artist, reasons = done.lines[0].split("\t")
    assert (song, artist) == ("Für Elise", "Ludwig van Beethoven")
    assert reasons == "in 37 of the 120 playlists with Ode to Joy; in 37 of the 120 playlists with Greensleeves"


@pytest.mark.parametrize("more", [(), ("--explain",), ("--json",), ("--output", "csv"), ("--output", "table")])
def test_unknown_and_ambiguous_songs_are_always_named_with_what_may_have_been_meant(
    client: Client, api: FakeApi, more: tuple[str, ...]
) -> None:
    done = client("recommend", "Greenslee", "nope", "ode", *more, url=api.url)

    assert done.code == 0
    assert "unknown: Greenslee (did you mean Greensleeves?)" in done.err
    assert "unknown: nope\n" in done.err
    assert "ambiguous: ode matches Ode to Joy by Ludwig van Beethoven; Greensleeves" in done.err
    assert "unknown:" not in done.out


def test_many_unknown_songs_are_named_to_ten_and_the_rest_is_counted(client: Client, api: FakeApi) -> None:
    many = client("recommend", url=api.url, stdin="\n".join(f"no {number}" for number in range(995)))
    eleven = client("recommend", url=api.url, stdin="\n".join(f"no {number}" for number in range(11)))

    lines = many.err.splitlines()
    assert lines[9:11] == ["unknown: no 9", "and 985 more unknown songs"]
    assert len([line for line in lines if line.startswith("unknown: ")]) == 10
    assert eleven.err.count("unknown: no ") == 11


def test_song_recommended_for_its_popularity_alone_is_marked(client: Client, api: FakeApi) -> None:
    assert client("recommend", "nope", "--explain", url=api.url).lines[0].endswith("\tpopular")


def test_answer_of_popular_songs_is_marked_even_without_explain(client: Client, api: FakeApi) -> None:
    done = client("recommend", "nope", url=api.url)

    assert "no matches for these songs yet; these are popular right now" in done.err


def test_json_prints_the_answer_as_it_came_with_artists(client: Client, api: FakeApi) -> None:
    done = client("recommend", "Ode to Joy", "--limit", "6", "--json", url=api.url)

    answer = json.loads(done.out)
    assert answer["songs"] == ["Für Elise", "Clair de lune", "Greensleeves", "[red]Bolero[/red]", NASTY]
    assert (answer["version"], answer["model_date"]) == ("0.1.0", MODEL_DATE)
    assert answer["recommendations"][0]["artist"] == "Ludwig van Beethoven"
    assert "Für Elise" in done.out, "a person reads it too: no escapes where none are needed"


def test_search_prints_song_artist_and_number_of_playlists(client: Client, api: FakeApi) -> None:
    done = client("search", "gre", "--limit", "5", url=api.url)

    assert done.lines == ["Greensleeves\t\t70"]
    assert api.asked[0].query == {"q": "gre", "limit": "5", "close_matches": "3"}


def test_search_without_a_text_asks_for_popular_songs(client: Client, api: FakeApi) -> None:
    done = client("search", url=api.url)

    assert done.lines[0].startswith("Für Elise\t")
    assert api.asked[0].query == {"q": "", "close_matches": "3"}


def test_search_that_finds_nothing_names_close_matches_and_is_no_failure(client: Client, api: FakeApi) -> None:
    nothing = client("search", "zzz", url=api.url)
    close = client("search", "clare de lune", url=api.url)

    assert (nothing.code, nothing.out, nothing.err) == (0, "", "unknown: zzz\n")
    assert (close.code, close.out) == (0, "")
    assert close.err == "unknown: clare de lune (did you mean Clair de lune by Ludwig van Beethoven?)\n"


def test_text_with_every_sign_that_a_url_uses_arrives_whole(client: Client, api: FakeApi) -> None:
    client("search", "a&b=c?d#e/f %20+ü", url=api.url)

    assert api.asked[0].query["q"] == "a&b=c?d#e/f %20+ü"


def test_song_prints_what_playlists_hold_together_with_it(client: Client, api: FakeApi) -> None:
    done = client("song", "Greensleeves", "--limit", "2", url=api.url)

    assert done.lines == [
        "Für Elise\tLudwig van Beethoven\t30\t0.2500",
        "Clair de lune\tLudwig van Beethoven\t30\t0.2500",
    ]


def test_song_that_is_unknown_is_no_failure_and_named_with_close_matches(client: Client, api: FakeApi) -> None:
    done = client("song", "Greenslee", url=api.url)

    assert (done.code, done.out) == (0, "")
    assert done.err == "unknown: Greenslee (did you mean Greensleeves?)\n"


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
    assert facts["evaluation"] == (
        "recall@10 0.844 when asked with 5 songs (recommending the most popular ones: 0.210); "
        "rules answered 98% of 81 requests"
    )
    assert "last reload" not in facts


@pytest.mark.parametrize(
    ("evaluation", "words"),
    [({"requests": 0}, "not measured: too few playlists"), ({"ndcg": 0.5, "by": "hand"}, "ndcg 0.5, by hand\n")],
    ids=str,
)
def test_version_of_a_model_that_was_measured_otherwise_says_what_is_known(
    client: Client, api: FakeApi, evaluation: dict[str, object], words: str
) -> None:
    api.mood = lambda _path, _count: Mood(json=version("0.1.0", MODEL_DATE) | {"evaluation": evaluation})

    assert f"evaluation\t{words}" in client("version", url=api.url).out


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
