"""A dataset from an object store (S3, Google Cloud Storage, Azure) to files on this disk."""

import hashlib
import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import obstore

from playlist_trainer.dataset.download.limits import Deadline, DownloadLimits
from playlist_trainer.dataset.download.partial_file import check_size
from playlist_trainer.dataset.download.retries import with_retries
from playlist_trainer.dataset.download.transfer import Progress
from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.dataset.object_settings import open_store
from playlist_trainer.dataset.object_transfer import Bucket, ObjectTransfer, ask
from playlist_trainer.dataset.printable import counted
from playlist_trainer.dataset.source import Source, digest_of_slices
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError
from playlist_trainer.settings import Settings, names_of

if TYPE_CHECKING:
    from obstore import ObjectMeta

_log = logging.getLogger(__name__)
# What a dataset in several objects is made of: of the first kind that is there.
_KINDS = tuple(re.compile(rf".*\.{kind}", re.DOTALL) for kind in (r"json(\.gz)?", r"parquet", r"csv(\.gz|\.zst)?"))
_MAX_NAME = 200
_SHORTEST_BUCKET = 2  # characters


@dataclass(frozen=True)
class Fetched:
    """Objects that arrived whole.

    Attributes:
        paths: one file, or the slices below a prefix by name.
        source: where they came from.
    """

    paths: tuple[Path, ...]
    source: Source


def fetch_objects(
    settings: Settings,
    into: Path,
    limits: DownloadLimits,
    known: Source | None,
    progress: Progress,
    environ: Mapping[str, str] = os.environ,
) -> Fetched | None:
    """Fetch an object, or all slices (.json, .json.gz) below a prefix; if there are none, all .parquet or .csv files.

    Args:
        settings: name the dataset.
        into: the file to write, or the folder for slices.
        limits: of time and size.
        known: what an earlier look found; its ETag is sent to the object that it came from alone.
        progress: called after each piece that arrives.
        environ: where credentials and the store's address are; read as obstore documents it.

    Returns:
        None when the store still has what ``known`` describes.

    Raises:
        SettingError: the address, the credentials or the store's settings can't be used.
        DatasetError: what is asked for is not there for us, or too large.
        DatasetUnavailableError: the store, the network or the transfer failed in every attempt.
        TransientError: a file can't be written.
    """
    address = parse_address(settings.dataset_url)
    began = time.monotonic()
    known_etag = known.etag if known and known.url_key == address.url_key(environ) else None
    bucket = Bucket(open_store(address, settings, environ), limits, Deadline(limits.deadline_s), progress)
    found = (_fetch_slices if address.is_prefix else _fetch_one)(address, bucket, into, known_etag)
    if found is None:
        _log.info("asked for %s: not modified", address.public)
        return None
    paths, sha256, size, etag = found
    _log.info("fetched %s: %d bytes in %.1f s", address.public, size, time.monotonic() - began)
    return Fetched(paths, Source(address.public, sha256, size, address.url_key(environ), etag))


def parse_address(url: str) -> ObjectAddress:
    """Take an object's address apart.

    Raises:
        SettingError: it is not one; nothing of it is repeated.
    """
    try:
        return ObjectAddress.parse(url)
    except ValueError:
        pass
    found = re.match(r"\s*(?:s3|gs|az)://([^/?#@]*)(?:/[^?#@]*)?\s*$", url, re.IGNORECASE)
    fault = ""
    if found and len(found[1]) < _SHORTEST_BUCKET:
        length = counted(len(found[1]), "character")
        fault = f" (the bucket's name is too short: {length}, expected at least {_SHORTEST_BUCKET})"
    raise SettingError(
        f"{names_of('dataset_url')} is not a usable address of an object{fault}: expected s3://bucket/key, "
        "gs://bucket/key or az://container/key without user, query and fragment, special characters percent-encoded"
    )


# Paths, sha256, bytes and ETag.
_Found = tuple[tuple[Path, ...], str, int, str | None]


def _fetch_one(address: ObjectAddress, bucket: Bucket, into: Path, known_etag: str | None) -> _Found | None:
    found = ObjectTransfer(bucket, address, into, known_etag).run()
    return None if found is None else ((into,), found.sha256, found.bytes, found.etag)


def _fetch_slices(address: ObjectAddress, bucket: Bucket, into: Path, known_etag: str | None) -> _Found | None:
    listed = list_objects(address, bucket)
    etag = etag_of_listing(listed)
    if etag and etag == known_etag:
        return None
    into.mkdir()
    total, received, digests = sum(each["size"] for each in listed.values()), 0, {}
    for name, each in listed.items():
        transfer = ObjectTransfer(bucket, address.below(each["path"]), into / name, None, received, total)
        found = transfer.run()
        if found is None:
            raise DatasetUnavailableError(
                f"{transfer.address.public} answered 'not modified' to a request for all of it"
            )
        digests[name], received = found.sha256, received + found.bytes
    sha256 = digest_of_slices(digests) if len(digests) > 1 else next(iter(digests.values()))
    return tuple(into / name for name in digests), sha256, received, etag


def list_objects(address: ObjectAddress, bucket: Bucket) -> "dict[str, ObjectMeta]":
    """Return an object, or the files below a prefix, by the names that they get here, sorted.

    Raises:
        DatasetError: there is nothing, or it is too large.
        DatasetUnavailableError: the store failed in every attempt.
    """
    look = _listed if address.is_prefix else _looked_at
    return with_retries(lambda: look(address, bucket), bucket.limits, bucket.deadline)


def _looked_at(address: ObjectAddress, bucket: Bucket) -> "dict[str, ObjectMeta]":
    found = ask(address, lambda: obstore.head(bucket.store, address.key))
    check_size(found["size"], bucket.limits.max_bytes, address.public)
    return {_file_name(address.key.rpartition("/")[2], None): found}


def _listed(address: ObjectAddress, bucket: Bucket) -> "dict[str, ObjectMeta]":
    """Return the files below the prefix by the names that they get here, sorted."""
    prefix = address.key.rstrip("/") or None
    pages = iter(obstore.list(bucket.store, prefix))
    found: list[ObjectMeta] = []
    while (page := ask(address, lambda: next(pages, None))) is not None:
        found += page
        if bucket.deadline.remaining_s() <= 0:
            raise DatasetUnavailableError(f"listing {address.public} was too slow: try again later")
    slices = next(filter(None, (_files_of_kind(kind, found, prefix) for kind in _KINDS)), {})
    if not slices:
        raise DatasetError(
            f"{address.public}: no .json or .json.gz slices among {len(found)} objects below it, nor .parquet or .csv "
            f"files: check {names_of('dataset_url')}; the address of one object does not end in a slash"
        )
    if len(slices) < len(found):
        _log.info("passed over %d objects that are none of the files", len(found) - len(slices))
    check_size(sum(each["size"] for each in slices.values()), bucket.limits.max_bytes, address.public)
    return slices


def _files_of_kind(kind: re.Pattern[str], found: "list[ObjectMeta]", prefix: str | None) -> "dict[str, ObjectMeta]":
    named = {_file_name(each["path"], prefix): each for each in found if kind.fullmatch(each["path"])}
    return {name: each for name, each in sorted(named.items()) if not name.startswith(".")}


def etag_of_listing(listed: "Mapping[str, ObjectMeta]") -> str | None:
    """Return what changes when any of the files does; None when one has no ETag."""
    if not all(each["e_tag"] for each in listed.values()):
        return None
    lines = "".join(f"{each['e_tag']} {each['size']} {each['path']}\n" for each in listed.values())
    return f'"slices-{hashlib.sha256(lines.encode()).hexdigest()}"'


def _file_name(key: str, prefix: str | None) -> str:
    name = key.removeprefix(f"{prefix}/") if prefix else key
    name = name.replace("%", "%25").replace("/", "%2F")
    if len(name.encode()) > _MAX_NAME:
        name = hashlib.sha256(name.encode()).hexdigest()
    return name
