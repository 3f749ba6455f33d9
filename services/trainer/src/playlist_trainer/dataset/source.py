"""What is remembered of a dataset between two trainings."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playlist_model import rfc3339

if TYPE_CHECKING:
    from playlist_trainer.dataset.download import Downloaded, Validators


def _now() -> str:
    return rfc3339(datetime.now(UTC))


def digest_of_slices(digests: Mapping[str, str]) -> str:
    """Return the sha256, hex, of a dataset in several files, from their names and sha256, in the order of names."""
    listing = "".join(f"{digests[name]} {name}\n" for name in sorted(digests))
    return hashlib.sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True)
class Source:
    """What a look at a dataset's address found; kept beside the models as source.json.

    Attributes:
        url: without user and query.
        sha256: hex, of the content; of several files, as ``digest_of_slices`` makes it.
        byte_count: of the content.
        url_key: tells whether another URL is the same, query included, without revealing it; "" for a file.
        etag, last_modified: as the server gave them, for the next conditional request.
        checked_at: when this was found, RFC 3339.
    """

    url: str
    sha256: str
    byte_count: int
    url_key: str = ""
    etag: str | None = None
    last_modified: str | None = None
    checked_at: str = field(default_factory=_now)

    @classmethod
    def of_download(cls, url: str, found: "Downloaded") -> "Source":
        """Note a download; ``url`` is without user and query."""
        validators = found.validators
        return cls(url, found.sha256, found.bytes, validators.url_key, validators.etag, validators.last_modified)

    @classmethod
    def parse(cls, content: bytes) -> "Source | None":
        """Read source.json; None when it can't be used: then the dataset is fetched anew."""
        try:
            return cls(**json.loads(content))
        except (ValueError, TypeError):
            return None

    def dump(self) -> bytes:
        """Return the bytes of source.json."""
        return json.dumps(asdict(self), indent=1).encode() + b"\n"

    @property
    def validators(self) -> "Validators":
        """What a conditional request to the same URL sends."""
        # With what speaks HTTP, which takes long to import: see dataset.py.
        from playlist_trainer.dataset.download import Validators  # noqa: PLC0415

        return Validators(self.url_key, self.etag, self.last_modified)
