"""How gunicorn serves the app; ``gunicorn_app`` reads this module.

One worker process: one model in memory, one truth for readiness and metrics. More of them are replicas.
"""

import gc
import logging
import os
import signal
import sys
from typing import Any

from playlist_api.server.addresses import addresses
from playlist_api.settings import Settings
from playlist_runtime.settings import from_environ

_log = logging.getLogger("playlist_api.server")
_settings = from_environ(Settings, os.environ)

wsgi_app = "playlist_api.server.worker:make_app()"
bind = addresses(_settings.host, _settings.port)
if _settings.metrics_port is not None:
    bind += addresses(_settings.host, _settings.metrics_port)[-1:]
workers = 1
worker_class = "playlist_api.server.booting.BootingWorker"
# Threads don't outlast the fork that makes a worker, so the app with its refreshing thread is made after it.
preload_app = False
# Connections that the system takes for us while the event loop is busy.
backlog = 2048
# A SIGTERM has this long to be obeyed; `worker` ends a client's last request before.
graceful_timeout = 15
# The worker's sign of life is a file that it touches each second; in memory it can't be held up by a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes a file of its own
# New in gunicorn 25 and of no use here: it would write below the home folder.
control_socket_disable = True
# No proxy is trusted to name the scheme or the path: no answer depends on them.
forwarded_allow_ips = ""
logger_class = "playlist_api.server.gunicorn_log.GunicornLog"


def on_starting(_server: Any) -> None:
    """Hold a SIGTERM back around each fork, until the new process listens for it."""
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM}),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM}),
    )
    # Until it means what `when_ready` makes of it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def when_ready(server: Any) -> None:
    """Say where the server listens, with port 0 only the system knows; and take a SIGTERM that came too early."""
    operations = server.LISTENERS[-1:] if _settings.metrics_port is not None else []
    for listener in server.LISTENERS:
        _log.info("health and metrics are on %s" if listener in operations else "listening on %s", listener)
    if sys.stderr.isatty():
        # The terminal was closed: gunicorn would read its configuration again, and go on without anybody to see it.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
    gc.freeze()
    gc.enable()


def post_fork(_server: Any, _worker: Any) -> None:
    """Leave out the search for garbage while the worker imports what it needs, see ``gunicorn_app``."""
    gc.disable()


def post_worker_init(worker: Any) -> None:
    """Tell the app its ports, and let the worker be drained."""
    gc.freeze()
    gc.enable()
    ports = [listener.getsockname()[1] for listener in worker.sockets]
    if _settings.metrics_port is not None:
        worker.wsgi.listen_for_operations(ports[-1])
    try:
        worker.wsgi.draining.announce(ports[0])
    except OSError as error:
        _log.warning("playlist-api drain will not find this server: %s", error)


def worker_exit(_server: Any, worker: Any) -> None:
    """Clean up behind a worker that ends by itself; no line of the log is lost."""
    if worker.wsgi is not None:
        worker.wsgi.close()
