"""Addresses of datasets: one parser for what is shown, recognised again, compared and connected to."""

import base64
import hashlib
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

from urllib3.util import parse_url

_DEFAULT_PORTS = {"http": 80, "https": 443}
_DELIMITERS = frozenset("/?#@:%")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_MEANT_AS_HTTP = re.compile(r"\s*https?[:/]", re.IGNORECASE)


def public_url(url: str) -> str:
    """Return the only form of a URL that may be stored, logged or put into a message.

    User info, query and fragment are gone. Of an http(s) address that can't be read only the scheme is left, since
    nobody can tell which part of it is a password. A text without ``://`` (a path, ``builtin:sample``) is given back.

    >>> public_url("https://me:secret@example.org/a.csv?token=secret#top")
    'https://example.org/a.csv'
    """
    if _MEANT_AS_HTTP.match(url):
        try:
            return Address.parse(url).public
        except ValueError:
            return f"{url.strip()[:5].lower().rstrip(':/')}://(unreadable)"
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    authority, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def url_key(url: str) -> str:
    """Return an opaque key of the whole URL, query included, by which the same URL is recognised without storing it."""
    try:
        return Address.parse(url).key
    except ValueError:
        return _key(url.partition("#")[0])


def _check_authority(url: str) -> None:
    """Refuse user info, host or port with what ends them in another reader's eyes, such as U+FF1F for ``?``.

    Raises:
        ValueError: there is such a character, or one that is not printable, or a blank.
    """
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if any(not each.isprintable() or each.isspace() for each in authority):
        raise ValueError("control character or blank in a URL's authority")
    odd = "".join(each for each in authority if not each.isascii())
    if not _DELIMITERS.isdisjoint(unicodedata.normalize("NFKC", odd)):
        raise ValueError("a URL's authority has a character that only looks like a delimiter")


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Address:
    """An http(s) URL in its parts.

    Requests go to ``url``, made of these parts: a second parser, which might read another host out of the same
    text, never sees the original.

    Attributes:
        scheme: ``http`` or ``https``.
        host: lower case; IPv6 in brackets.
        port: 1..65535, the scheme's own when the URL names none.
        path: begins with a slash, or empty.
        query: without the question mark; None when there is none.
        user_info: percent-encoded, as ``user:password``; None when there is none.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str | None = field(repr=False)
    user_info: str | None = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Take a URL apart.

        Raises:
            ValueError: it is not an http(s) URL with a host; the text may hold secrets, don't show it.
        """
        url = text.strip()
        # Some readers end the host at a backslash and some don't, so that `http://a\@b/` would mean two hosts.
        if "\\" in url:
            raise ValueError("backslash in a URL")
        url.encode()  # what is no UTF-8 can't be sent; UnicodeEncodeError is a ValueError
        _check_authority(url)
        parts = parse_url(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.host or parts.port == 0:
            raise ValueError("not an http(s) URL with a host")
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        return cls(parts.scheme, parts.host, port, parts.path or "", parts.query, parts.auth)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what credentials are meant for."""
        return self.scheme, self.host, self.port

    @property
    def public(self) -> str:
        """The form without user info and query."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def url(self) -> str:
        """The form that is requested: with the query, without user info."""
        path = self.public if self.path else f"{self.public}/"
        return path if self.query is None else f"{path}?{self.query}"

    @property
    def key(self) -> str:
        """What ``url_key`` gives."""
        return _key(self.url)

    @property
    def authorization(self) -> dict[str, str]:
        """User info as a header; empty when there is none."""
        if self.user_info is None:
            return {}
        user, _, password = self.user_info.partition(":")
        credentials = f"{unquote(user)}:{unquote(password)}".encode()
        return {"Authorization": f"Basic {base64.b64encode(credentials).decode('ascii')}"}

    def joined(self, location: str) -> str:
        """Return the URL that a Location header means here; it may be of any scheme.

        Raises:
            ValueError: the header is not a URL.
        """
        # Headers arrive decoded as latin-1, while servers that don't percent-encode send UTF-8.
        with suppress(UnicodeError):
            location = location.encode("latin-1").decode("utf-8")
        return urljoin(self.url, location)


def scheme_of(url: str) -> str:
    """Return the scheme in lower case, empty when there is none."""
    match = _SCHEME.match(url.strip())
    return match[1].lower() if match else ""
