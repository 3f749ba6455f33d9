"""What is known of a live model at one moment."""

from dataclasses import dataclass
from datetime import datetime

from playlist_model import Model


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
