"""Settings that are addresses; nothing of a wrong one is repeated, as it may hold a password."""

import re
from urllib.parse import urlsplit

from playlist_runtime.settings import unshown

_STORE = re.compile(r"(?!.*/\.{1,2}(?:/|$))(?:s3|gs|az)://[a-z0-9$][a-z0-9._-]{1,254}(?:/[^/?#@]+)*/?", re.IGNORECASE)
# A name, or an address of IPv4 or IPv6.
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9.])?|[0-9a-f:.]*:[0-9a-f:.]*(?:%[a-z0-9._-]+)?")


def _store_url(text: str) -> str:
    if text.strip() and not _STORE.fullmatch(text.strip()):
        raise ValueError(
            "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, without user, query and fragment, "
            "or nothing for a folder"
        )
    return text.strip()


def _server_url(text: str) -> str:
    return _url(
        text, re.compile("/?"), ValueError("https://host or http://host, without user, path, query and fragment")
    )


def _base_url(text: str) -> str:
    expected = ValueError("https://host or http://host, with a path or without, but no user, query and fragment")
    return _url(text, re.compile(r"[A-Za-z0-9._~/-]*"), expected)


def _url(text: str, path: re.Pattern[str], expected: ValueError) -> str:
    if not text.strip():
        return ""
    try:
        parts = urlsplit(text.strip())
        has_more = parts.username is not None or parts.query or parts.fragment or not path.fullmatch(parts.path)
        is_usable = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        raise expected from None
    if has_more or not is_usable or "@" in text:
        raise expected
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


store_url = unshown(_store_url)
server_url = unshown(_server_url)
base_url = unshown(_base_url)
