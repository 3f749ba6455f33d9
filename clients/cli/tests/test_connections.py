"""What keeps a whole answer from coming: time, broken connections, proxies, certificates."""

import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import Client, Done
from .fake_api import FakeApi, Mood
from .listener import answering


def _only(mood: Mood) -> FakeApi:
    return FakeApi(mood=lambda _path, _count: mood)


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
        connection = answering(server, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        done = client("version", "--timeout", "0.3", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3
    assert "did not answer within 0.3 s" in done.err


def test_answer_without_an_end_is_given_up_before_it_fills_the_memory(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        content = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + bytes(40 * 2**20)
        connection = answering(server, content)
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


def test_server_that_speaks_no_http_is_unreachable(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = answering(server, b"220 mail.example ESMTP\r\n")
        done = client("version", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3


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
            {"HTTP_PROXY": "me:secret@host:0"},
            "HTTP_PROXY is 'host:0', expected an address such as http://proxy:3128",
        ),
        (
            "http://a.invalid",
            {"http_proxy": "http://me:secret@host:x"},
            "HTTP_PROXY is not a proxy address, expected one such as http://proxy:3128",
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
        connection = answering(server, content)
        done = client("version", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection.join()

    assert done.code == 3
    assert done.err.endswith(words)


def test_address_of_https_where_http_is_spoken_is_told(client: Client, api: FakeApi) -> None:
    done = client("version", "--url", api.url.replace("http:", "https:"))

    assert done.code == 3
    assert done.err.endswith(" doesn't speak TLS; try http:// instead of https://\n")


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
            connection = answering(server, b"", context)
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
