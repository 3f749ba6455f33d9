"""The API's address, as a person types it and as it is used."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from playlist_client.errors import UsageError

DEFAULT_URL = "http://127.0.0.1:8080"


def checked_url(text: str) -> str:
    """Return a base URL that paths can be put behind; ``localhost:8080`` is taken for http.

    Raises:
        UsageError: not a URL of a web server, or one with a query.
    """
    url = text.strip()
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or any(character.isspace() for character in url):
        raise UsageError(f"{text!r} is not the address of an API; use one such as {DEFAULT_URL}")
    if parts.query or parts.fragment:
        raise UsageError(f"{text!r} has a query or a fragment; use the address alone, such as {DEFAULT_URL}")
    return url.rstrip("/")


def shown_url(url: str) -> str:
    """Return a URL without user and password, for messages, logs and reports."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def is_this_host(url: str) -> bool:
    """Say whether a URL leads to the machine that the client runs on."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
