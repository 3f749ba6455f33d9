"""One GET, from the first address to the one that redirects lead to, without ever sending a secret elsewhere."""

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from playlist_trainer.dataset.download.addresses import Address, public_url, scheme_of
from playlist_trainer.dataset.download.http_failures import failure_from_exception
from playlist_trainer.dataset.download.limits import Deadline, DownloadLimits
from playlist_trainer.errors import DatasetError, SettingError
from playlist_trainer.settings import names_of

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """A response whose body has not been read, and what it answers.

    Attributes:
        address: the last one, which answered.
        conditions: the conditional headers that this address was sent.
        response: to be closed by whoever gets this.
    """

    address: Address
    conditions: Mapping[str, str]
    response: requests.Response = field(repr=False)


class HttpGet:
    """Sends GETs within limits; TLS is verified by the given CA bundle, or as the environment or certifi say."""

    def __init__(self, limits: DownloadLimits, deadline: Deadline, ca_bundle: Path | None) -> None:
        self._limits = limits
        self._deadline = deadline
        self._ca_bundle = ca_bundle
        self._session = requests.Session()
        # Its warnings of malformed headers hold the whole URL, query included.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def open(
        self, start: Address, headers: Mapping[str, str], conditions_for: Callable[[str], Mapping[str, str]]
    ) -> Answer:
        """Ask, follow redirects, and give the first answer that is none.

        Args:
            start: where to begin.
            headers: credentials; sent, like the user info of ``start``, until a redirect leaves its origin.
            conditions_for: the conditional headers that belong to a URL, by its key.

        Raises:
            DatasetError: a redirect leads in circles, off http(s), or from https to http.
            SettingError: a header, the proxy or the CA bundle can't be used.
            DatasetUnavailableError: no answer came.
        """
        address = start
        secrets = CaseInsensitiveDict(start.authorization)
        secrets.update(headers)
        for _ in range(_MAX_REDIRECTS + 1):
            conditions = conditions_for(address.key)
            response = self._send(address, {**secrets, **conditions})
            if response.status_code not in _REDIRECTS:
                return Answer(address, conditions, response)
            # Unread: a redirect's body is of no use and may be endless.
            response.close()
            target = _redirected(address, response)
            if target.origin != address.origin:
                secrets.clear()
            address = target
        raise DatasetError(
            f"{start.public} redirects more than {_MAX_REDIRECTS} times, last to {address.public}: "
            f"give the final address in {names_of('dataset_url')}"
        )

    def _environment(self, address: Address, verify: str | None) -> dict[str, Any]:
        """Return the proxies and the CA bundle to use: the environment's (HTTP_PROXY, …) hold, as everywhere."""
        try:
            return dict(self._session.merge_environment_settings(address.url, {}, True, verify, None))
        except ValueError as error:
            failure = failure_from_exception(address.public, error)
        raise failure

    def _send(self, address: Address, headers: Mapping[str, str]) -> requests.Response:
        request = _prepared(address, headers)
        verify = str(self._ca_bundle) if self._ca_bundle else None
        settings = self._environment(address, verify)
        authorities = settings["verify"] or True
        if isinstance(authorities, str):
            _check_ca_bundle(Path(authorities))
        remaining_s = max(self._deadline.remaining_s(), 0.001)
        timeout = (
            min(self._limits.connect_timeout_s, remaining_s),
            min(self._limits.read_timeout_s, remaining_s),
        )
        try:
            # The adapter, not the session: that one would add passwords from ~/.netrc, and reads a redirect's
            # whole body even when told not to follow it.
            return self._session.get_adapter(address.url).send(
                request, stream=True, timeout=timeout, verify=authorities, proxies=settings["proxies"]
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = failure_from_exception(address.public, error)
        raise failure


def _prepared(address: Address, headers: Mapping[str, str]) -> requests.PreparedRequest:
    every = CaseInsensitiveDict({"Accept": "*/*", "User-Agent": "playlist-trainer"})
    every.update(headers)
    # A .csv.gz is to be stored as it is, and a Range counts bytes of what is stored at the server.
    every["Accept-Encoding"] = "identity"
    try:
        for value in every.values():
            value.encode("latin-1")
        return requests.Request("GET", address.url, headers=every).prepare()
    except requests.exceptions.InvalidURL:
        failure: Exception = DatasetError(f"{address.public} is not a valid address: check dataset.url")
    except (requests.RequestException, ValueError):
        failure = SettingError(
            f"{address.public} was not asked: a header of PLAYLIST_DATASET_HEADERS_FILE can't be sent"
        )
    raise failure


def _redirected(address: Address, response: requests.Response) -> Address:
    found = f"{address.public} answered {response.status_code}"
    target = None
    try:
        url = address.joined(response.headers["Location"])
        shown, scheme = public_url(url), scheme_of(url)
        if scheme in {"http", "https"}:
            target = Address.parse(url)
    except KeyError:
        shown, scheme = "nowhere (no Location)", ""
    except ValueError:
        shown, scheme = "an address that can't be read", ""
    if target is None:
        where = f"a {scheme}: address" if scheme else shown
        raise DatasetError(f"{found}, a redirect to {where}, expected http(s): check {names_of('dataset_url')}")
    if (address.scheme, target.scheme) == ("https", "http"):
        raise DatasetError(
            f"{found}, a redirect from https to {shown}, which anyone on the way could change: "
            f"expected https; check {names_of('dataset_url')}"
        )
    return target


def _check_ca_bundle(path: Path) -> None:
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(**({"capath": str(path)} if path.is_dir() else {"cafile": str(path)}))
    except ssl.SSLError:
        fault = "no certificate found in it"
    except OSError as error:
        fault = error.strerror or "can't be read"
    else:
        return
    raise SettingError(f"CA bundle {path}: {fault}; expected a readable file of PEM certificates")
