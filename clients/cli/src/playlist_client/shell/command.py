"""The command ``shell``."""

import typer

from playlist_client.api import DEFAULT_TIMEOUT_S
from playlist_client.connection import KubeOption, NamespaceOption, TimeoutOption, UrlOption, reached


def shell(
    *,
    url: UrlOption = None,
    kube: KubeOption = None,
    namespace: NamespaceOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT_S,
) -> None:
    """Choose songs line by line, and ask what goes with them.

    A line is a title, completed from what the API knows, or a command such as /send; /help lists them. Ctrl-C empties
    the line or gives up waiting, Ctrl-D leaves. Lines from a pipe are taken as well.
    """
    # A third of the start of every command, were it imported for all of them.
    from playlist_client.shell.prompt import talk  # noqa: PLC0415

    with reached(url, kube, namespace) as base_url:
        code = talk(base_url, timeout)
    raise typer.Exit(code)
