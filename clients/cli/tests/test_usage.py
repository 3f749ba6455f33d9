"""Usage errors: one sentence with what was given and what is expected."""

import pytest

from .conftest import Client, Process
from .fake_api import FakeApi


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("recommend", "x", "-l", "x"), "--limit is 'x', expected a whole number from 1 to 100"),
        (("recommend", "x", "--limit=101"), "--limit is '101', expected a whole number from 1 to 100"),
        (("random", "--seed", "-1"), "--seed is '-1', expected a whole number of at least 0"),
        (("version", "--timeout", "nan"), "--timeout is 'nan', expected a number from 0.01 to 3600"),
        (("watch", "--duration", "inf"), "--duration is 'inf', expected a number of at least 0.001"),
        (("version", "-o", "xml"), "--output is 'xml', expected table, json or csv"),
        (("search", "Take", "Five"), "search takes one TEXT, but got 'Five' too; put the text in quotes"),
        (("song", "Take", "Five"), "song takes one TITLE, but got 'Five' too; put the text in quotes"),
        (("check", "a", "b"), "check takes one URL, but got 'b' too"),
        (("version", "x"), "version takes no argument, but got 'x'"),
        (("song",), "song needs a TITLE, in quotes"),
        (("song", " "), "song needs a TITLE, in quotes; search lists some"),
        (("recomend",), "there is no command 'recomend'; did you mean 'recommend'?"),
        (("recommend", "F\udcfcr"), "'F?r' is not UTF-8"),
        (("search", "F\udcfcr"), "'F?r' is not UTF-8"),
        (("song", "F\udcfcr"), "'F?r' is not UTF-8"),
        (("watch", "--csv", "a.svg", "--plot", "./a.svg"), "--csv and --plot both write a.svg: name two files"),
    ],
    ids=lambda value: " ".join(value).encode(errors="replace").decode() if isinstance(value, tuple) else "",
)
def test_mistake_is_told_in_one_sentence_before_anything_is_sent(
    client: Client, api: FakeApi, words: tuple[str, ...], said: str
) -> None:
    done = client(*words, url=api.url)

    assert (done.code, done.out, done.err) == (2, "", f"playlist-client: {said}\n")
    assert api.asked == []


def test_option_that_there_is_not_names_those_that_read_like_it(client: Client) -> None:
    done = client("recommend", "--limt", "3")

    assert done.code == 2
    assert "--limt" in done.err
    assert "--limit" in done.err
    assert len(done.err.splitlines()) == 1


def test_no_argument_at_all_prints_the_help(client: Client) -> None:
    done = client()

    assert done.code == 2
    assert done.err.startswith("Usage: playlist-client")


def test_closed_standard_input_is_told(process: Process, api: FakeApi) -> None:
    def closed(*words: str) -> tuple[int, str]:
        command = (*("sh", "-c", 'exec "$@" <&-', "sh"), *process.command)
        done = Process(process.environment, command)(*words, "--url", api.url)
        return done.code, done.err

    assert closed("recommend") == (
        2,
        "playlist-client: no song given; name titles in quotes, use --file FILE, or pipe one title per line\n",
    )
    assert closed("recommend", "--file", "-")[0] == 2
    assert closed("shell") == (2, "playlist-client: standard input is closed; the shell reads its lines from there\n")
    assert closed("recommend", "Bolero")[0] == 0
