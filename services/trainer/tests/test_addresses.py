import pytest

from playlist_trainer.dataset.download import public_url, url_key
from playlist_trainer.dataset.download.addresses import Address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a/b.csv", "https://example.org/a/b.csv"),
        ("https://me:secret@example.org/b.csv?sig=secret#secret", "https://example.org/b.csv"),
        ("https://secret@example.org", "https://example.org"),
        (" HTTPS://me:se@cret@Example.ORG:443/b.csv ", "https://example.org/b.csv"),
        ("http://me:secret@[::1]:8080/b.csv", "http://[::1]:8080/b.csv"),
        ("http://me:secret@bücher.example/ü.csv", "http://xn--bcher-kva.example/%C3%BC.csv"),
        ("http://example.org/b\n.csv", "http://example.org/b%0A.csv"),
        ("file:///data/b.csv", "file:///data/b.csv"),
        ("ftp://me:secret@example.org/b.csv?secret", "ftp://example.org/b.csv"),
        ("builtin:sample", "builtin:sample"),
        ("/data/me@work/b#1.csv", "/data/me@work/b#1.csv"),
        ("https.csv", "https.csv"),
    ],
)
def test_public_url_is_without_user_info_query_and_fragment(url: str, shown: str) -> None:
    assert public_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://me:sec/ret@example.org/b.csv",
        "https://me:sec?ret@example.org/b.csv",
        "https://me:sec#ret@example.org/b.csv",
        r"https://me:12\ret@example.org/b.csv",
        "https://me:secret@",
        "https://me:secret@[::1",
        "https:/me:secret@example.org/b.csv",
        "https:me:secret@example.org/b.csv",
        "https://me:secret@exa mple.org/b.csv",
        "https://me:secret@example.org:99999/b.csv",
        "https://me:secret@example.org:0/b.csv",
        "https://me:secret\uff1f@example.org/b.csv",
        "https://me:secret\uff20example.org/b.csv",
        "https://me:secret\u2100@example.org/b.csv",
        "https://me:sec\nret@example.org/b.csv",
        "https://me:sec ret@example.org/b.csv",
        "https://me:sec\udcffret@example.org/b.csv",
    ],
)
def test_of_an_address_that_cannot_be_read_only_the_scheme_is_shown(url: str) -> None:
    assert public_url(url) == "https://(unreadable)"


def test_url_key_is_the_same_for_the_same_resource() -> None:
    key = url_key("https://example.org/b.csv?v=1")

    assert len(key) == 64
    assert url_key("https://me:secret@example.org/b.csv?v=1") == key
    assert url_key("https://example.org/b.csv?v=1#part") == key
    assert url_key("HTTPS://EXAMPLE.ORG:443/b.csv?v=1") == key


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/b.csv",
        "https://example.org/b.csv?v=2",
        "http://example.org/b.csv?v=1",
        "https://example.org:444/b.csv?v=1",
        "https://example.com/b.csv?v=1",
        "https://example.org/B.csv?v=1",
    ],
)
def test_url_key_differs_for_another_resource(other: str) -> None:
    assert url_key(other) != url_key("https://example.org/b.csv?v=1")


def test_url_key_of_what_is_no_http_url_is_a_key_too() -> None:
    assert url_key("file:///a.csv") != url_key("file:///b.csv")
    assert url_key("https://[") == url_key("https://[#top")


def test_no_secret_of_an_address_is_in_its_repr() -> None:
    address = Address.parse("https://me:secret@example.org/b.csv?token=secret")

    assert "secret" not in repr(address)
    assert "me" not in repr(address).replace("scheme", "").replace("example", "")
