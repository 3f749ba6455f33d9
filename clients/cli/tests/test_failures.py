"""What goes wrong on the way, told in one sentence and an exit code."""

import sys

import pytest

from .conftest import Client, Process
from .fake_api import NO_MODEL, FakeApi, Mood


def _only(mood: Mood) -> FakeApi:
    return FakeApi(mood=lambda _path, _count: mood)


@pytest.mark.parametrize(
    "arguments",
    [("recommend", "Bolero"), ("search", "x"), ("song", "x"), ("random",), ("version",)],
    ids=lambda arguments: arguments[0],
)
def test_address_where_nothing_listens_is_exit_code_3(client: Client, arguments: tuple[str, ...]) -> None:
    done = client(*arguments, "--url", "http://127.0.0.1:1")

    assert done.code == 3
    assert done.out == ""
    assert done.err == (
        "playlist-client: nothing answers at http://127.0.0.1:1; start the API there, or check --url or PLAYLIST_URL\n"
    )


def test_host_that_does_not_exist_is_named(client: Client) -> None:
    done = client("version", "--url", "http://no-such-host.invalid")

    assert done.code == 3
    assert "can't resolve no-such-host.invalid; check --url or PLAYLIST_URL" in done.err


def test_api_without_a_model_is_refused_in_its_own_words(client: Client) -> None:
    with _only(NO_MODEL) as api:
        done = client("recommend", "Bolero", url=api.url)

    assert done.code == 1
    assert done.err == (
        "playlist-client: No model is loaded yet: run playlist-trainer train, or ask again in a second.\n"
    )


def test_problem_document_is_told_as_it_says(client: Client) -> None:
    with _only(Mood(status=422)) as api:
        done = client("recommend", "Bolero", url=api.url)

    assert (done.code, done.err) == (
        1,
        "playlist-client: limit is the number 0, expected a whole number from 1 to 100.\n",
    )


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://host:99999", "http://host:x", "ht tp://a b", "://"])
def test_address_that_is_none_is_wrong_use(client: Client, url: str) -> None:
    done = client("version", "--url", url)

    assert done.code == 2
    assert "is not the address of an API; use one such as http://127.0.0.1:8080" in done.err


def test_address_with_a_query_is_wrong_use(client: Client) -> None:
    done = client("version", "--url", "http://host/?q=1")

    assert done.code == 2
    assert "has a query" in done.err


def test_password_of_the_address_is_sent_and_never_shown(client: Client, api: FakeApi) -> None:
    with_password = api.url.replace("http://", "http://me:secret@")

    done = client("version", "--url", with_password)
    refused = client("version", "--url", "http://me:secret@127.0.0.1:1")

    assert api.asked[0].headers["Authorization"] == "Basic bWU6c2VjcmV0"
    assert f"address\t{api.url}\n" in done.out
    assert "secret" not in done.out + done.err + refused.out + refused.err


def test_wrong_use_of_an_option_is_exit_code_2_without_a_stack_trace(client: Client) -> None:
    for arguments in (("recommend", "x", "--limit", "0"), ("nonsense",), ("song",), ("version", "--timeout", "x"), ()):
        done = client(*arguments)

        assert done.code == 2
        assert len(done.err.splitlines()) == 1 or not arguments


def test_options_that_exclude_each_other_are_wrong_use(client: Client) -> None:
    both = client("version", "--url", "x", "--kube", "y")
    alone = client("version", "-n", "production")

    assert (both.code, alone.code) == (2, 2)
    assert "both --url and --kube are given: choose one" in both.err
    assert "--namespace needs --kube RELEASE" in alone.err


@pytest.mark.parametrize("imported", ["rich", "requests", "typer", "playlist_client.app"])
def test_ctrl_c_while_a_command_still_starts_ends_it_without_a_word(process: Process, imported: str) -> None:
    interrupted = f"""
import importlib.abc, os, signal, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {imported!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from playlist_client.__main__ import main
sys.exit(main())
"""
    done = Process(process.environment, (sys.executable, "-c", interrupted))("version", "--url", "http://127.0.0.1:1")

    assert (done.code, done.out, done.err) == (130, "", "")


def test_error_of_the_clients_own_is_one_sentence_and_a_stack_trace_on_demand(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr("playlist_client.options.Options.api", broken)

    done = client("version")

    assert done.code == 1
    assert done.err == (
        "playlist-client: internal error: RuntimeError: the moon is full (PLAYLIST_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("PLAYLIST_DEBUG", "1")
    with pytest.raises(RuntimeError):
        client("version")
