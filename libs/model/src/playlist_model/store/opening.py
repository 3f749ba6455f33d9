"""From what people set to the store that they mean."""

from dataclasses import dataclass
from pathlib import Path

from playlist_model.errors import StoreRefusedError
from playlist_model.store.address import EXPECTED_URL, StoreAddress, is_store_url
from playlist_model.store.folder import FolderStore
from playlist_model.store.interface import ModelStore


@dataclass(frozen=True)
class StoreOptions:
    """How object stores are reached; folders need none of it.

    Attributes:
        endpoint: address of the server; empty for the cloud's own.
        region: empty for the environment's, or the store's default.
        allow_http: whether the endpoint may be asked without encryption.
        ca_bundle: PEM file of certificate authorities that may vouch for the server, beside the usual ones.
        attempts: how often a request is sent that fails in a way that may pass.
    """

    endpoint: str = ""
    region: str = ""
    allow_http: bool = False
    ca_bundle: Path | None = None
    attempts: int = 3


def open_store(where: str, local: Path, options: StoreOptions | None = None) -> ModelStore:
    """Return a store; nobody is asked yet. An object store's credentials are taken from the environment.

    Args:
        where: an object store's address, a folder, or empty for the folder ``local``.
        local: the folder of models, or for an object store of what this machine needs of them.
        options: for object stores.

    Raises:
        StoreRefusedError: the address or the options can't be used; nothing of them is repeated.
    """
    if not is_store_url(where):
        return FolderStore(Path(where) if where else local)
    # 15 MB that a service on a volume can do without.
    from playlist_model.store.bucket import Bucket  # noqa: PLC0415
    from playlist_model.store.object_store import ObjectStore  # noqa: PLC0415

    try:
        address = StoreAddress.parse(where)
    except ValueError:
        address = None
    if address is None:
        raise StoreRefusedError(f"modelStore.url / PLAYLIST_MODEL_STORE_URL can't be used: expected {EXPECTED_URL}")
    return ObjectStore(Bucket.open(address, options or StoreOptions()), local)
