import logging
import socket
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import download
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError, TrainerError

from .http_origin import BODY, BUSY, OK, ONCE, QUICK, Answer, NewOrigin, Origin


def told(error: BaseException | None) -> str:
    """Return all texts that somebody could log of an exception and of what led to it."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401),
        Answer(404),
        BUSY,
        Answer(304),
        Answer(206),
        Answer(302),
        Answer(302, {"Location": "/x.csv?token=hunter2"}),
        Answer(302, {"Location": "//you:hunter2@127.0.0.1:1/x.csv?token=hunter2"}),
        Answer(302, {"Location": "file://you:hunter2@host/x.csv?token=hunter2"}),
        Answer(302, {"Location": "http://you:hunter2@[/x.csv?token=hunter2"}),
        Answer(302, {"Location": "http://you:hunter2@a..b/x.csv?token=hunter2"}),
        Answer(302, {"Location": f"http://you:hunter2@{'a' * 64}/x.csv?token=hunter2"}),
        Answer(302, {"Location": "https:hunter2@host/x.csv"}),
        Answer(302, {"Location": "http://you:hunter2@[fe80::1%25nosuchif]/x.csv?token=hunter2"}),
        Answer(200, {"Content-Encoding": "br"}),
        Answer(200, {"Content-Encoding": "gzip"}, BODY),
        Answer(body=BODY, cut_after=9),
        Answer(body=BODY, cut_after=9, chunked=True),
        Answer(body=BODY, trickle_s=30),
        Answer(body=BODY, length=10**15),
        Answer(raw=b""),
        Answer(raw=b"hunter2"),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\nhunter2"),
        Answer(silent_s=30),
    ],
)
def test_no_failure_tells_user_info_query_or_headers(
    origin: Origin, into: Path, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    origin.script("/x.csv", answer)
    limits = replace(QUICK, read_timeout_s=0.1, retries=1)
    headers = {"X-Token": "hunter2"}  # not in the call below: a traceback shows that line
    url = f"http://hunter1:hunter2@127.0.0.1:{origin.port}/x.csv?token=hunter2#hunter2"

    with caplog.at_level(logging.DEBUG, "playlist_trainer"), pytest.raises(TrainerError) as raised:
        download(url, into, limits=limits, headers=headers)

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("playlist_trainer")]
    assert "hunter" not in told(raised.value)
    assert "hunter" not in "\n".join(ours)


def test_warnings_of_malformed_headers_are_not_logged(
    origin: Origin, into: Path, caplog: pytest.LogCaptureFixture
) -> None:
    origin.script("/x.csv", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nnothing\r\nX: 1\r\n\r\na,b"))

    download(f"{origin.url}/x.csv?token=hunter2", into, limits=QUICK)

    assert into.read_bytes() == b"a,b"
    assert "hunter2" not in caplog.text


def test_success_logs_the_public_url_alone(origin: Origin, into: Path, caplog: pytest.LogCaptureFixture) -> None:
    origin.script("/x.csv", BUSY, Answer(302, {"Location": "/y.csv?token=hunter2"}))
    origin.script("/y.csv", OK)

    with caplog.at_level(logging.DEBUG, "playlist_trainer"):
        found = download(f"http://me:hunter2@127.0.0.1:{origin.port}/x.csv?token=hunter2", into, limits=QUICK)

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("playlist_trainer")]
    assert len(ours) == 2
    assert f"{origin.url}/x.csv" in ours[1]
    assert "hunter2" not in "\n".join([*ours, repr(found)])


@pytest.mark.parametrize(
    ("headers", "error"),
    [({"X": "hunter2\r\nY: 1"}, SettingError), ({"X": "hunter2€"}, SettingError), ({"X\n": "hunter2"}, SettingError)],
)
def test_header_that_cannot_be_sent_is_not_shown(
    origin: Origin, into: Path, headers: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error, match="a header of PLAYLIST_DATASET_HEADERS_FILE can't be sent") as raised:
        download(origin.script("/x.csv", OK), into, limits=QUICK, headers=headers)

    assert "hunter2" not in told(raised.value)
    assert origin.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://me:hunter2@host/x.csv",
        "http://me:hunter2@/x",
        "http://me:hunter2@h:x/",
        "https:/me:hunter2@h/",
        "me:hunter2@h/x.csv?token=hunter2",
    ],
)
def test_address_that_cannot_be_used_is_a_wrong_setting(into: Path, url: str) -> None:
    with pytest.raises(
        SettingError, match=r"^dataset\.url / PLAYLIST_DATASET_URL / --dataset is not a usable http"
    ) as raised:
        download(url, into, limits=QUICK)

    assert "hunter2" not in told(raised.value)


def test_host_with_an_impossible_name_is_not_tried_again(into: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DatasetError, match="has no valid name"):
        download(f"http://{'a' * 64}.example/x.csv", into, limits=QUICK)

    assert caplog.messages == []


def test_netrc_is_not_read(origin: Origin, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))

    download(origin.redirect("/x.csv", origin.script("/y.csv", OK)), into, limits=QUICK)

    assert origin.sent("Authorization") == [None, None]


# Proxies


def test_proxy_of_the_environment_is_used(new_origin: NewOrigin, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = new_origin()
    proxy.script("http://example.invalid/x.csv", OK)
    monkeypatch.setenv("http_proxy", f"http://me:pass@127.0.0.1:{proxy.port}")

    download("http://example.invalid/x.csv?a=1", into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert proxy.sent("Host") == ["example.invalid"]
    assert proxy.sent("Proxy-Authorization") == ["Basic bWU6cGFzcw=="]


def test_host_that_no_proxy_names_is_asked_directly(
    origin: Origin, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    download(origin.script("/x.csv", OK), into, limits=QUICK)

    assert into.read_bytes() == BODY


@pytest.mark.parametrize("url", ["http://example.invalid/x.csv", "https://example.invalid/x.csv"])
def test_proxy_that_is_away_may_pass(into: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://me:hunter2@127.0.0.1:{unused.getsockname()[1]}")

        with pytest.raises(DatasetUnavailableError, match="can't be reached by the proxy") as raised:
            download(url, into, limits=ONCE)

    assert "hunter2" not in told(raised.value)


@pytest.mark.parametrize(
    "proxy",
    ["http://me:hunter2@[", "http://me:hunter2@:80", "socks5://me:hunter2@127.0.0.1:1", "http://me:hunter2\uff1f@host"],
)
def test_proxy_that_cannot_be_used_is_not_tried_again(into: Path, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)

    with pytest.raises((SettingError, DatasetError), match="HTTP_PROXY") as raised:
        download("http://example.invalid/x.csv", into, limits=QUICK)

    assert "hunter2" not in told(raised.value)


# TLS


def test_certificate_that_nobody_vouches_for_is_refused(tls_origin: Origin, into: Path) -> None:
    url = tls_origin.script("/x.csv", OK)

    with pytest.raises(
        DatasetError, match=rf"^{url} has a certificate that can't be trusted \(self-signed certificate\)"
    ):
        download(url, into, limits=QUICK)

    assert tls_origin.requests == []


def test_certificate_is_verified_by_the_ca_bundle(tls_origin: Origin, certificate: Path, into: Path) -> None:
    url = tls_origin.script("/x.csv", OK)

    download(url, into, limits=QUICK, ca_bundle=certificate)

    assert into.read_bytes() == BODY


def test_certificate_of_another_host_is_refused(tls_origin: Origin, certificate: Path, into: Path) -> None:
    with pytest.raises(DatasetError, match=r"can't be trusted \(Hostname mismatch, "):
        download(f"https://localhost:{tls_origin.port}/x.csv", into, limits=QUICK, ca_bundle=certificate)


def test_ca_bundle_of_the_environment_holds(
    tls_origin: Origin, certificate: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    download(tls_origin.script("/x.csv", OK), into, limits=QUICK)

    assert into.read_bytes() == BODY


def test_given_ca_bundle_goes_before_that_of_the_environment(
    tls_origin: Origin, certificate: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")

    download(tls_origin.script("/x.csv", OK), into, limits=QUICK, ca_bundle=certificate)

    assert into.read_bytes() == BODY


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_ca_bundle_that_cannot_be_used_is_a_wrong_setting(
    origin: Origin, into: Path, tmp_path: Path, content: bytes | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_bytes(content)

    with pytest.raises(SettingError, match=f"^CA bundle {bundle}: .*; expected a readable file of PEM certificates"):
        download(origin.script("/x.csv", OK), into, limits=QUICK, ca_bundle=bundle)

    assert origin.requests == []


def test_redirect_from_https_to_http_is_refused(
    new_origin: NewOrigin, tls_origin: Origin, certificate: Path, into: Path
) -> None:
    plain = new_origin()
    url = tls_origin.redirect("/x.csv", plain.script("/y.csv", OK) + "?token=hunter2")

    with pytest.raises(DatasetError, match=f"a redirect from https to {plain.url}/y.csv, ") as raised:
        download(url, into, limits=QUICK, ca_bundle=certificate)

    assert "hunter2" not in told(raised.value)
    assert plain.requests == []


def test_redirect_from_http_to_https_takes_no_credentials_along(
    origin: Origin, tls_origin: Origin, certificate: Path, into: Path
) -> None:
    url = origin.redirect("/x.csv", tls_origin.script("/y.csv", OK))

    download(url, into, limits=QUICK, headers={"X-Token": "t"}, ca_bundle=certificate)

    assert into.read_bytes() == BODY
    assert (origin.sent("X-Token"), tls_origin.sent("X-Token")) == (["t"], [None])


def test_server_without_tls_at_an_https_address_may_pass(origin: Origin, into: Path) -> None:
    url = origin.url.replace("http:", "https:") + "/x.csv"

    with pytest.raises(
        DatasetUnavailableError, match=f"^{url} did not answer in TLS: it seems not to speak it; try http://"
    ):
        download(url, into, limits=ONCE)
