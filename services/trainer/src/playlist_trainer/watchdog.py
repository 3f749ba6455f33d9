"""Ends the process when it is told to or grows too large, whatever the main thread is busy with."""

import logging
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from playlist_trainer.errors import LimitError

_log = logging.getLogger(__name__)
# Memory can grow by a gigabyte a second.
_POLL_SECONDS = 0.01
_SHARE_OF_CONTAINER = 0.9
_STATM = Path("/proc/self/statm")
# Of control groups 2 and 1; where both are there, a limit in either counts.
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
# "None" in control groups 1 is a number close to 2**63.
_NO_LIMIT = 2**60


_children: list[int] = []
_last_deeds: list[Callable[[], None]] = []
_ending = threading.Event()
_LAST_DEEDS_TAKE_S = 3.0


def before_the_end(deed: Callable[[], None]) -> None:
    """Have something done before the watchdog ends the process; it is given three seconds."""
    if deed not in _last_deeds:
        _last_deeds.append(deed)


def wait_if_ending() -> None:
    """Wait for the end of the process, if it has begun: what fails by now fails for that reason."""
    if _ending.is_set():
        threading.Event().wait()


def start_watchdog(
    memory_limit_bytes: int, last_words: Callable[[str], None], exit_code: int = LimitError.exit_code
) -> None:
    """Watch for SIGTERM, SIGINT and memory, in a thread of its own; call from the main thread.

    The main thread may be inside one long call of a library, where neither a signal handler nor a check of its own
    would run; so the watchdog ends the process itself. What is half-made stays in the folder's tmp/ for the next run.

    Args:
        memory_limit_bytes: resident memory, without mapped files; 0 for nine tenths of the container's limit, if any.
        last_words: told why, just before the end.
        exit_code: of a process that grew too large.
    """
    limit = memory_limit_bytes or _container_limit()
    if limit and resident_bytes() is None:
        _log.warning("resident memory can't be measured on this system: the memory limit is not watched")
        limit = 0
    ours, pythons = socket.socketpair()
    pythons.setblocking(False)
    # Python's C handler writes the signal's number here at once; a handler in Python would wait for the main thread.
    # detach: the descriptor must outlive this function's socket object.
    signal.set_wakeup_fd(pythons.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    threading.Thread(target=_watch, args=(ours, limit, last_words, exit_code), daemon=True, name="watchdog").start()


def watch_too(process_id: int) -> None:
    """Let the memory of a process that this one started count as its own."""
    _children.append(process_id)


def resident_bytes() -> int | None:
    """Return the resident memory of this process without mapped files; None where it can't be measured."""
    own = _resident_bytes(_STATM)
    return None if own is None else own + sum(_resident_bytes(Path(f"/proc/{pid}/statm")) or 0 for pid in _children)


def _resident_bytes(statm: Path) -> int | None:
    try:
        _, resident, shared, *_ = statm.read_bytes().split()
    except (OSError, ValueError):  # ended meanwhile
        return None
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _watch(ours: socket.socket, limit: int, last_words: Callable[[str], None], exit_code: int) -> None:
    while True:
        readable, _, _ = select.select([ours], [], [], _POLL_SECONDS if limit else None)
        for number in ours.recv(16) if readable else b"":
            if number in {signal.SIGTERM, signal.SIGINT}:
                last_words(f"stopped by {signal.Signals(number).name}")
                _end(128 + number)
        if limit and (resident_bytes() or 0) > limit:
            last_words(
                f"training needs more than the memory limit of {limit / 2**20:.0f} MiB: raise min_support, lower "
                "max_length or max_rules, learn from a sample (max_playlists), or raise the limit"
            )
            _end(exit_code)


def _end(exit_code: int) -> NoReturn:
    _ending.set()
    threads = [threading.Thread(target=deed, daemon=True, name="last-deed") for deed in _last_deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LAST_DEEDS_TAKE_S)
    os._exit(exit_code)


def _container_limit() -> int:
    limits = [limit for path in _CGROUP_LIMITS if 0 < (limit := _number_in(path)) < _NO_LIMIT]
    return int(min(limits, default=0) * _SHARE_OF_CONTAINER)


def _number_in(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0  # no such control group, or "max"


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: with this in place of the default, the signal reaches the watchdog."""
