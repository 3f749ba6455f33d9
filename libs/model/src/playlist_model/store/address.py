"""Addresses of object stores: s3://bucket/prefix, gs://bucket/prefix, az://container/prefix."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

_ADDRESS = re.compile(r"(s3|gs|az)://([a-z0-9$][a-z0-9._-]{1,254})(?:/([^?#@]*))?", re.IGNORECASE)
EXPECTED_URL = (
    "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, without user, query and fragment, "
    "or nothing for a folder"
)
EXPECTED_ENDPOINT = "https://host or http://host, without user, path, query and fragment"


@dataclass(frozen=True)
class StoreAddress:
    """Everything below a prefix of a bucket.

    Attributes:
        scheme: ``s3``, ``gs`` or ``az``.
        bucket: its name; a container's in Azure.
        prefix: without a slash at either end, not percent-encoded; may be empty.
    """

    scheme: str
    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "StoreAddress":
        """Take an address apart.

        Raises:
            ValueError: it is not one, or has user info, a query or a fragment; it may hold secrets, don't show it.
        """
        found = _ADDRESS.fullmatch(text.strip())
        prefix = unquote(found[3] or "", errors="strict").strip("/") if found else ""
        if found is None or not prefix.isprintable() or {"", ".", ".."} & set(prefix.split("/")) - ({""} - {prefix}):
            raise ValueError(EXPECTED_URL)
        return cls(found[1].lower(), found[2], prefix)

    @property
    def public(self) -> str:
        """The form that is shown."""
        return f"{self.scheme}://{self.bucket}/{quote(self.prefix)}".rstrip("/")


def store_url(text: str) -> str:
    """Take the address of an object store, or nothing; nothing of a wrong one is repeated.

    Raises:
        ValueError: it is neither.
    """
    return StoreAddress.parse(text).public if text.strip() else ""


def store_endpoint(text: str) -> str:
    """Take the address of an object store's server, or nothing; nothing of a wrong one is repeated.

    Raises:
        ValueError: it is neither.
    """
    if not text.strip():
        return ""
    expected = ValueError(EXPECTED_ENDPOINT)
    try:
        parts = urlsplit(text.strip())
        has_more = parts.username is not None or parts.query or parts.fragment or parts.path not in {"", "/"}
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        raise expected from None
    if has_more or not is_usable or "@" in text:
        raise expected
    return f"{parts.scheme}://{parts.netloc}"


def is_store_url(text: str) -> bool:
    """Tell whether a text is meant as an object store's address, not as a folder's."""
    return "://" in text
