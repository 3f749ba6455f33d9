"""From a dataset's address to files on this disk, with the hash that tells one dataset from another."""

import hashlib
import logging
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from playlist_trainer.dataset.formats import Kind, kind_of
from playlist_trainer.dataset.object_address import SCHEMES
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.dataset.secret_folder import with_secret
from playlist_trainer.dataset.slice_folder import slices_of
from playlist_trainer.dataset.source import Source, digest_of_slices
from playlist_trainer.errors import DatasetError, SettingError
from playlist_trainer.redaction import redacted
from playlist_trainer.setting_types import SPARK
from playlist_trainer.settings import Settings, names_of

if TYPE_CHECKING:
    from playlist_trainer.dataset.download import DownloadLimits

_log = logging.getLogger(__name__)
_BUILTIN = "builtin:"
_SCHEME = re.compile(r"\s*((?:https?|file|builtin)(?=:)|[a-z][a-z0-9+.-]*(?=://))", re.IGNORECASE)
_FILE_URL = re.compile(r"\s*file:(?://(?:localhost)?(?=/))?(?!//)([^?#]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Dataset:
    """A dataset on this disk.

    Attributes:
        paths: one file, or the slices of one dataset by name.
        kind: how they are read.
        source: where they came from.
    """

    paths: tuple[Path, ...]
    kind: Kind
    source: Source


def fetch(settings: Settings, scratch: Path, known: Source | None = None) -> Dataset | None:
    """Bring the dataset to this disk.

    Args:
        settings: name the dataset, and bound the transfer.
        scratch: an existing folder for what is downloaded.
        known: what an earlier look found; with it, an unchanged dataset is not fetched again.

    Returns:
        The dataset, or None when the server says that it is still the one that ``known`` describes.

    Raises:
        DatasetError, DatasetUnavailableError, SettingError: as they say; DatasetError also when the dataset is another
            than the one that ``dataset_sha256`` pins.
    """
    settings = with_secret(settings)
    scheme = _scheme_of(settings.dataset_url)
    if scheme in {"http", "https"}:
        found = _fetch_url(settings, scratch / "dataset", known)
    elif scheme in SCHEMES and settings.engine == SPARK:
        from playlist_trainer.spark.objects import read_objects  # noqa: PLC0415 - only this engine needs Spark

        found = read_objects(settings, known)
    elif scheme in SCHEMES:
        found = _fetch_objects(settings, scratch / "dataset", known)
    else:
        found = _local(settings.dataset_url, scheme)
    source = found.source if found else known
    if source and settings.dataset_sha256 not in {"", source.sha256}:
        raise DatasetError(
            f"{shown_path(source.url)}: found sha256 {source.sha256}, expected {settings.dataset_sha256}: the dataset "
            f"is not the one that Git names; update {names_of('dataset_sha256')} or the URL"
        )
    return found


def came_from_the_same_server(known: Source, settings: Settings) -> bool:
    """Tell whether an earlier look asked a server for what the settings name, pinned bytes included.

    False for what is on this disk: no server can be away.
    """
    key = _url_key(with_secret(settings).dataset_url)
    return bool(key) and known.url_key == key and settings.dataset_sha256 in {"", known.sha256}


def _url_key(url: str) -> str:
    """Return what recognises the address of a dataset on a server; empty for any other."""
    scheme = _scheme_of(url)
    if scheme in {"http", "https"}:
        from playlist_trainer.dataset.download import url_key  # noqa: PLC0415 - see _fetch_url

        return url_key(url)
    if scheme in SCHEMES:
        from playlist_trainer.dataset.object_store import parse_address  # noqa: PLC0415 - see _fetch_url

        return parse_address(url).url_key(os.environ)
    return ""


def _scheme_of(url: str) -> str:
    """Return the scheme of what is a URL, in lower case, else an empty text; a password may hold a colon too."""
    found = _SCHEME.match(url)
    return found[1].lower() if found else ""


def _fetch_url(settings: Settings, into: Path, known: Source | None) -> Dataset | None:
    # What speaks HTTP takes a fifth of a second to import: not for a file.
    from playlist_trainer.dataset.download import (  # noqa: PLC0415
        NotModified,
        download,
        public_url,
        read_headers,
        url_key,
    )
    from playlist_trainer.dataset.progress import progress_bar  # noqa: PLC0415

    url = settings.dataset_url
    if is_pinned(known, url_key(url), settings):
        return None
    headers = read_headers(settings.dataset_headers_file) if settings.dataset_headers_file else {}
    with progress_bar() as progress:
        found = download(
            url,
            into,
            limits=download_limits(settings),
            headers=headers,
            ca_bundle=settings.dataset_ca_bundle,
            known=known.validators if known else None,
            progress=progress,
        )
    if isinstance(found, NotModified):
        return None
    return Dataset((found.path,), kind_of(found.path, public_url(url)), Source.of_download(public_url(url), found))


def _fetch_objects(settings: Settings, into: Path, known: Source | None) -> Dataset | None:
    from playlist_trainer.dataset.object_store import fetch_objects, parse_address  # noqa: PLC0415
    from playlist_trainer.dataset.progress import progress_bar  # noqa: PLC0415

    if is_pinned(known, parse_address(settings.dataset_url).url_key(os.environ), settings):
        return None
    if settings.dataset_headers_file:
        _log.warning("the headers of %s are sent with http(s) requests only", names_of("dataset_headers_file"))
    with progress_bar() as progress:
        found = fetch_objects(settings, into, download_limits(settings), known, progress)
    if found is None:
        return None
    return Dataset(found.paths, _kind_of(found.paths, found.source.url), found.source)


def is_pinned(known: Source | None, url_key: str, settings: Settings) -> bool:
    """Tell whether a request could find nothing new: these very bytes are asked for, and came from this very URL."""
    return known is not None and known.url_key == url_key and known.sha256 == settings.dataset_sha256


def download_limits(settings: Settings) -> "DownloadLimits":
    """Return the limits of a transfer, as the settings say."""
    from playlist_trainer.dataset.download import DownloadLimits  # noqa: PLC0415

    return DownloadLimits(
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        deadline_s=settings.deadline_s,
        retries=settings.retries,
        max_bytes=settings.max_dataset_bytes,
    )


def _local(url: str, scheme: str) -> Dataset:
    paths = _local_paths(url, scheme)
    digest, size = _digest(paths)
    # Absolute: a later command may take the dataset from a manifest, and run in another folder.
    shown = url if scheme == "builtin" else str((paths[0] if len(paths) == 1 else paths[0].parent).absolute())
    return Dataset(paths, _kind_of(paths, shown), Source(shown, digest, size))


def _kind_of(paths: tuple[Path, ...], shown: str) -> Kind:
    """Tell the kind of a dataset by its first file; of several, messages name that one."""
    return kind_of(paths[0], shown_path(shown if len(paths) == 1 else f"{shown}: {paths[0].name}"))


def _local_paths(url: str, scheme: str) -> tuple[Path, ...]:
    shown = redacted(url)[:200]
    if scheme == "builtin":
        if url != f"{_BUILTIN}sample":
            raise DatasetError(f"there is no dataset {shown!r}: the one built in is builtin:sample")
        return (Path(str(files("playlist_trainer") / "sample.csv")),)
    if scheme and scheme != "file":
        raise DatasetError(
            f"a dataset can't be read by {scheme}: give an http, https, s3, gs, az or file URL, a path, "
            "or builtin:sample"
        )
    path = _path_of(url) if scheme else Path(url)
    try:
        paths = slices_of(path) if path.is_dir() else (path,)
        if not path.exists():
            # What was typed may be a URL with a mistake in it.
            raise DatasetError(f"{redacted(str(path))[:200]}: no such file: check {names_of('dataset_url')}")
    except (OSError, ValueError) as error:
        fault = (isinstance(error, OSError) and error.strerror) or "no file can have this name"
    else:
        return paths
    raise DatasetError(f"{shown!r} is not a usable path: {fault}")


def _path_of(url: str) -> Path:
    """Return the path of a file URL."""
    found = _FILE_URL.match(url)
    if found is None:
        raise SettingError(
            f"{names_of('dataset_url')} is a file URL that names a host, expected three slashes: file:///path"
        )
    return Path(unquote(found[1]))


def _digest(paths: tuple[Path, ...]) -> tuple[str, int]:
    """Return the sha256 of a file, or of several as one, and their size in bytes."""
    digests, size = {}, 0
    for path in paths:
        try:
            with path.open("rb") as file:
                digests[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
            size += path.stat().st_size
        except OSError as error:
            raise DatasetError(f"{shown_path(path)}: can't be read: {error.strerror}") from error
    return digests[paths[0].name] if len(paths) == 1 else digest_of_slices(digests), size
