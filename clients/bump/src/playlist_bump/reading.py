"""How an installation's values have its dataset read; the trainer's settings, by what the values say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playlist_bump.errors import ValuesError
from playlist_bump.values_text import value_at

# What decides whether the trainer takes the dataset: a variable of this machine's changes nothing about it.
_DECISIVE = {
    "item_column": "dataset.itemColumn",
    "playlist_column": "dataset.playlistColumn",
    "separator": "dataset.separator",
    "max_dataset_bytes": "dataset.maxBytes",
}
# What a person may choose otherwise for another machine and network.
_PATIENCE = {
    "connect_timeout_s": "dataset.connectTimeoutSeconds",
    "read_timeout_s": "dataset.readTimeoutSeconds",
    "deadline_s": "dataset.deadlineSeconds",
    "retries": "dataset.retries",
}

_EXPONENT = re.compile(r"[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,2}")

Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reading:
    """Settings of the trainer, as texts by field; hashable.

    Attributes:
        decided: whatever this machine's variables say.
        defaults: where no variable says anything else.
    """

    decided: Texts = ()
    defaults: Texts = ()

    @classmethod
    def of(cls, values: Mapping[str, Any], chart: Mapping[str, Any]) -> "Reading":
        """Take what the values say.

        Args:
            values: of the installation.
            chart: its defaults.

        Raises:
            ValuesError: one of them is neither a text nor a number.
        """
        decided, defaults = (
            tuple((_texts(chart, paths) | _texts(values, paths)).items()) for paths in (_DECISIVE, _PATIENCE)
        )
        return cls(decided, defaults)


def _texts(values: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, str]:
    found = ((field, path, value_at(values, path)) for field, path in paths.items())
    return {field: _text(path, value) for field, path, value in found if value is not None}


def _text(path: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValuesError(f"{path} is {value!r}, expected a text or a number")
    # PyYAML takes 1e9 for a text, and Helm for a whole number.
    number = float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value
    return str(int(number) if isinstance(number, float) and number.is_integer() else number)
