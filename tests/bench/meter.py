"""Runs one command and prints, as JSON, its exit code, seconds, processor seconds and peak resident memory.

A process of its own, and a small one: the kernel's figure for a child's peak begins with the size of the process that
it was forked from, so that a large parent would be measured instead. Hence no import but the system's.
"""

import json
import os
import sys
import time

_report, *_command = sys.argv[1:]
_started = time.monotonic()
_process = os.posix_spawn(_command[0], _command, os.environ)
_, _status, _usage = os.wait4(_process, 0)
_seconds = time.monotonic() - _started
with open(_report, "w", encoding="utf-8") as _file:  # noqa: PTH123 - pathlib would be memory
    json.dump(
        {
            "exit_code": os.waitstatus_to_exitcode(_status),
            "seconds": _seconds,
            "processor_seconds": _usage.ru_utime + _usage.ru_stime,
            "peak_bytes": _usage.ru_maxrss * 1024,
        },
        _file,
    )
