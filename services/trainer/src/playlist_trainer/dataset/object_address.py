"""Addresses of objects in a store: s3://bucket/key, gs://bucket/key, az://container/key."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from playlist_model.store.address import parts_of

SCHEMES = frozenset({"s3", "gs", "az"})
# The store's own address decides which bucket a name means.
ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_ACCOUNT_NAME"),
}


@dataclass(frozen=True)
class ObjectAddress:
    """One object, or everything below a prefix.

    Attributes:
        scheme: ``s3``, ``gs`` or ``az``.
        bucket: its name; a container's in Azure.
        key: of the object, not percent-encoded; empty or with a slash at its end for a prefix.
    """

    scheme: str
    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> "ObjectAddress":
        """Take an address apart; its key may be percent-encoded, as in any URL.

        Raises:
            ValueError: it is not one, or has user info, a query or a fragment; it may hold secrets, don't show it.
        """
        return cls(*parts_of(text))

    @property
    def is_prefix(self) -> bool:
        """Whether this means all objects below it."""
        return not self.key or self.key.endswith("/")

    @property
    def public(self) -> str:
        """The form that is shown and stored."""
        return f"{self.scheme}://{self.bucket}/{quote(self.key)}"

    def below(self, key: str) -> "ObjectAddress":
        """Return the address of another object in the same bucket."""
        return ObjectAddress(self.scheme, self.bucket, key)

    def url_key(self, environ: Mapping[str, str]) -> str:
        """Return an opaque key by which the same object of the same store is recognised."""
        store = [environ.get(name, "") for name in ENDPOINTS[self.scheme]]
        return hashlib.sha256("\n".join([self.public, *store]).encode("utf-8", "surrogatepass")).hexdigest()
