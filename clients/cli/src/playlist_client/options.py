"""The options that every command shares: the way to the API, and the form of what is printed."""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from playlist_client.address import DEFAULT_URL, checked_url
from playlist_client.api import DEFAULT_TIMEOUT_S, Api
from playlist_client.errors import UsageError
from playlist_client.kube import forwarded
from playlist_client.output import Format, Listing, note, show
from playlist_client.usage import number_option


@dataclass(frozen=True)
class Options:
    """What was given for the options that all commands share.

    Attributes:
        url: of the API; None takes PLAYLIST_URL, then the default.
        kube: a Helm release to reach instead.
        namespace: of that release.
        timeout_s: for each whole answer.
        form: of what is printed; None suits a terminal or a pipe.
    """

    url: str | None
    kube: str | None
    namespace: str | None
    timeout_s: float
    form: Format | None

    @contextmanager
    def reached(self) -> Iterator[str]:
        """Yield the base URL that the options lead to, for as long as the context lasts.

        Raises:
            UsageError: options that exclude each other, or a URL that is none.
            UnreachableError: kubectl does not lead there.
        """
        if self.kube is None:
            if self.namespace is not None:
                raise UsageError("--namespace needs --kube RELEASE: give both or neither")
            yield checked_url(self.url or os.environ.get("PLAYLIST_URL") or DEFAULT_URL)
        elif self.url is not None:
            raise UsageError("both --url and --kube are given: choose one")
        else:
            with forwarded(self.kube, self.namespace, note) as local_url:
                yield local_url

    @contextmanager
    def api(self) -> Iterator[Api]:
        """Yield the API that the options lead to; raises what ``reached`` does."""
        with self.reached() as base_url, Api(base_url, self.timeout_s) as api:
            yield api

    def show(self, listing: Listing, values: Mapping[str, object]) -> None:
        """Print an answer in the form that was asked for; ``values`` is what JSON holds."""
        show(listing, values, self.form)


def _command_line(
    *,
    output: Annotated[
        Format | None,
        typer.Option("--output", "-o", help="Format; by default a table on a terminal, tabs in a pipe."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --output json.")] = False,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help=f"Where the API is. [PLAYLIST_URL; default: {DEFAULT_URL}]"),
    ] = None,
    kube: Annotated[
        str | None, typer.Option("--kube", metavar="RELEASE", help="Reach a Helm release by kubectl port-forward.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", metavar="NAMESPACE", help="Of the release; default: kubectl's.")
    ] = None,
    timeout: Annotated[
        float,
        number_option("--timeout", kind=float, low=0.01, high=3600, metavar="SECONDS", help="For each whole answer."),
    ] = DEFAULT_TIMEOUT_S,
) -> Options:
    """Return the shared options; the parameters are what Typer makes options of."""
    if json and output not in {None, Format.JSON}:
        raise UsageError(f"both --json and --output {output} are given: choose one")
    return Options(url, kube, namespace, timeout, Format.JSON if json else output)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the shared options to a command, behind its own, and hand them to its parameter ``options``."""
    shared = inspect.signature(_command_line).parameters

    def run(*arguments: Any, **given: Any) -> None:
        options = _command_line(**{name: given.pop(name) for name in shared})
        command(*arguments, **given, options=options)

    signature = inspect.signature(command)
    own = [parameter for name, parameter in signature.parameters.items() if name != "options"]
    parameters = [*own, *shared.values()]
    # What Typer reads: the signature for order and defaults, the annotations for the options.
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
