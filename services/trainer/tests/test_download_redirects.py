import time
from base64 import b64encode
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import NotModified, Validators, download, url_key
from playlist_trainer.errors import DatasetError, DatasetUnavailableError

from .http_origin import BODY, OK, QUICK, Answer, NewOrigin, Origin, fetched, left_in


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/final.csv", "final.csv", "//{host}/final.csv", "http://{host}/final.csv#top"])
def test_redirect_is_followed_with_credentials_within_the_origin(
    origin: Origin, into: Path, status: int, location: str
) -> None:
    origin.script("/final.csv", OK)
    origin.redirect("/x.csv", location.format(host=f"127.0.0.1:{origin.port}"), status)

    download(f"http://me:pass@127.0.0.1:{origin.port}/x.csv", into, limits=QUICK, headers={"X-Token": "t"})

    assert into.read_bytes() == BODY
    assert [request.target for request in origin.requests] == ["/x.csv", "/final.csv"]
    assert origin.sent("X-Token") == ["t", "t"]
    assert origin.sent("Authorization") == [f"Basic {b64encode(b'me:pass').decode()}"] * 2


def test_redirect_to_another_origin_takes_no_credentials_along(new_origin: NewOrigin, into: Path) -> None:
    origin, other = new_origin(), new_origin()
    other.script("/final.csv", OK)
    origin.redirect("/x.csv", f"{other.url}/final.csv")

    download(
        f"http://me:pass@127.0.0.1:{origin.port}/x.csv",
        into,
        limits=QUICK,
        headers={"X-Token": "t", "Cookie": "c=1", "Proxy-Authorization": "p"},
    )

    sent = other.requests[0].headers
    assert into.read_bytes() == BODY
    assert {name.lower() for name in sent} == {"host", "accept", "accept-encoding", "user-agent"}


def test_credentials_do_not_come_back_by_way_of_another_origin(new_origin: NewOrigin, into: Path) -> None:
    origin, other = new_origin(), new_origin()
    origin.redirect("/x.csv", other.redirect("/detour", f"{origin.url}/chosen-by-the-other"))
    origin.script("/chosen-by-the-other", OK)

    download(f"{origin.url}/x.csv", into, limits=QUICK, headers={"X-Token": "t"})

    assert origin.sent("X-Token") == ["t", None]


def test_credentials_that_a_redirect_brings_are_not_used(origin: Origin, into: Path) -> None:
    origin.script("/final.csv", OK)
    origin.redirect("/x.csv", f"http://you:word@127.0.0.1:{origin.port}/final.csv")

    download(f"{origin.url}/x.csv", into, limits=QUICK)

    assert origin.sent("Authorization") == [None, None]


def test_cookies_of_the_server_are_not_sent_back(origin: Origin, into: Path) -> None:
    origin.script("/x.csv", Answer(302, {"Location": "/final.csv", "Set-Cookie": "a=1; Path=/"}))
    origin.script("/final.csv", OK)

    download(f"{origin.url}/x.csv", into, limits=QUICK)

    assert origin.sent("Cookie") == [None, None]


def test_location_in_utf8_or_with_spaces_is_followed(origin: Origin, into: Path) -> None:
    origin.redirect("/x.csv", "/für elise.csv".encode().decode("latin-1"))
    origin.script("/f%C3%BCr%20elise.csv", OK)

    download(f"{origin.url}/x.csv", into, limits=QUICK)

    assert into.read_bytes() == BODY


def test_five_redirects_are_followed_and_a_sixth_is_not(origin: Origin, into: Path) -> None:
    for number in range(6):
        origin.redirect(f"/{number}", f"/{number + 1}?secret={number}")
    origin.script("/6", OK)

    download(f"{origin.url}/1", into, limits=QUICK)
    with pytest.raises(DatasetError, match=f"^{origin.url}/0 redirects more than 5 times, last to {origin.url}/6: "):
        download(f"{origin.url}/0", into, limits=QUICK)


def test_redirect_loop_ends(origin: Origin, into: Path) -> None:
    with pytest.raises(DatasetError, match="redirects more than 5 times"):
        download(origin.redirect("/x.csv", "/x.csv"), into, limits=QUICK)

    assert len(origin.requests) == 6


@pytest.mark.parametrize("scheme", ["file", "ftp", "data", "gopher"])
def test_redirect_off_http_is_refused(origin: Origin, into: Path, scheme: str) -> None:
    url = origin.redirect("/x.csv", f"{scheme}:///etc/passwd")

    with pytest.raises(DatasetError, match=f"answered 302, a redirect to a {scheme}: address, expected http"):
        download(url, into, limits=QUICK)

    assert len(origin.requests) == 1
    assert left_in(into) == []


@pytest.mark.parametrize(
    "location", ["https://", "http://[::1/", "http://a:b/", r"http://127.0.0.1\@example.org/", "https:///x"]
)
def test_redirect_to_an_unreadable_address_is_refused(origin: Origin, into: Path, location: str) -> None:
    with pytest.raises(DatasetError, match="a redirect to an address that can't be read"):
        download(origin.redirect("/x.csv", location), into, limits=QUICK)


def test_redirect_without_a_location_is_refused(origin: Origin, into: Path) -> None:
    with pytest.raises(DatasetError, match=r"a redirect to nowhere \(no Location\), expected http"):
        download(origin.script("/x.csv", Answer(302)), into, limits=QUICK)


def test_endless_body_of_a_redirect_is_not_read(origin: Origin, into: Path) -> None:
    origin.script("/final.csv", OK)
    url = origin.script("/x.csv", Answer(302, {"Location": "/final.csv"}, bytes(1000), trickle_s=0.05))
    began = time.monotonic()

    download(url, into, limits=QUICK)

    assert time.monotonic() - began < 20


def test_unchanged_file_is_not_fetched_again(origin: Origin, into: Path) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Sat, 22 Nov 2025 10:00:00 GMT"}
    url = origin.script("/x.csv", Answer(200, headers, BODY), Answer(304)) + "?v=1"
    first = fetched(download(url, into, limits=QUICK))
    into.unlink()

    second = download(url, into, limits=QUICK, known=first.validators)

    assert second == NotModified()
    assert origin.sent("If-None-Match") == [None, '"v1"']
    assert origin.sent("If-Modified-Since") == [None, "Sat, 22 Nov 2025 10:00:00 GMT"]
    assert left_in(into) == []


def test_unchanged_file_leaves_the_copy_that_is_there(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(304))
    into.write_bytes(BODY)

    download(url, into, limits=QUICK, known=Validators(url_key(url), '"v1"', None))

    assert into.read_bytes() == BODY


def test_changed_file_is_fetched(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(200, {"ETag": '"v2"'}, BODY))

    found = fetched(download(url, into, limits=QUICK, known=Validators(url_key(url), '"v1"', None)))

    assert found.validators.etag == '"v2"'
    assert into.read_bytes() == BODY


@pytest.mark.parametrize("other", ["/y.csv", "/x.csv?token=2", "/x.csv?"])
def test_validators_are_not_sent_to_another_url(origin: Origin, into: Path, other: str) -> None:
    known = Validators(url_key(origin.url + other), '"v1"', "Sat, 22 Nov 2025 10:00:00 GMT")

    download(origin.script("/x.csv", OK), into, limits=QUICK, known=known)

    assert origin.sent("If-None-Match") == [None]
    assert origin.sent("If-Modified-Since") == [None]


def test_validators_belong_to_the_url_that_redirects_lead_to(origin: Origin, into: Path) -> None:
    target = origin.script("/final.csv", Answer(200, {"ETag": '"v1"'}, BODY), Answer(304))
    url = origin.redirect("/x.csv", "/final.csv")

    first = fetched(download(url, into, limits=QUICK))
    second = download(url, into, limits=QUICK, known=first.validators)

    assert first.validators.url_key == url_key(target)
    assert second == NotModified()
    assert origin.sent("If-None-Match") == [None, None, None, '"v1"']


def test_answer_304_to_an_unconditional_request_is_an_error(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(304))

    with pytest.raises(DatasetUnavailableError, match=r"answered 304 \(not modified\), expected 200"):
        download(url, into, limits=QUICK, known=Validators(url_key(url), None, None))


def test_validator_with_a_control_character_is_not_kept(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(200, {"ETag": '"v\x01"'}, BODY))

    assert fetched(download(url, into, limits=QUICK)).validators.etag is None
