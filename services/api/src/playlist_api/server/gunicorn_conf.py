"""How gunicorn serves the app; ``playlist-api`` starts it with this file.

One worker process: one model in memory, one truth for readiness and metrics. More of them are replicas.
"""

import logging
import os
import signal
from typing import Any

from playlist_api.server.drain import Draining
from playlist_api.settings import Settings
from playlist_runtime.settings import from_environ

_log = logging.getLogger("playlist_api.server")
_settings = from_environ(Settings, os.environ)
_draining = Draining()

wsgi_app = "playlist_api.server.wsgi:make_app()"
bind = [f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"]
workers = 1
worker_class = "playlist_api.server.worker.Worker"
threads = _settings.threads
# Threads don't outlast the fork that makes a worker, so the app with its refreshing thread is made after it.
preload_app = False
# Longer than clients and proxies keep a connection they don't use (60 s is usual), so that it is they who close it:
# closed by the server, it may be just as the next request is on its way.
keepalive = 75
# The most that gunicorn allows: 500 characters of a title outside of ASCII are 6,000 in a query.
limit_request_line = 8190
# Requests take milliseconds; what takes longer is a client that is slow to send.
graceful_timeout = 15
# The worker's sign of life is a file that it touches each second; in memory it can't be held up by a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes a file of its own
# New in gunicorn 25 and of no use here: it would write below the home folder.
control_socket_disable = True
# No proxy is trusted to name the scheme or the path: no answer depends on them.
forwarded_allow_ips = ""
logger_class = "playlist_api.server.gunicorn_log.GunicornLog"


def when_ready(server: Any) -> None:
    """Say where the server listens, with port 0 only the system knows; and take a SIGTERM that came too early."""
    for listener in server.LISTENERS:
        _log.info("listening on %s", listener)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def post_worker_init(worker: Any) -> None:
    """Let the worker be drained."""
    try:
        _draining.announce(worker.sockets[0].getsockname()[1])
    except OSError as error:
        _log.warning("playlist-api drain will not find this server: %s", error)


def pre_request(_worker: Any, req: Any) -> None:
    """Send clients away while draining: gunicorn takes no Connection header from the app."""
    if _draining.is_active:
        req.force_close()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Clean up behind a worker that ends by itself."""
    _draining.withdraw()
