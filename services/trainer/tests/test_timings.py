import io
import time
from contextlib import suppress

import pytest

from playlist_trainer import timings
from playlist_trainer.timings import StageTimer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> StageTimer:
    monkeypatch.setattr(timings, "_SHOWN_AFTER_S", 0.01)
    monkeypatch.setattr(timings, "_INTERVAL_S", 0.01)
    return StageTimer(terminal=io.StringIO())


def _shown(timer: StageTimer) -> str:
    assert isinstance(timer.terminal, io.StringIO)
    return timer.terminal.getvalue()


def test_a_long_stage_is_shown_with_how_much_is_done_and_cleared_at_its_end(impatient: StageTimer) -> None:
    with impatient.timed("mine"):
        impatient.progress(1, 4)
        while "25%" not in _shown(impatient):
            time.sleep(0.001)

    assert "mine: 25%" in _shown(impatient)
    assert _shown(impatient).endswith("\r\033[K")
    assert set(impatient.seconds) == {"mine"}


def test_a_stage_that_fails_is_cleared_too(impatient: StageTimer) -> None:
    with suppress(ValueError), impatient.timed("mine"):
        while "mine" not in _shown(impatient):
            time.sleep(0.001)
        raise ValueError

    assert _shown(impatient).endswith("\r\033[K")


def test_a_short_stage_is_not_shown() -> None:
    timer = StageTimer(terminal=io.StringIO())

    with timer.timed("encode"):
        pass

    assert _shown(timer) == ""


def test_nothing_is_shown_where_nobody_looks() -> None:
    timer = StageTimer()

    with timer.timed("read"):
        timer.progress(1, 2)

    assert "read" in timer.seconds
