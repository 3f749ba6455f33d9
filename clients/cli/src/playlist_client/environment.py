"""What the environment sets for the way to the API, checked before anything is sent."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from playlist_client.errors import UsageError

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXY = "such as http://proxy:3128"


def check_bundle(url: str, bundle: object) -> None:
    """Check the file of trusted certificates that is used for an address.

    Args:
        url: of the API.
        bundle: its path; anything else stands for the certificates that come with requests.

    Raises:
        UsageError: it can't be read.
    """
    if not url.startswith("https:") or not isinstance(bundle, str) or os.access(bundle, os.R_OK):
        return
    name = next((name for name in _BUNDLES if os.environ.get(name) == bundle), _BUNDLES[0])
    raise UsageError(f"{name} names {bundle}, which can't be read")


def check_proxy(url: str, proxies: Mapping[str, str]) -> None:
    """Check the proxy that is used for an address.

    Args:
        url: of the API.
        proxies: by scheme, or ``all``, as the environment sets them.

    Raises:
        UsageError: it is none that the client can use.
    """
    scheme = urlsplit(url).scheme
    kind = scheme if proxies.get(scheme) else "all"
    proxy = proxies.get(kind)
    if not proxy:
        return
    name = f"{kind.upper()}_PROXY"
    try:
        # Without a scheme, requests takes it for http.
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        is_usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError(f"{name} is not a proxy address, expected one {_PROXY}") from None
    if parts.scheme.startswith("socks"):
        if find_spec("socks") is None:
            raise UsageError(f"{name} is a SOCKS proxy, which this client can't use; set an HTTP proxy, {_PROXY}")
    elif not is_usable or parts.scheme not in {"http", "https"}:
        raise UsageError(f"{name} is {_without_password(proxy)!r}, expected an address {_PROXY}")


def _without_password(proxy: str) -> str:
    scheme, found, rest = proxy.rpartition("://")
    return f"{scheme}{found}{rest.rpartition('@')[2]}"
