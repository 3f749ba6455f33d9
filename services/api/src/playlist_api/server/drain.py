"""Asking the running server of this host to send its clients away: ``playlist-api drain``.

No URL does this, so nobody outside of the host can. A worker leaves a file whose name holds its port and its process
id, and keeps it locked (flock) for as long as it lives: a lock goes with the process, however that ends, so a file
that was left behind is never taken for a server. Whoever drains sends SIGUSR2 to each worker that lives.
"""

import fcntl
import os
import signal
import stat
import tempfile
from pathlib import Path
from types import FrameType
from typing import IO


class NoServerError(Exception):
    """No server of this user runs on the port."""


class Draining:
    """Whether this worker is being drained; asked for each request."""

    def __init__(self) -> None:
        self.is_active = False
        self._lock: IO[bytes] | None = None
        self._path: Path | None = None

    def announce(self, port: int) -> None:
        """Make this process one that can be drained.

        Raises:
            OSError: the file can't be made; the server runs without being drainable.
        """
        # First, so that no signal meets the default action, which is to end the process.
        signal.signal(signal.SIGUSR2, self._begin)
        signal.siginterrupt(signal.SIGUSR2, False)
        self._path = _folder() / f"{port}.{os.getpid()}"
        self._lock = self._path.open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def withdraw(self) -> None:
        """Take the file away at the end."""
        if self._path is not None and self._lock is not None:
            self._path.unlink(missing_ok=True)
            self._lock.close()

    def _begin(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_active = True


def drain(port: int) -> list[int]:
    """Make the server on a port answer everything with ``Connection: close`` from now on.

    Returns:
        the process ids of its workers.

    Raises:
        NoServerError: none runs there.
        OSError: the folder can't be read, or is not ours alone.
    """
    workers = [int(path.name.partition(".")[2]) for path in _folder().glob(f"{port}.*") if _is_locked(path)]
    if not workers:
        raise NoServerError(f"no playlist-api runs on port {port} of this host: is PLAYLIST_PORT the one it has?")
    for process_id in workers:
        os.kill(process_id, signal.SIGUSR2)
    return workers


def _folder() -> Path:
    """Return this user's folder below the temporary one.

    Raises:
        PermissionError: somebody else could write into it, and so choose which process gets a signal.
    """
    folder = Path(tempfile.gettempdir()) / f"playlist-api-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder}: not a folder of this user alone")
    return folder


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
