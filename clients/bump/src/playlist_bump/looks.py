"""What stands behind a dataset's URL now, hashed as the trainer hashes it."""

import logging
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from playlist_bump.errors import InputError
from playlist_trainer.dataset.download.addresses import Address
from playlist_trainer.dataset.object_address import SCHEMES, ObjectAddress
from playlist_trainer.errors import TrainerError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings

_BUILTIN = "builtin:"


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


class Looks:
    """Looks at URLs, at each of them once, however often an edit is made again."""

    def __init__(self) -> None:
        self.at = cache(_look)


def _look(url: str) -> Look:
    """Fetch a dataset, and return what was found.

    Raises:
        InputError: it can't be fetched, is no dataset, or the URL would carry a secret into Git.
    """
    url = url.strip()
    check_public(url)
    try:
        settings = Settings.read({"dataset_url": url, "dataset_sha256": ""})
        return Look(url, _sha256(settings))
    except TrainerError as error:
        raise InputError(str(error)) from None


def _sha256(settings: Settings) -> str:
    # What tells the kinds of datasets apart takes long to import, and only this command needs it.
    from playlist_trainer.dataset.address import fetch  # noqa: PLC0415

    # Why an attempt failed is in the error of the last one.
    logging.getLogger("playlist_trainer").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="playlist-bump-") as scratch:
        found = fetch(settings, Path(scratch))
    if found is None:
        raise InputError("the dataset's server says that nothing changed, though it was not asked: report it")
    return "" if settings.dataset_url.startswith(_BUILTIN) else found.source.sha256


def check_public(url: str) -> None:
    """Refuse a URL that nobody but its owner should read, and a path that means another file elsewhere.

    Raises:
        InputError: the URL is not named in the message where it may hold a secret.
    """
    if not _is_public(url):
        raise InputError(
            "the URL has user, password, query or fragment, or can't be read: it may be private and does not belong "
            "into Git; give a public URL, and send credentials by dataset.headers.existingSecret"
        )
    if "://" not in url and not url.startswith(("/", _BUILTIN, "file:")):
        raise InputError(f"{url!r} is no absolute path and no URL: the trainer's pod would look for it elsewhere")


def _is_public(url: str) -> bool:
    scheme = url.partition("://")[0].lower()
    try:
        if scheme in {"http", "https"}:
            address = Address.parse(url)
            return address.user_info is None and address.query is None and "#" not in url and url.isprintable()
        if scheme in SCHEMES:
            ObjectAddress.parse(url)
            return True
    except ValueError:
        return False
    return redacted(url) == url
