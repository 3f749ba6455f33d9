"""Serve recommendations, or drain the server that runs on this host: the command playlist-api."""

import argparse
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import NoReturn

from playlist_api.server.addresses import check_free
from playlist_api.server.drain import NoServerError, drain
from playlist_api.settings import Settings
from playlist_runtime.settings import SettingsError, from_environ, settings_of

USAGE_EXIT_CODE = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave with the exit code for a usage error: permanent, retrying won't help."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_EXIT_CODE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in {"-h", "--help", "--version"}):
        given.insert(0, "serve")
    options = vars(_parser(environ).parse_args(given))
    flags = {name: value for name, value in options.items() if name in settings_of(Settings) and value is not None}
    try:
        settings = from_environ(Settings, environ, flags)
    except SettingsError as error:
        print(f"playlist-api: {error}", file=sys.stderr)
        return USAGE_EXIT_CODE
    if options["command"] == "drain":
        return _drain(settings, options["seconds"])
    if problem := _problem_of(settings):
        print(f"playlist-api: {problem}", file=sys.stderr)
        return USAGE_EXIT_CODE
    for port in (settings.port, settings.metrics_port or 0):
        try:
            check_free(settings.host, port)
        except (OSError, UnicodeError) as error:
            cause = error.strerror if isinstance(error, OSError) else "not a host name"
            print(
                f"playlist-api: can't listen on {settings.host} port {port}: {cause}; {_remedy(error)}", file=sys.stderr
            )
            return 1
    return _serve(environ, flags)


def _remedy(error: OSError | UnicodeError) -> str:
    if not isinstance(error, OSError) or isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "give an address of this machine as --host"
    if error.errno == errno.EACCES:
        return "take a --port from 1024 on"
    if error.errno == errno.EADDRINUSE:
        return "stop what listens there, or take another --port"
    return "take another --host or --port"


def _problem_of(settings: Settings) -> str:
    """Return what keeps these settings from working together; "" for nothing."""
    if settings.port and settings.port == settings.metrics_port:
        return f"PLAYLIST_METRICS_PORT is {settings.port}, the port of the API itself"
    if settings.model_store_endpoint.startswith("http:") and not settings.model_store_allow_http:
        return (
            "PLAYLIST_MODEL_STORE_ENDPOINT is an http address, without encryption: use https, or set "
            "modelStore.allowHttp / PLAYLIST_MODEL_STORE_ALLOW_HTTP if that is meant"
        )
    if settings.tracing_enabled and not settings.tracing_endpoint:
        return (
            "api.tracing.enabled / PLAYLIST_TRACING_ENABLED is true, but there is no api.tracing.endpoint / "
            "PLAYLIST_TRACING_ENDPOINT: name the collector, such as http://collector:4318"
        )
    if settings.tracing_enabled and not find_spec("opentelemetry"):
        return (
            "PLAYLIST_TRACING_ENABLED is true, but OpenTelemetry's messages are not installed: install "
            "playlist-api[tracing], or set it to false"
        )
    bundle = settings.model_store_ca_bundle
    if bundle and not bundle.is_file():
        return (
            f"modelStore.caBundle / PLAYLIST_MODEL_STORE_CA_BUNDLE: {bundle}: no such file; expected a file of PEM "
            "certificates"
        )
    return ""


def _serve(environ: Mapping[str, str], flags: Mapping[str, str]) -> NoReturn:
    """Become gunicorn's first process; flags go along as the environment variables that they stand for.

    A SIGTERM that comes before gunicorn listens for it waits until then. Otherwise it would be lost where this is a
    container's first process, and the pod would end only when its grace period does.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    described = settings_of(Settings)
    # An object store is asked by one thread at a time; its client would start one for each of the node's processors.
    os.environ.setdefault("TOKIO_WORKER_THREADS", "1")
    os.environ.update({**environ, **{described[name].environment: value for name, value in flags.items()}})
    from playlist_api.server.gunicorn_app import serve  # noqa: PLC0415 - a SIGTERM must wait for it, see above

    serve()
    raise AssertionError("gunicorn ends its process itself")


def _drain(settings: Settings, seconds: float) -> int:
    try:
        drain(settings.port)
    except (NoServerError, OSError) as error:
        print(f"playlist-api: {error}", file=sys.stderr)
        return 1
    time.sleep(seconds)
    return 0


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="playlist-api", description=__doc__)
    baked_in = settings_of(Settings)["build_version"].environment
    version = Settings(build_version=environ.get(baked_in, "")).version
    parser.add_argument("--version", action="version", version=f"playlist-api {version}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    serving = commands.add_parser("serve", help="answer requests (the default)")
    draining = commands.add_parser("drain", help="make the running server let its clients go, before it stops")
    draining.add_argument("seconds", nargs="?", type=_seconds, default=5.0, metavar="SECONDS", help="time to wait")
    for name, described in settings_of(Settings).items():
        if described.flag:
            text = f"{described.help} Default: {described.default_text} ({described.environment})"
            serving.add_argument(described.flag, dest=name, metavar=described.metavar, help=text)
    port = settings_of(Settings)["port"]
    draining.add_argument(port.flag, dest="port", metavar=port.metavar, help=port.help)
    return parser


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 3600:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
