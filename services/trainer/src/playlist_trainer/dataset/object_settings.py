"""How an object store is reached: what the environment says, within the trainer's limits."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstore.store import AzureStore, GCSStore, S3Store

from playlist_trainer.dataset.download.addresses import Address
from playlist_trainer.dataset.object_address import ENDPOINTS, ObjectAddress
from playlist_trainer.dataset.object_failures import CREDENTIALS
from playlist_trainer.errors import SettingError
from playlist_trainer.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

_STORES = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}
_PREFIXES = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_"}
_PROXY = ("proxy_url", "proxy_excludes", "proxy_ca_certificate")
_YES = frozenset({"1", "true", "on", "yes", "y"})


def open_store(address: ObjectAddress, settings: Settings, environ: Mapping[str, str]) -> "ObjectStore":
    """Return the store of a bucket, with the credentials that the environment holds; asks nobody yet.

    Raises:
        SettingError: the environment, or the CA bundle, can't be used.
    """
    allow_http = environ.get(f"{_PREFIXES[address.scheme]}ALLOW_HTTP", "").strip().lower() in _YES
    for name in ENDPOINTS[address.scheme]:
        _check_endpoint(name, environ.get(name, ""), allow_http)
    options = _client_options(address.scheme, settings, environ)
    if allow_http:
        options["allow_http"] = True
    # Attempts are counted and waited for by ourselves, as for http.
    opened: ObjectStore | None = None
    with suppress(Exception):  # whatever it is, its text may hold a key
        opened = _STORES[address.scheme](address.bucket, client_options=options, retry_config={"max_retries": 0})
    if opened is not None:
        return opened
    raise SettingError(
        f"the store of {address.public} can't be opened: the environment's settings for it are incomplete or wrong; "
        f"set {CREDENTIALS[address.scheme]}"
    )


def _client_options(scheme: str, settings: Settings, environ: Mapping[str, str]) -> "ClientConfig":
    options: Any = {
        "connect_timeout": timedelta(seconds=settings.connect_timeout_s),
        "read_timeout": timedelta(seconds=settings.read_timeout_s),
        "timeout": timedelta(seconds=settings.deadline_s),
        "user_agent": "playlist-trainer",
    }
    # Options that are given replace the environment's own, all of them.
    given = {name: environ.get(_PREFIXES[scheme] + name.upper(), "") for name in _PROXY}
    options |= {name: value for name, value in given.items() if value}
    if settings.dataset_ca_bundle:
        options["root_certificate"] = _certificates(settings.dataset_ca_bundle)
    return options  # type: ignore[no-any-return]


def _check_endpoint(name: str, value: str, allow_http: bool) -> None:
    if not value or not name.endswith(("URL", "ENDPOINT", "URL_S3")):
        return
    fault = ""
    try:
        address = Address.parse(value)
        if address.user_info is not None or address.query is not None:
            fault = "has a user, a password or a query"
        elif address.scheme == "http" and not allow_http:
            fault = "is an http address, without encryption: set AWS_ALLOW_HTTP=true if that is meant"
    except ValueError:
        fault = "is not an address"
    if fault:
        raise SettingError(f"{name} {fault}; expected https://host")


def _certificates(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = error.strerror or "can't be read"
    raise SettingError(f"CA bundle {path}: {fault}; expected a readable file of PEM certificates")
