"""gunicorn's threaded worker, made to spend its few threads on requests and not on clients that are silent.

Seen with gunicorn 27.0: each new connection takes a thread for up to five seconds until its first byte comes, so four
idle ones (a browser opens some in advance) hold up everybody; and a client that stops within its request keeps a
thread for ever.
"""

import selectors
import socket
import struct
import time
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

# How long a client may be silent within a request, and how long it may take none of the answer.
SILENCE_S = 5


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gives a connection a thread when there is something to read from it."""

    def enqueue_req(self, conn: TConn) -> None:
        """Hand a connection to a thread; a new one waits first, where waiting costs no thread."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SILENCE_S, 0))
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections by ``deadline`` when stopping: also the ones that never sent anything."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
