"""An object store's bucket: the few requests that a model store is made of, with failures in words of our own."""

import mmap
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotModifiedError, PreconditionError

from playlist_model.errors import StoreChangedError, StoreRefusedError, StoreUnavailableError
from playlist_model.store.address import StoreAddress
from playlist_model.store.client import client_of
from playlist_model.store.failures import failure_of, is_beyond_the_end

if TYPE_CHECKING:
    from obstore import UpdateVersion
    from obstore.store import ObjectStore as Client

    from playlist_model.store.opening import StoreOptions

_T = TypeVar("_T")
# A request for something small, or for one piece of something large, ends within this time.
_REQUEST_S = 20.0
# An upload of a whole file has a second more for each of so many bytes.
_SLOWEST_BYTES_PER_S = 256 * 1024
_PAUSES_S = (0.2, 1.0, 3.0)
# S3 takes no more in one request.
_MOST_AT_ONCE = 4 * 2**30


@dataclass(frozen=True)
class Got:
    """An object's content, and what names this version of it in conditions."""

    content: bytes
    version: "UpdateVersion"


@dataclass(frozen=True)
class Bucket:
    """What lies below one prefix.

    Attributes:
        address: of the prefix.
        options: how it is reached.
        attempts: how often a request is sent that fails in a way that may pass.
    """

    address: StoreAddress
    options: "StoreOptions"
    client: "Client" = field(repr=False)

    @classmethod
    def open(cls, address: StoreAddress, options: "StoreOptions") -> "Bucket":
        """Return a bucket; nobody is asked yet.

        Raises:
            StoreRefusedError: the options, or what the environment says, can't be used.
        """
        return cls(address, options, client_of(address, options, _REQUEST_S))

    @property
    def name(self) -> str:
        """The address as it may be shown."""
        return self.address.public

    def get(self, key: str, known: Got | None = None) -> Got | None:
        """Return an object, ``known`` itself where that is still what is there; None where there is none."""

        def request() -> Got | None:
            options: Any = {"if_none_match": known.version["e_tag"]} if known and known.version.get("e_tag") else {}
            try:
                answer = obstore.get(self.client, key, options=options)
                return Got(bytes(answer.bytes()), _version(answer.meta))
            except NotModifiedError:
                return known
            except FileNotFoundError as error:
                if failure := self._failure_if_bucket_is_missing(error):
                    raise failure from None
                return None

        return self._asked(request)

    def get_range(self, key: str, start: int, end: int) -> bytes | None:
        """Return an object's bytes from one offset to another (exclusive), as far as it goes; None for no object."""

        def request() -> bytes | None:
            try:
                return bytes(obstore.get_range(self.client, key, start=start, end=end))
            except FileNotFoundError:
                return None
            except BaseError as error:
                if is_beyond_the_end(error):
                    return b""
                raise

        return self._asked(request)

    def create(self, key: str, content: bytes) -> "UpdateVersion":
        """Make an object that is not there.

        Raises:
            StoreChangedError: it is there, with other content.
        """
        try:
            return self._asked(lambda: _version(obstore.put(self.client, key, content, mode="create")))
        except (AlreadyExistsError, PreconditionError):
            return self._version_if_ours(key, content)

    def replace(self, key: str, content: bytes, version: "UpdateVersion") -> "UpdateVersion":
        """Replace a version of an object.

        Raises:
            StoreChangedError: another version is there, or none.
        """
        try:
            return self._asked(lambda: _version(obstore.put(self.client, key, content, mode=version)))
        except (PreconditionError, AlreadyExistsError, FileNotFoundError):
            return self._version_if_ours(key, content)

    def put(self, key: str, content: bytes) -> None:
        """Make or replace an object, whatever is there."""
        self._asked(lambda: obstore.put(self.client, key, content))

    def upload(self, key: str, path: Path, is_new: bool) -> None:
        """Send a file.

        Args:
            key: of the object.
            path: the file.
            is_new: whether an object that is there by now is this one, from an attempt whose answer was lost.
        """
        size = path.stat().st_size
        client = self.client
        if size > _SLOWEST_BYTES_PER_S:
            client = client_of(self.address, self.options, _REQUEST_S + size / _SLOWEST_BYTES_PER_S)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            # Not in parts: those of an upload that was cut off stay in the store, and no listing shows them.
            many: dict[str, Any] = {"use_multipart": size > _MOST_AT_ONCE}
            if is_new and size <= _MOST_AT_ONCE:
                many = {"mode": "create"}
            with suppress(AlreadyExistsError), memoryview(content) as view:
                self._asked(lambda: obstore.put(client, key, view, **many))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the objects whose keys begin with a folder's name: bytes by key."""

        def request() -> dict[str, int]:
            return {each["path"]: each["size"] for page in obstore.list(self.client, prefix) for each in page}

        return self._asked(request)

    def delete(self, keys: Collection[str]) -> None:
        """Remove objects; those that are gone are well."""
        if keys:
            with suppress(FileNotFoundError):
                self._asked(lambda: obstore.delete(self.client, list(keys)))

    def _version_if_ours(self, key: str, content: bytes) -> "UpdateVersion":
        """Return the version of what is there if it is what we sent: the answer to that request was lost."""
        found = self.get(key)
        if found is not None and found.content == content:
            return found.version
        raise StoreChangedError(f"{self.name}: another trainer changed {key} meanwhile; look again")

    def _failure_if_bucket_is_missing(self, error: FileNotFoundError) -> StoreRefusedError | None:
        failure = failure_of(self.address.scheme, self.name, error)
        return failure if isinstance(failure, StoreRefusedError) else None

    def _asked(self, request: Callable[[], _T]) -> _T:
        """Return what a request gives, sent again when it failed in a way that may pass."""
        for pause_s in (*_PAUSES_S[: self.options.attempts - 1], None):
            try:
                return self._asked_once(request)
            except StoreUnavailableError:
                if pause_s is None:
                    raise
                time.sleep(pause_s)
        raise AssertionError

    def _asked_once(self, request: Callable[[], _T]) -> _T:
        try:
            return request()
        except (AlreadyExistsError, NotModifiedError, PreconditionError, FileNotFoundError):
            raise
        except BaseException as error:
            failure = failure_of(self.address.scheme, self.name, error)
            if failure is None:
                raise
        raise failure


def _version(result: Any) -> "UpdateVersion":
    # As conditions, obstore takes no None.
    return {name: result[name] for name in ("e_tag", "version") if result[name] is not None}  # type: ignore[return-value]
