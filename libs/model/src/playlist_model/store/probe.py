"""Whether a store keeps to the conditions that publishing rests on."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from playlist_model.errors import StoreChangedError, StoreRefusedError
from playlist_model.store.bucket import Bucket

if TYPE_CHECKING:
    from obstore import UpdateVersion

SCRATCH = "tmp"


def probe(bucket: Bucket) -> None:
    """Try conditional writes and reads on an object of its own.

    Raises:
        StoreRefusedError: the store ignores them, so that two trainers could publish at once.
    """
    # Twice: an object that somebody clears meanwhile looks like a condition that was ignored.
    ignored = _ignored(bucket) and _ignored(bucket)
    if ignored:
        raise StoreRefusedError(
            f"{bucket.name}: the store ignores {ignored}, which publishing needs so that two trainers can't overwrite "
            "each other: use a store with conditional writes, or a volume (modelStore.url empty)"
        )


def _ignored(bucket: Bucket) -> str:
    """Return the condition that the store ignores, "" when it keeps to all."""
    key = f"{SCRATCH}/probe-{secrets.token_hex(8)}"
    version = bucket.create(key, b"1")
    try:
        return _ignored_on(bucket, key, version)
    finally:
        bucket.delete([key])


def _ignored_on(bucket: Bucket, key: str, version: "UpdateVersion") -> str:
    if _is_written(lambda: bucket.create(key, b"2")):
        return "If-None-Match in PUT"
    bucket.replace(key, b"3", version)
    if _is_written(lambda: bucket.replace(key, b"4", version)):
        return "If-Match in PUT"
    found = bucket.get(key)
    if found is None or found.content != b"3":
        return "its own writes (a read does not show the last one)"
    return "" if bucket.get(key, found) is found else "If-None-Match in GET"


def _is_written(write: Callable[[], "UpdateVersion"]) -> bool:
    try:
        write()
    except StoreChangedError:
        return False
    return True
