"""What stands behind a dataset's URL now, hashed as the trainer hashes it."""

from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from playlist_bump.reading import Reading


@dataclass(frozen=True)
class Look:
    """What was found behind a URL.

    Attributes:
        url: as it may stand in Git.
        sha256: hex, of the content; empty for what comes with the trainer's image, and changes with it alone.
    """

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the URL's path, for a commit's first line."""
        return PurePosixPath(urlsplit(self.url).path).name or self.url

    @property
    def is_of_this_machine(self) -> bool:
        """Whether it is a file, which a pod sees only where it is mounted."""
        return self.url.startswith("/") or self.url.lower().startswith("file:")


class Looks:
    """Looks at URLs, at each of them once, however often an edit is made again.

    Attributes:
        at: what is found at a URL, read in one way; raises what ``fetching.look`` does.
    """

    def __init__(self) -> None:
        self.at = cache(_look)


def _look(url: str, reading: Reading) -> Look:
    # Only these commands need it.
    from playlist_bump.fetching import look  # noqa: PLC0415

    return look(url, reading)
