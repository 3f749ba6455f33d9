"""The worker as gunicorn's first process knows it: that one never answers, so it does without all that answers need."""

import contextlib
import ctypes
import os
import signal

from gunicorn.workers.base import Worker as BaseWorker  # type: ignore[import-untyped]

_M_ARENA_MAX = -8  # of glibc's malloc.h


class BootingWorker(BaseWorker):  # type: ignore[misc]
    """Becomes ``worker.Worker`` in its own process.

    Were its modules imported before, each page of memory that they take would soon be there twice.
    """

    def init_process(self) -> None:
        """Import what answers, then go on as it."""
        # The handlers are still those of the first process, which alone decides on SIGHUP. SIGTERM is held back.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGABRT):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        # Nothing here multiplies matrices; numpy would keep threads for it.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        _use_one_heap()
        from playlist_api.server.worker import Worker  # noqa: PLC0415 - see the class

        # The first process looks at this file for signs of life, and knows this object.
        kept = {name: vars(self)[name] for name in ("tmp", "pid")}
        self.__class__ = Worker
        self.__init__(self.age, self.ppid, self.sockets, self.app, self.timeout, self.cfg, self.log)  # type: ignore[misc]
        vars(self)["tmp"].close()
        for name, value in kept.items():
            setattr(self, name, value)
        self.init_process()


def _use_one_heap() -> None:
    """Keep threads from having a heap each: only one at a time runs, and what each of them frees stays with it."""
    with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
