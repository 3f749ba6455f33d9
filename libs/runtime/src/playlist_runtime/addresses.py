"""Settings that are addresses of an object store; nothing of a wrong one is repeated, as it may hold a password."""

import re
from urllib.parse import urlsplit

from playlist_runtime.settings import unshown

_STORE = re.compile(r"(?!.*/\.{1,2}(?:/|$))(?:s3|gs|az)://[a-z0-9$][a-z0-9._-]{1,254}(?:/[^/?#@]+)*/?", re.IGNORECASE)


def _store_url(text: str) -> str:
    if text.strip() and not _STORE.fullmatch(text.strip()):
        raise ValueError(
            "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, without user, query and fragment, "
            "or nothing for a folder"
        )
    return text.strip()


def _server_url(text: str) -> str:
    if not text.strip():
        return ""
    expected = ValueError("https://host or http://host, without user, path, query and fragment")
    try:
        parts = urlsplit(text.strip())
        has_more = parts.username is not None or parts.query or parts.fragment or parts.path not in {"", "/"}
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        raise expected from None
    if has_more or not is_usable or "@" in text:
        raise expected
    return f"{parts.scheme}://{parts.netloc}"


store_url = unshown(_store_url)
server_url = unshown(_server_url)
