"""gunicorn's worker: uvicorn on uvloop and httptools, with the bounds of ``deadlines`` and an end that cuts nobody off.

``uvicorn_worker`` leaves three things to be mended: a signal that comes before its handlers are there is lost, SIGTERM
ends the process by raising the signal again (before gunicorn's hooks have run), and idle connections are closed
without looking whether a request has just come in.
"""

import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any

from uvicorn.server import Server
from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]

from playlist_api.app import create_app
from playlist_api.live_model import LiveModel
from playlist_api.middleware.log_writer import LogWriter
from playlist_api.middleware.request_log import json_line
from playlist_api.server.asgi import Application
from playlist_api.server.deadlines import BoundedProtocol
from playlist_api.settings import Settings
from playlist_runtime.logs import JsonFormatter
from playlist_runtime.settings import from_environ

_log = logging.getLogger(__name__)

# How often connections are looked at, and how long one must have been silent to be closed at the end.
_CHECK_INTERVAL_S = 0.25
_SILENT_S = 0.2
# At the end, a client has this long to finish the request that it has begun; gunicorn's graceful_timeout is longer.
LAST_REQUESTS_S = 8.0
# A thread that counts gives the interpreter to the event loop after this time; Python's own 5 ms would show.
_SWITCH_INTERVAL_S = 0.0005


def make_app() -> Application:
    """Make the app from the environment, with its model being looked after.

    To be called in the process that answers requests: a thread does not outlast a fork.
    """
    settings = from_environ(Settings, os.environ)
    live = LiveModel(settings.store(), settings.look_interval_s)
    tracer = None
    if settings.tracing_enabled:
        from playlist_api.tracing import tracer_of  # noqa: PLC0415 - what it imports shows in start and memory

        tracer = tracer_of(settings)
        live.on_reload = tracer.note_reload
    live.start()
    application = Application(create_app(settings, live))
    application.observer.writer = _log_writer()
    if tracer:
        application.observer.trace(tracer)
    return application


class BoundedServer(Server):
    """uvicorn's server, which also closes what is overdue, and ends as this module's head says."""

    async def startup(self, sockets: Any = None) -> None:
        """Listen."""
        await super().startup(sockets)
        self._checking = asyncio.get_running_loop().create_task(self._check_connections())

    async def shutdown(self, sockets: Any = None) -> None:  # noqa: ARG002 - closed by gunicorn
        """Answer what has come in, then end."""
        self.config.loaded_app.draining.is_active = True
        # What the system has accepted for us but we have not: closed now, it would be reset.
        await asyncio.sleep(0.05)
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LAST_REQUESTS_S
        while self.server_state.connections and loop.time() < deadline and not self.force_exit:
            for connection in self._connections():
                if connection.is_idle(loop.time(), _SILENT_S):
                    connection.transport.close()
            await asyncio.sleep(0.02)
        for connection in self._connections():
            connection.transport.abort()
        self._checking.cancel()
        await super().shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals, also the ones that came too early."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        # From a terminal this comes to all processes; gunicorn's first one decides what to do.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        yield

    def _connections(self) -> list[BoundedProtocol]:
        return [c for c in self.server_state.connections if isinstance(c, BoundedProtocol)]

    async def _check_connections(self) -> None:
        metrics = self.config.loaded_app.observer.metrics
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_CHECK_INTERVAL_S)
            connections = self._connections()
            metrics.connections = len(connections)
            for connection in connections:
                try:
                    connection.check(loop.time())
                except Exception:  # noqa: BLE001 - one connection's end must not keep the bounds from all others
                    _log.exception("could not end a connection")


class Worker(UvicornWorker):  # type: ignore[misc]
    """What ``booting.BootingWorker`` becomes."""

    CONFIG_KWARGS = {  # noqa: RUF012 - as uvicorn_worker declares it
        "loop": "uvloop",
        "http": BoundedProtocol,
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "timeout_graceful_shutdown": 2,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("uvicorn.error", "uvicorn.access"):
            logger = logging.getLogger(name)
            logger.handlers = []
            logger.propagate = True
            logger.setLevel(logging.WARNING)

    def run(self) -> None:
        """Answer requests until the end."""
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        _allow_as_many_files_as_possible()
        super().run()

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = BoundedServer(config=self.config)
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, server.handle_exit, signal.SIGINT, None)
        await server.serve(sockets=self.sockets)


def _allow_as_many_files_as_possible() -> None:
    """Raise the limit that each connection counts against, as far as this process may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _log_writer() -> LogWriter | None:
    """Return a writer for request lines where lines are JSON; as text, a person reads them, and few."""
    (handler,) = logging.getLogger().handlers
    if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, JsonFormatter):
        return LogWriter(handler.stream.fileno(), json_line)
    return None
