"""Writing request lines in batches, by a thread of its own: a write per request costs more than all else of a line."""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable

_log = logging.getLogger(__name__)

# How long a line may wait for others.
_INTERVAL_S = 0.05
# Above this, whatever reads the log does not keep up; lines beyond are dropped and counted, or memory would run out.
_MOST_WAITING = 50_000
# How long the end of the process may take for lines that still wait.
_END_S = 2.0
# What a pipe takes in one piece: gunicorn's other process writes to the same one.
_PIECE_BYTES = 4096

Line = tuple[object, ...]


class LogWriter:
    """Takes lines as tuples and writes them as text, soon after."""

    def __init__(self, descriptor: int, text_of: Callable[[Line], str]) -> None:
        """Begin to write.

        Args:
            descriptor: of the file to write to.
            text_of: makes the text of a line, with its line break.
        """
        self._descriptor = descriptor
        self._text_of = text_of
        self._waiting: deque[Line] = deque()
        self._dropped = 0
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="request-log", daemon=True)
        self._thread.start()

    def write(self, line: Line) -> None:
        """Take a line; never blocks."""
        if len(self._waiting) >= _MOST_WAITING:
            self._dropped += 1
            return
        self._waiting.append(line)
        if not self._wake.is_set():
            self._wake.set()

    def stop(self) -> None:
        """Write what is left, and end; soon, also where nobody reads the log."""
        self._stopping = True
        self._wake.set()
        self._thread.join(_END_S)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            if not self._stopping:
                pause.wait(_INTERVAL_S)
            self._wake.clear()
            stopping = self._stopping
            self._flush()
            if stopping:
                return

    def _flush(self) -> None:
        lines = [self._text_of(self._waiting.popleft()) for _ in range(len(self._waiting))]
        try:
            for piece in _pieces(lines):
                _write_all(self._descriptor, piece)
        except OSError:
            return  # nobody reads the log any more, which is no reason to stop answering
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            _log.warning("left out %d request lines: whatever reads this log did not keep up", dropped)


def _pieces(lines: Iterable[str]) -> Iterable[bytes]:
    """Yield the lines joined, each piece as long as fits."""
    piece = bytearray()
    for line in lines:
        encoded = line.encode(errors="backslashreplace")
        if piece and len(piece) + len(encoded) > _PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
        piece += encoded
    if piece:
        yield bytes(piece)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
