"""How an object store is reached: what people set, and for the rest what the environment says."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstore.store import AzureStore, GCSStore, S3Store

from playlist_model.errors import StoreRefusedError
from playlist_model.store.address import StoreAddress
from playlist_model.store.failures import CREDENTIALS

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Client

    from playlist_model.store.opening import StoreOptions

_CLIENTS = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}
_ENDPOINTS = {"s3": "endpoint", "gs": "base_url", "az": "endpoint"}
_CONNECT_S, _SILENT_S = 3.0, 10.0


def client_of(address: StoreAddress, options: "StoreOptions", request_s: float) -> "Client":
    """Return a client; nobody is asked yet.

    Args:
        address: of the prefix.
        options: how it is reached.
        request_s: when a request is given up.

    Raises:
        StoreRefusedError: the options, or what the environment says, can't be used; nothing of them is repeated.
    """
    client_options, config = _client_options(options, request_s), _config(address, options)
    opened: Client | None = None
    with suppress(Exception):  # whatever it is, its text may hold a key
        # Attempts are counted and waited for by ourselves.
        opened = _CLIENTS[address.scheme](
            address.bucket,
            prefix=address.prefix or None,
            client_options=client_options,
            retry_config={"max_retries": 0},
            **config,
        )
    if opened is not None:
        return opened
    raise StoreRefusedError(
        f"{address.public} can't be opened: the settings for it are incomplete or wrong; "
        f"set {CREDENTIALS[address.scheme]}"
    )


def _config(address: StoreAddress, options: "StoreOptions") -> dict[str, Any]:
    if options.endpoint.startswith("http:") and not options.allow_http:
        raise StoreRefusedError(
            "modelStore.endpoint / PLAYLIST_MODEL_STORE_ENDPOINT is an http address, without encryption: "
            "use https, or set modelStore.allowHttp / PLAYLIST_MODEL_STORE_ALLOW_HTTP if that is meant"
        )
    if options.region and address.scheme != "s3":
        raise StoreRefusedError(
            f"modelStore.region / PLAYLIST_MODEL_STORE_REGION is set, but {address.public} has no region to choose: "
            "leave it empty, or use s3://"
        )
    config: dict[str, Any] = {}
    if options.endpoint:
        config[_ENDPOINTS[address.scheme]] = options.endpoint
    if options.region:
        config["region"] = options.region
    return config


def _client_options(options: "StoreOptions", request_s: float) -> Any:
    # These replace what the environment says of the client (AWS_ALLOW_HTTP), all of it.
    found: dict[str, Any] = {
        "connect_timeout": timedelta(seconds=_CONNECT_S),
        "read_timeout": timedelta(seconds=_SILENT_S),
        "timeout": timedelta(seconds=request_s),
        "user_agent": "playlist-model",
    }
    if options.allow_http:
        found["allow_http"] = True
    if options.ca_bundle:
        found["root_certificate"] = _certificates(options.ca_bundle)
    return found


def _certificates(path: Path) -> bytes:
    content, fault = b"", "no certificate found in it"
    try:
        content = path.read_bytes()
    except OSError as error:
        fault = error.strerror or "can't be read"
    with suppress(Exception):  # of several kinds
        S3Store("unused", region="unused", client_options={"root_certificate": content})
        return content
    raise StoreRefusedError(
        f"modelStore.caBundle / PLAYLIST_MODEL_STORE_CA_BUNDLE: {path}: {fault}; expected a file of PEM certificates"
    )
