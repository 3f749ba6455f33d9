"""From a dataset's address to files on this disk, with the hash that tells one dataset from another."""

import hashlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

from playlist_trainer.dataset.formats import Kind, kind_of
from playlist_trainer.dataset.mpd_slices import slices_of
from playlist_trainer.dataset.source import Source
from playlist_trainer.errors import DatasetError
from playlist_trainer.settings import Settings, names_of

if TYPE_CHECKING:
    from tqdm import tqdm

_log = logging.getLogger(__name__)
_BUILTIN = "builtin:"


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
        DatasetError, DatasetUnavailableError, SettingError: as they say.
    """
    scheme = urlsplit(settings.dataset_url).scheme.lower()
    if scheme in {"http", "https"}:
        return _fetch_url(settings, scratch / "dataset", known)
    paths = _local_paths(settings.dataset_url, scheme)
    digest, size = _digest(paths)
    shown = settings.dataset_url if scheme == "builtin" else str(paths[0] if len(paths) == 1 else paths[0].parent)
    kind = kind_of(paths[0], shown if len(paths) == 1 else str(paths[0]))
    return Dataset(paths, kind, Source(shown, digest, size))


def _fetch_url(settings: Settings, into: Path, known: Source | None) -> Dataset | None:
    # What speaks HTTP takes a fifth of a second to import: not for a file.
    from tqdm import tqdm  # noqa: PLC0415

    from playlist_trainer.dataset.download import (  # noqa: PLC0415
        DownloadLimits,
        NotModified,
        download,
        public_url,
        read_headers,
    )

    url = settings.dataset_url
    limits = DownloadLimits(
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        deadline_s=settings.deadline_s,
        retries=settings.retries,
        max_bytes=settings.max_dataset_bytes,
    )
    headers = read_headers(settings.dataset_headers_file) if settings.dataset_headers_file else {}
    with tqdm(unit="B", unit_scale=True, desc="dataset", leave=False, disable=not sys.stderr.isatty()) as bar:
        found = download(
            url,
            into,
            limits=limits,
            headers=headers,
            ca_bundle=settings.dataset_ca_bundle,
            known=known.validators if known else None,
            progress=_shown_on(bar),
        )
    if isinstance(found, NotModified):
        return None
    return Dataset((found.path,), kind_of(found.path, public_url(url)), Source.of_download(public_url(url), found))


def _shown_on(bar: "tqdm[NoReturn]") -> Callable[[int, int | None], None]:
    def progress(received: int, total: int | None) -> None:
        bar.total = total
        bar.update(received - bar.n)

    return progress


def _local_paths(url: str, scheme: str) -> tuple[Path, ...]:
    if scheme == "builtin":
        name = url.removeprefix(_BUILTIN)
        if name != "sample":
            raise DatasetError(f"there is no dataset {url!r}: the one built in is builtin:sample")
        return (Path(str(files("playlist_trainer") / "sample.csv")),)
    if scheme and scheme != "file":
        raise DatasetError(
            f"a dataset can't be read by {scheme}: give an http, https or file URL, a path, or builtin:sample"
        )
    path = Path(unquote(urlsplit(url).path)) if scheme else Path(url)
    try:
        paths = slices_of(path) if path.is_dir() else (path,)
        if not path.exists():
            raise DatasetError(f"{path}: no such file: check {names_of('dataset_url')}")
    except (OSError, ValueError) as error:
        raise DatasetError(f"{url[:200]!r} is not a usable path: {error}") from error
    return paths


def _digest(paths: tuple[Path, ...]) -> tuple[str, int]:
    """Give the sha256 of a file; of several, the sha256 over their names and hashes."""
    digests, size = [], 0
    for path in paths:
        try:
            with path.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
            size += path.stat().st_size
        except OSError as error:
            raise DatasetError(f"{path}: can't be read: {error.strerror}") from error
    if len(paths) == 1:
        return digests[0], size
    listing = "".join(f"{digest} {path.name}\n" for digest, path in zip(digests, paths, strict=True))
    return hashlib.sha256(listing.encode()).hexdigest(), size
