"""What a run leaves in the store about itself, for those who can't ask it: a Job is gone when somebody looks.

``time``, ``outcome``, ``message`` and ``model_id`` are of the last run that said anything new. ``look`` is of the last
run, ``training`` of the last one that learned, whatever came of it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playlist_model import Manifest, ModelWriter, StoreError, rfc3339

_PROCESS_STATUS = Path("/proc/self/status")
_GOOD = frozenset({"published", "pointed", "unchanged"})


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        name: ``published``, ``unchanged``, ``pointed`` (at a kept model), ``unseen`` (the dataset could not be looked
            at, and what was wanted before stays), ``rejected`` or ``failed``.
        message: one sentence.
        model_id: the model that it is about; "" where it is about none.
    """

    name: str
    message: str
    model_id: str


@dataclass
class Learning:
    """What a run has learned so far.

    Attributes:
        seconds: by stage; a stage that failed is not among them.
        figures: rows, playlists, songs, rules of the model that was made; empty where none was.
        is_begun: whether a dataset was there to learn from.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)
    is_begun: bool = False

    def begin(self, seconds: Mapping[str, float]) -> None:
        """Begin to learn; ``seconds`` grows with each stage."""
        self.is_begun, self.seconds = True, seconds

    def end(self, manifest: Manifest) -> None:
        """Take the figures of the model that was made."""
        figures = {name: manifest.dataset[name] for name in ("rows", "playlists", "songs")}
        self.figures = {**figures, "rules": manifest.rule_count}


def note_status(writer: ModelWriter, outcome: Outcome, learning: Learning) -> None:
    """Leave how a run ended in the store; the outcome itself matters more than the note of it."""
    now = rfc3339(datetime.now(UTC))
    with suppress(OSError, StoreError):
        content = json.dumps(_noted(writer.store.status(), outcome, learning, now), indent=1, ensure_ascii=False)
        writer.note_status(content.encode() + b"\n")


def _noted(before: Mapping[str, Any], outcome: Outcome, learning: Learning, now: str) -> dict[str, Any]:
    said = {"outcome": outcome.name, "message": outcome.message, "model_id": outcome.model_id}
    is_news = not (outcome.name == "unchanged" and before.get("outcome") in _GOOD) and any(
        before.get(name) != value for name, value in said.items()
    )
    noted: dict[str, Any] = {"time": now, **said} if is_news else {name: before.get(name) for name in ("time", *said)}
    noted["look"] = {"time": now, "outcome": outcome.name}
    training = _trained(outcome, learning, now) if learning.is_begun else before.get("training")
    return noted | ({"training": training} if training else {})


def _trained(outcome: Outcome, learning: Learning, now: str) -> dict[str, Any]:
    return {
        "time": now,
        "outcome": outcome.name,
        "model_id": outcome.model_id,
        "seconds": dict(learning.seconds),
        "peak_memory_bytes": peak_memory_bytes(),
        **learning.figures,
    }


def peak_memory_bytes() -> int | None:
    """Return the most resident memory of this process so far, mapped files included; None where nobody counts it.

    Not by getrusage: there a process begins with what the one that started it had.
    """
    try:
        for line in _PROCESS_STATUS.read_bytes().splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return None
    return None
