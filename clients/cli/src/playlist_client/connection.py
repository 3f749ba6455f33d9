"""Which API a command talks to: its options, and the way there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from playlist_client.address import DEFAULT_URL, checked_url
from playlist_client.api import Api
from playlist_client.errors import UsageError
from playlist_client.kube import forwarded
from playlist_client.output import note

UrlOption = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help=f"Where the API is. [PLAYLIST_URL; default: {DEFAULT_URL}]"),
]
KubeOption = Annotated[
    str | None,
    typer.Option("--kube", metavar="RELEASE", help="Reach the API of a Helm release through kubectl port-forward."),
]
NamespaceOption = Annotated[
    str | None,
    typer.Option("--namespace", "-n", metavar="NAMESPACE", help="Of the release; by default kubectl's own."),
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.01, max=3600, help="For each whole answer.")
]


@contextmanager
def reached(url: str | None, kube: str | None, namespace: str | None) -> Iterator[str]:
    """Yield the base URL that the options lead to, for as long as the context lasts.

    Raises:
        UsageError: options that exclude each other, or a URL that is none.
        UnreachableError: kubectl does not lead there.
    """
    if kube is None:
        if namespace is not None:
            raise UsageError("--namespace goes with --kube RELEASE: give both, or neither")
        yield checked_url(url or os.environ.get("PLAYLIST_URL") or DEFAULT_URL)
    elif url is not None:
        raise UsageError("--url and --kube are two ways to the API: give one")
    else:
        with forwarded(kube, namespace, note) as local_url:
            yield local_url


@contextmanager
def connected(url: str | None, kube: str | None, namespace: str | None, timeout_s: float) -> Iterator[Api]:
    """Yield the API that the options lead to; raises what ``reached`` does."""
    with reached(url, kube, namespace) as base_url, Api(base_url, timeout_s) as api:
        yield api
