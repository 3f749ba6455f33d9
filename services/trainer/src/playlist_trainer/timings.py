"""How long each stage of a training takes: noted for the manifest, shown to whoever waits at a terminal."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TextIO

_log = logging.getLogger(__name__)
_SHOWN_AFTER_S = 1.0
_INTERVAL_S = 0.5
# To the start of the line, and clear it.
_CLEAR = "\r\033[K"


@dataclass
class StageTimer:
    """Seconds by stage, in the order of the stages.

    Attributes:
        seconds: of the stages that have ended.
        terminal: where a stage that takes over a second is shown while it lasts; None for nowhere.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    terminal: TextIO | None = None
    _done: float = 0.0

    @classmethod
    def for_people(cls) -> "StageTimer":
        """Return a timer that shows stages on standard error if that is a terminal."""
        return cls(terminal=sys.stderr if sys.stderr.isatty() else None)

    @contextmanager
    def timed(self, name: str, shows_itself: bool = False) -> Iterator[None]:
        """Time a block as one stage.

        Args:
            name: of the stage.
            shows_itself: whether the block has a progress bar of its own.
        """
        started = time.perf_counter()
        with nullcontext() if shows_itself else self._shown(name, started):
            yield
        self.seconds[name] = round(time.perf_counter() - started, 3)
        _log.debug("finished stage %s in %.3f s", name, self.seconds[name])

    def progress(self, done: int, total: int) -> None:
        """Say how much of the present stage is done."""
        self._done = done / total if total else 0.0

    @contextmanager
    def _shown(self, name: str, started: float) -> Iterator[None]:
        terminal, ended = self.terminal, threading.Event()
        if terminal is None:
            yield
            return
        self._done = 0.0
        thread = threading.Thread(
            target=self._show, args=(terminal, name, started, ended), daemon=True, name="progress"
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _show(self, terminal: TextIO, name: str, started: float, ended: threading.Event) -> None:
        if ended.wait(_SHOWN_AFTER_S):
            return
        while True:
            share = f" {self._done:.0%}" if self._done else ""
            terminal.write(f"{_CLEAR}{name}:{share} {time.perf_counter() - started:.0f} s")
            terminal.flush()
            if ended.wait(_INTERVAL_S):
                break
        terminal.write(_CLEAR)
        terminal.flush()
