"""Addresses of object stores: s3://bucket/prefix, gs://bucket/prefix, az://container/prefix."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

_ADDRESS = re.compile(r"(s3|gs|az)://([a-z0-9$][a-z0-9._-]{1,254})(?:/([^?#]*))?", re.IGNORECASE)
EXPECTED_URL = (
    "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, without user, query and fragment, "
    "or nothing for a folder"
)


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
        scheme, bucket, path = parts_of(text)
        prefix = path.strip("/")
        parts = set(prefix.split("/")) if prefix else set()
        if "@" in text or not prefix.isprintable() or {"", ".", ".."} & parts:
            raise ValueError(EXPECTED_URL)
        return cls(scheme, bucket, prefix)

    @property
    def public(self) -> str:
        """The form that is shown."""
        return f"{self.scheme}://{self.bucket}/{quote(self.prefix)}".rstrip("/")


def parts_of(text: str) -> tuple[str, str, str]:
    """Return scheme, bucket and path of an address in an object store; the path is not percent-encoded any more.

    Raises:
        ValueError: it is none, or has a query or a fragment; it may hold secrets, don't show it.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise ValueError(EXPECTED_URL)
    return found[1].lower(), found[2], unquote(found[3] or "", errors="strict")


def is_store_url(text: str) -> bool:
    """Tell whether a text is meant as an object store's address, not as a folder's."""
    return "://" in text
