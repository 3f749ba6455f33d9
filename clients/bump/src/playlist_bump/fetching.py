"""Fetching what stands behind a dataset's URL, as the trainer does; what it imports takes a second."""

import logging
import tempfile
from pathlib import Path

from playlist_bump.errors import InputError
from playlist_bump.looks import Look
from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.download.addresses import Address
from playlist_trainer.dataset.object_address import SCHEMES, ObjectAddress
from playlist_trainer.errors import TrainerError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings

_BUILTIN = "builtin:"


def look(url: str) -> Look:
    """Fetch a dataset, and return what was found.

    Raises:
        InputError: it can't be fetched, is no dataset, or the URL would carry a secret into Git.
    """
    url = url.strip()
    _check_public(url)
    try:
        settings = Settings.read({"dataset_url": url, "dataset_sha256": ""})
        return Look(url, _sha256(settings))
    except TrainerError as error:
        raise InputError(str(error)) from None


def _sha256(settings: Settings) -> str:
    # Why an attempt failed is in the error of the last one.
    logging.getLogger("playlist_trainer").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="playlist-bump-") as scratch:
        found = fetch(settings, Path(scratch))
    if found is None:
        raise InputError("the dataset's server says that nothing changed, though it was not asked: report it")
    return "" if settings.dataset_url.startswith(_BUILTIN) else found.source.sha256


def _check_public(url: str) -> None:
    """Refuse a URL that nobody but its owner should read, and a path that means another file elsewhere.

    Raises:
        InputError: the URL is not named in the message where it may hold a secret.
    """
    if not _is_public(url):
        raise InputError(
            "the URL has user, password, query or fragment, or can't be read: it may be private and does not belong "
            "into Git; give a public URL and send credentials by dataset.headers.existingSecret, or put the whole URL "
            "into a Secret and name that in dataset.existingSecret"
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
