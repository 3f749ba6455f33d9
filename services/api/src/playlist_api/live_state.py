"""What is known of a live model at one moment."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from playlist_model import Model, Rules, TextColumn

# How many of the last reloads, and attempts at one, are remembered for whoever asks what happened.
_REMEMBERED = 20


@dataclass(frozen=True)
class Fault:
    """Why the wanted model is not the one in use."""

    message: str
    time: datetime


@dataclass(frozen=True)
class Reload:
    """A model that was put into use, or one that was wanted and could not be.

    Attributes:
        time: when that was.
        model_id: of the model in use afterwards; None where there is none.
        duration_s: how long loading took; None where it failed.
        error: why it failed; None where it did not.
    """

    time: datetime
    model_id: str | None
    duration_s: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class LiveState:
    """One moment of a live model.

    Attributes:
        model: what requests are answered from.
        is_published: whether a model is there to be loaded; None until the folder was first looked at.
        loaded_at: when ``model`` was put into use.
        fault: the present one; None when ``model`` is the one that is wanted.
        longest_song: of the model, in bytes: texts up to this length may be the name of a song.
        most_rules_of_a_song: of the model: how many rules one song of a request can bring into its ranking.
        load_count: models put into use since the start, the first one included.
        failure_count: attempts that failed since the start.
        reload_s: how long the model in use took to load; None where there is none.
        history: the last reloads and the last faults, newest first; a fault that stays stands there once.
    """

    model: Model | None = None
    is_published: bool | None = None
    loaded_at: datetime | None = None
    fault: Fault | None = None
    longest_song: int = 0
    most_rules_of_a_song: int = 0
    load_count: int = 0
    failure_count: int = 0
    reload_s: float | None = None
    history: tuple[Reload, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether there is nothing to wait for: a model is loaded, or none is published."""
        return self.model is not None or self.is_published is False

    def loaded(self, model: Model, now: datetime, took_s: float) -> "LiveState":
        """Return the state once a model has been put into use.

        Args:
            model: that requests are answered from, from now on.
            now: when that is.
            took_s: how long loading it took.
        """
        return replace(
            self,
            model=model,
            loaded_at=now,
            reload_s=took_s,
            history=self._history_with(Reload(now, model.manifest.model_id, took_s)),
            longest_song=max(_longest(model.songs.names), _longest(model.songs.titles)),
            most_rules_of_a_song=_most_rules_of_a_song(model.rules),
            load_count=self.load_count + 1,
        )

    def failed(self, message: str, now: datetime) -> "LiveState":
        """Return the state after an attempt that failed; its history is the same one while the fault stays.

        Args:
            message: what went wrong.
            now: when that was.
        """
        history = self.history
        if self.fault is None or self.fault.message != message:
            model_id = self.model.manifest.model_id if self.model else None
            history = self._history_with(Reload(now, model_id, error=message))
        return replace(
            self,
            is_published=True,
            fault=Fault(message, now),
            failure_count=self.failure_count + 1,
            history=history,
        )

    def _history_with(self, newest: Reload) -> tuple[Reload, ...]:
        return (newest, *self.history)[:_REMEMBERED]


def _longest(texts: TextColumn) -> int:
    return int(np.diff(texts.offsets).max(initial=0))


def _most_rules_of_a_song(rules: Rules) -> int:
    """Return the most rules that are filed under one song, by the rarest song of their antecedents."""
    return int(np.diff(rules.rule_offsets[rules.song_antecedents]).max(initial=0))
