"""Where the songs of a request come from."""

from pathlib import Path

from .conftest import Client
from .fake_api import FakeApi, Mood


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
    binary = client("recommend", stdin=b"a\nab\xff")
    wide = client("recommend", stdin="Für".encode("utf-16"))
    marked = client("recommend", stdin=b"\xef\xbb\xbfTake Fiv\xe9\n")

    assert [done.code for done in (missing, folder, binary)] == [2, 2, 2]
    assert "none.txt can't be read: No such file or directory" in missing.err
    assert "can't be read: Is a directory" in folder.err
    assert "line 1: byte 0xe9 is not UTF-8" in marked.err
    assert binary.err == (
        "playlist-client: standard input, line 2: byte 0xff is not UTF-8; "
        "if it is Latin-1, convert it with iconv -f latin1 -t utf-8\n"
    )
    assert "if it is UTF-16, convert it with iconv -f utf-16 -t utf-8" in wide.err


def test_song_that_the_api_refuses_is_named_with_the_line_it_was_read_from(
    client: Client, api: FakeApi, tmp_path: Path
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("Ode to Joy\n\nBolero\n")
    detail = "songs[2] has 612 characters, expected at most 500: send a shorter one."
    api.mood = lambda _path, _count: Mood(status=422, json={"detail": detail})

    first = client("recommend", "Für Elise", "--file", file, url=api.url)
    argument = client("recommend", "a", "b", "c", url=api.url)

    assert (first.code, argument.code) == (1, 1)
    assert first.err.startswith(f"playlist-client: {file}, line 3: ")
    assert "line" not in argument.err
