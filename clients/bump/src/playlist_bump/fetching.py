"""Fetching what stands behind a dataset's URL, as the trainer does; what it imports takes a second."""

import logging
import os
import re
import tempfile
from dataclasses import fields
from pathlib import Path

from playlist_bump.errors import BumpError, InputError, UnavailableError
from playlist_bump.heads import check_head
from playlist_bump.looks import Look
from playlist_bump.reading import Reading
from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.download.addresses import Address
from playlist_trainer.dataset.object_address import SCHEMES, ObjectAddress
from playlist_trainer.errors import SettingError, TrainerError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings, names_of

_BUILTIN = "builtin:"
_ABSOLUTE_FILE = re.compile(r"file:(//[^/]*)?/", re.IGNORECASE)


def look(url: str, reading: Reading) -> Look:
    """Fetch a dataset, and return what was found.

    Args:
        url: of the dataset.
        reading: how it is read.

    Raises:
        InputError: it can't be fetched, is no dataset, or the URL would carry a secret into Git.
        UnavailableError: its server or the network failed, which may pass.
    """
    url = url.strip()
    _check_public(url)
    try:
        flags = {**dict(reading.decided), "dataset_url": url, "dataset_sha256": ""}
        return Look(url, _sha256(Settings.read(flags, fallbacks=dict(reading.defaults))))
    except TrainerError as error:
        failure = _failure(error, reading)
    raise failure


def _sha256(settings: Settings) -> str:
    # Why an attempt failed is in the error of the last one.
    logging.getLogger("playlist_trainer").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="playlist-bump-") as scratch:
        found = fetch(settings, Path(scratch))
        if found is None:
            raise InputError("the dataset's server says that nothing changed, though it was not asked: report it")
        if settings.dataset_url.startswith(_BUILTIN):
            return ""
        check_head(found, settings)
    return found.source.sha256


def _failure(error: TrainerError, reading: Reading) -> BumpError:
    """Return a failure of the trainer's as one of this command's, whose reader can change other things."""
    words = str(error)
    for field in fields(Settings):
        names = names_of(field.name)
        *others, flag = names.split(" / ")
        name = "the URL" if field.name == "dataset_url" else _name(field.name, others or [flag], reading)
        words = words.replace(names, name)
        if flag.startswith("--") and isinstance(error, SettingError):
            words = re.sub(rf"(?<=: |; ){flag}(?= is | can't )", name, words)
    return InputError(words) if error.exit_code == InputError.exit_code else UnavailableError(words)


def _name(field: str, names: list[str], reading: Reading) -> str:
    """Return the one name of a setting that counts here: the value's, or the variable's if that is what was read."""
    value, variable = names[0], names[-1]
    return variable if os.environ.get(variable) and field not in dict(reading.decided) else value


def _check_public(url: str) -> None:
    """Refuse a URL that nobody but its owner should read, and a path that means another file elsewhere.

    Raises:
        InputError: the URL is not named in the message where it may hold a secret.
    """
    if not _is_public(url):
        raise InputError(
            "the URL has user, password, query or fragment, or can't be read: it may be private and does not belong "
            "in Git; give a public URL and send credentials by dataset.headers.existingSecret, or put the whole URL "
            "into a Secret and name that in dataset.existingSecret"
        )
    if url[:5].lower() == "file:":
        if not _ABSOLUTE_FILE.match(url):
            raise InputError(
                f"{url!r} is a relative path: the trainer's pod would look for it elsewhere; expected file:///path"
            )
    elif "://" not in url and not url.startswith(("/", _BUILTIN)):
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
