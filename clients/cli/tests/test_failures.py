"""What goes wrong on the way, told in one sentence and an exit code."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from .conftest import Client, Done, Process
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


def test_page_of_some_other_server_is_not_taken_for_the_api(client: Client) -> None:
    for status, named in ((200, "200 OK"), (404, "404 Not Found"), (410, "410 Gone")):
        with _only(Mood(status=status, page="<html>hello</html>")) as api:
            done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"{api.url} is not a recommendation API: it answered {named}, not JSON" in done.err


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401 Unauthorized; it wants a log-in; give it as http://USER:PASSWORD@HOST"),
        (429, "429 Too Many Requests; it gets too many requests; retry later"),
        (500, "500 Internal Server Error; retry, or see its log"),
        (502, "502 Bad Gateway; retry"),
    ],
)
def test_status_of_a_proxy_is_told_with_what_to_do(client: Client, status: int, words: str) -> None:
    with _only(Mood(status=status, page="<html>")) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert (done.code, done.err) == (3, f"playlist-client: {api.url} answered {words}\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "500 Internal Server Error; retry, or see its log"),
        ({"detail": "boom"}, "500 Internal Server Error: boom"),
        ({"error": ["a"]}, '500 Internal Server Error: ["a"]'),
        ([1, 2], "500 Internal Server Error; retry, or see its log"),
    ],
    ids=str,
)
def test_refusal_in_words_of_another_server_is_told_with_address_and_status(
    client: Client, content: object, words: str
) -> None:
    with _only(Mood(status=500, json=content)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert (done.code, done.err) == (1, f"playlist-client: {api.url} answered {words}\n")


@pytest.mark.parametrize(("page", "found"), [("null", "null"), ("[1,2]", "the list [1, 2]"), ('"a"', 'the text "a"')])
def test_json_that_is_no_object_is_called_what_it_is(client: Client, page: str, found: str) -> None:
    with _only(Mood(page=page)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"it answered 200 OK with {found}, expected an object" in done.err


@pytest.mark.parametrize("rest", ["/api", "/api/recommend", "/api/"])
def test_address_that_goes_too_far_down_is_told_what_to_leave_out(client: Client, rest: str) -> None:
    with _only(Mood(status=404)) as api:
        done = client("version", "--url", api.url + rest)

        assert done.code == 3
        assert done.err == (
            f"playlist-client: {api.url}{rest.rstrip('/')} is not the API's address; "
            f"leave out {rest.rstrip('/')}: --url {api.url}\n"
        )


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"answer": 42},
        {"songs": "Bolero", "version": "1", "model_date": "now"},
        {"songs": [1], "version": "1", "model_date": "now"},
        {"songs": [], "version": 1, "model_date": "now"},
        {"songs": [], "version": "1", "model_date": None},
        {"songs": [], "version": "1", "model_date": "now", "recommendations": [{"song": "x"}]},
    ],
    ids=str,
)
def test_json_of_another_shape_is_not_taken_for_an_answer(client: Client, content: object) -> None:
    with _only(Mood(json=content)) as api:
        done = client("recommend", "Bolero", url=api.url)

    assert done.code == 3
    assert re.search(r"not (an answer of the|a) recommendation API: .+\n", done.err)


def test_slow_answer_is_given_up_after_the_timeout(client: Client) -> None:
    with _only(Mood(delay_s=20)) as api:
        started = time.monotonic()
        done = client("version", "--timeout", "0.2", url=api.url)
        waited_s = time.monotonic() - started

    assert done.code == 3
    assert "did not answer within 0.2 s; retry, or raise --timeout" in done.err
    assert waited_s < 10


def test_answer_that_stops_halfway_is_given_up_too(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        # Headers come at once from the kernel's buffer, the rest of the body never does.
        connection = _answering(server, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        done = client("version", "--timeout", "0.3", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3
    assert "did not answer within 0.3 s" in done.err


def test_answer_without_an_end_is_given_up_before_it_fills_the_memory(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        content = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + bytes(40 * 2**20)
        connection = _answering(server, content)
        done = client("version", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3
    assert "its answer is too large" in done.err


@pytest.mark.parametrize("mood", [Mood(drop=True), Mood(cut=True)], ids=["dropped", "cut"])
def test_connection_that_breaks_is_told_and_not_tried_again(client: Client, mood: Mood) -> None:
    with _only(mood) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert "closed the connection before the answer was complete" in done.err
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://music.example/api/recommend?a=b", "redirects to https://music.example; give that address as --url"),
        ("https://a:b@music.example/x/api/recommend", "redirects to https://music.example/x; give that address"),
        ("/ok/api/recommend", "redirects to {url}/ok; give that address as --url"),
        ("/login?next=/api/recommend", "redirects /api/recommend to {url}/login; if the API is there, give its"),
        ("/api/recommend/", "redirects /api/recommend to {url}/api/recommend/, and no redirect is followed"),
        ("http://[", "answered 308 Permanent Redirect without saying where to"),
        ("", "answered 308 Permanent Redirect without saying where to"),
    ],
)
def test_redirect_is_not_followed_and_names_the_address_to_give(client: Client, location: str, words: str) -> None:
    with _only(Mood(location=location)) as api:
        done = client("recommend", "Bolero", url=api.url)

        assert done.code == 3
        assert f"{api.url} {words.format(url=api.url)}" in done.err
        assert len(api.asked) == 1


def test_server_that_speaks_no_http_is_unreachable(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = _answering(server, b"220 mail.example ESMTP\r\n")
        done = client("version", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3


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


def test_proxy_of_the_environment_does_not_come_between_the_client_and_its_own_host(
    client: Client, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert client("version", url=api.url).code == 0
    far = client("version", url="http://music.invalid")
    assert far.code == 3
    assert "127.0.0.1:1" not in far.err, "a proxy's address may hold a password"


@pytest.mark.parametrize(
    ("url", "environment", "said"),
    [
        (
            "https://a.invalid",
            {"REQUESTS_CA_BUNDLE": "nosuch.pem"},
            "REQUESTS_CA_BUNDLE names nosuch.pem, which can't be read",
        ),
        ("https://a.invalid", {"CURL_CA_BUNDLE": "none.pem"}, "CURL_CA_BUNDLE names none.pem, which can't be read"),
        (
            "http://a.invalid",
            {"all_proxy": "socks5://me:secret@127.0.0.1:1"},
            "ALL_PROXY is a SOCKS proxy, which this client can't use; set an HTTP proxy, such as http://proxy:3128",
        ),
        (
            "http://a.invalid",
            {"http_proxy": "garbage://"},
            "HTTP_PROXY is 'garbage://', expected an address such as http://proxy:3128",
        ),
        (
            "https://a.invalid",
            {"HTTPS_PROXY": "ftp://me:secret@host"},
            "HTTPS_PROXY is 'ftp://host', expected an address such as http://proxy:3128",
        ),
        (
            "http://a.invalid",
            {"http_proxy": "http://me:secret@host:x"},
            "HTTP_PROXY is no address of a proxy, expected one such as http://proxy:3128",
        ),
    ],
)
def test_setting_of_the_environment_that_can_not_be_used_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch, url: str, environment: dict[str, str], said: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    done = client("version", "--url", url)

    assert (done.code, done.err) == (2, f"playlist-client: {said}\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
            "is not a recommendation API: its answer can't be decoded\n",
        ),
        (b"\x15\x03\x01\0\x02\x02\x16\r\n", "complete; retry, or is it https://?\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n", "complete; retry\n"),
    ],
    ids=["gzip", "tls", "halfway"],
)
def test_answer_that_makes_no_sense_is_told_with_its_likely_cause(client: Client, content: bytes, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = _answering(server, content)
        done = client("version", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3
    assert done.err.endswith(words)


def test_address_of_https_where_http_is_spoken_is_told(client: Client, api: FakeApi) -> None:
    done = client("version", "--url", api.url.replace("http:", "https:"))

    assert done.code == 3
    assert done.err.endswith(" speaks no TLS; try http:// instead of https://\n")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes the certificate, is not installed")
def test_certificate_that_nobody_vouches_for_or_of_another_name_is_told(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=a.example"
    names = ["-addext", "subjectAltName=DNS:a.example"]
    subprocess.run(
        [*command.split(), *names, "-keyout", tmp_path / "key.pem", "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")

    def asked() -> Done:
        with socket.create_server(("127.0.0.1", 0)) as server:
            connection = _answering(server, b"", context)
            done = client("version", "--url", f"https://localhost:{server.getsockname()[1]}")
            connection.join()
        return done

    unknown = asked()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    of_another = asked()

    assert (unknown.code, of_another.code) == (3, 3)
    assert "self" in unknown.err
    assert "REQUESTS_CA_BUNDLE" in unknown.err
    assert of_another.err.endswith("is not valid for 'localhost'; use a name that the certificate has\n")


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


def _answering(server: socket.socket, content: bytes, tls: ssl.SSLContext | None = None) -> threading.Thread:
    """Take one connection in a thread, send some bytes into it, and keep it until the other side has gone."""

    def answer() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            stream = tls.wrap_socket(connection, server_side=True) if tls else connection
            stream.sendall(content)
            while stream.recv(4096):
                pass

    thread = threading.Thread(target=answer)
    thread.start()
    return thread
