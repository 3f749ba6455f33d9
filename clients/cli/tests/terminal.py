"""A command on a terminal of a certain size, as a person has it."""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

_LONGEST_S = 30.0
# Run before the command: Ctrl-C reaches only those whose own terminal it is.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_SEQUENCE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>])")


class Terminal:
    """A running command whose three streams are a terminal; a context that ends it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, lines: int = 40
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(environment),
        )
        os.close(theirs)
        self.shown = ""
        self._seen = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def text(self) -> str:
        """What was shown so far, without colours and movements of the cursor."""
        return _SEQUENCE.sub("", self.shown).replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, words: str) -> None:
        """Return once words are shown behind those that were waited for last."""
        while (place := self.text.find(words, self._seen)) < 0:
            assert self._read(), f"ended before {words!r} was shown: {self.text}"
        self._seen = place + len(words)

    def end(self) -> int:
        """Read to the end; gives the exit code."""
        while self._read():
            pass
        return self.process.wait(_LONGEST_S)

    def _read(self) -> bool:
        """Read what is there, or wait for it; false at the end."""
        ready, _, _ = select.select([self._ours], [], [], _LONGEST_S)
        assert ready, f"nothing more is shown: {self.text}"
        try:
            content = os.read(self._ours, 65536)
        except OSError:  # what Linux says at the end of a terminal
            return False
        # A terminal answers when it is asked where the cursor is.
        if b"\x1b[6n" in content:
            os.write(self._ours, b"\x1b[1;1R")
        self.shown += self._decoder.decode(content)
        return bool(content)
