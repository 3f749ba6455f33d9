"""Where the songs of a request come from."""

from pathlib import Path

from .conftest import Client
from .fake_api import FakeApi


def test_songs_come_from_a_pipe_one_a_line(client: Client, api: FakeApi) -> None:
    client("recommend", url=api.url, stdin="Ode to Joy\n\n  Für Elise  \r\nOde to Joy\n")

    assert api.asked[0].body["songs"] == ["Ode to Joy", "Für Elise"]


def test_songs_come_from_a_file_beside_those_of_the_command_line(client: Client, api: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_bytes("\ufeffFür Elise\r\nOde, to \u2028Joy".encode())

    client("recommend", "Bolero", "--file", file, url=api.url)

    assert api.asked[0].body["songs"] == ["Bolero", "Für Elise", "Ode, to \u2028Joy"]


def test_dash_as_file_is_standard_input(client: Client, api: FakeApi) -> None:
    client("recommend", "Bolero", "--file", "-", url=api.url, stdin="Für Elise")

    assert api.asked[0].body["songs"] == ["Bolero", "Für Elise"]


def test_standard_input_is_left_alone_when_songs_are_named(client: Client, api: FakeApi) -> None:
    client("recommend", "Bolero", url=api.url, stdin="Für Elise")

    assert api.asked[0].body["songs"] == ["Bolero"]


def test_title_that_looks_like_an_option_follows_two_dashes(client: Client, api: FakeApi) -> None:
    client("recommend", "--limit", "3", "--", "--help", "-1", url=api.url)

    assert api.asked[0].body["songs"] == ["--help", "-1"]


def test_no_song_at_all_is_wrong_use(client: Client, api: FakeApi) -> None:
    for stdin, arguments in (("", ()), ("\n \n", ()), ("ignored", ("",))):
        done = client("recommend", *arguments, url=api.url, stdin=stdin)

        assert done.code == 2
        assert "no song given" in done.err
    assert api.asked == []


def test_file_that_is_missing_or_no_text_is_wrong_use(client: Client, tmp_path: Path) -> None:
    missing = client("recommend", "--file", tmp_path / "none.txt")
    folder = client("recommend", "--file", tmp_path)
    binary = client("recommend", stdin=b"ab\xff")

    assert [done.code for done in (missing, folder, binary)] == [2, 2, 2]
    assert "none.txt can't be read: No such file or directory" in missing.err
    assert "can't be read: Is a directory" in folder.err
    assert "standard input is not text in UTF-8: byte 0xff at 2" in binary.err
