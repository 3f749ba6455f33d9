"""Settings from the environment, each with one name in three forms, and every bad one named in one error.

A settings class is a frozen dataclass whose fields are made by :func:`setting`::

    @dataclass(frozen=True)
    class Settings:
        refresh_interval_s: float = setting(
            "REFRESH_INTERVAL_SECONDS", "1", seconds(), value="api.refreshIntervalSeconds",
            help="How often a newer model is looked for.",
        )

    settings = from_environ(Settings, os.environ)
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

PREFIX = "PLAYLIST_"
_KEY = "playlist_runtime.setting"

T = TypeVar("T")
Parse = Callable[[str], Any]


class SettingsError(ValueError):
    """One or more settings can't be used; the message names every one, what it holds and what it may hold."""


class UnshownValueError(ValueError):
    """A text can't be used and may hold a secret, so that an error names only what was expected."""


@dataclass(frozen=True)
class Setting:
    """How one setting is named and read.

    Attributes:
        environment: the whole name of the environment variable.
        parse: turns its text into the value; raises ValueError with what was expected.
        help: one sentence for people.
        flag: the command-line flag, "" where there is none.
        value: its path in the chart's values.yaml, "" where the chart sets it by itself.
        default_text: the default as a person would write it.
        metavar: what stands behind the flag in a help text.
    """

    environment: str
    parse: Parse
    help: str
    flag: str
    value: str
    default_text: str
    metavar: str

    @property
    def names(self) -> str:
        """Every name of it, for errors: whoever reads one knows it by the chart, the environment or the flag."""
        return " / ".join(filter(None, (self.value, self.environment, self.flag)))


def setting(
    name: str,
    default: str,
    parse: Parse,
    *,
    help: str,  # noqa: A002 - argparse's own word for it
    flag: str = "",
    value: str = "",
) -> Any:
    """Make a field of a settings class.

    Args:
        name: the environment variable's name without ``PLAYLIST_``.
        default: the default, as text; parsed like any other.
        parse: one of this module's parsers, or one alike.
        help: one sentence for people.
        flag: the command-line flag.
        value: the path in the chart's values.yaml.
    """
    metavar = getattr(parse, "metavar", "TEXT")
    described = Setting(PREFIX + name, parse, help, flag, value, default, metavar)
    # What is not to be shown in errors is not to be shown in a list of settings either.
    return field(metadata={_KEY: described}, default=parse(default), repr=not getattr(parse, "is_unshown", False))


def settings_of(cls: type[Any]) -> dict[str, Setting]:
    """Return the settings of a class by the names of their fields."""
    return {f.name: f.metadata[_KEY] for f in fields(cls) if _KEY in f.metadata}


def from_environ(cls: type[T], environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> T:
    """Read a settings class.

    Args:
        cls: the class, its fields made by ``setting``.
        environ: usually ``os.environ``; an empty text counts as not set.
        flags: texts from the command line by field name; they win over the environment.

    Raises:
        SettingsError: names every setting that is wrong.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, described in settings_of(cls).items():
        flagged = (flags or {}).get(name)
        text = environ.get(described.environment, "") if flagged is None else flagged
        if text == "" and flagged is None:
            continue
        try:
            values[name] = described.parse(text)
        except ValueError as error:
            shown = described.environment if flagged is None else described.flag
            found = "can't be used" if isinstance(error, UnshownValueError) else f"is {text[:80]!r}"
            problems.append(f"{shown} {found}, expected {error}")
    if problems:
        raise SettingsError("; ".join(problems))
    return cls(**values)


def _named(metavar: str, parse: Parse) -> Parse:
    parse.metavar = metavar  # type: ignore[attr-defined]
    return parse


def text(text: str) -> str:
    """Take any text."""
    return text


def unshown(parse: Parse) -> Parse:
    """Take what another parser takes; an error does not repeat what was given, as it may hold a password."""

    def parse_unshown(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise UnshownValueError(str(error)) from None

    parse_unshown.is_unshown = True  # type: ignore[attr-defined]
    return _named(getattr(parse, "metavar", "TEXT"), parse_unshown)


def path(text: str) -> Path:
    """Take a path."""
    if not text or "\0" in text:
        raise ValueError("a path")
    return Path(text)


def optional_path(text: str) -> Path | None:
    """Take a path, or nothing."""
    return path(text) if text else None


def switch(text: str) -> bool:
    """Take true or false."""
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise ValueError("true or false") from None


def choice(allowed: Collection[str]) -> Parse:
    """Take one of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return _named("NAME", parse)


def whole_number(at_least: int, at_most: int | None = None) -> Parse:
    """Take a whole number within bounds, both inclusive."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = at_least - 1
        if number < at_least or (at_most is not None and number > at_most):
            upper = "" if at_most is None else f" to {at_most}"
            raise ValueError(f"a whole number from {at_least}{upper}{'' if upper else ' on'}")
        return number

    return _named("N", parse)


def fraction(text: str) -> float:
    """Take a number from 0 to 1, both inclusive."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1")
    return number


def seconds(above: float = 0.0, at_most: float = 86_400.0) -> Parse:
    """Take a time in seconds, above one bound (exclusive) and at most another (inclusive)."""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = above
        if not above < number <= at_most:
            raise ValueError(f"a number of seconds above {above:g} and at most {at_most:g}")
        return number

    return _named("SECONDS", parse)


_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def size(text: str) -> int:
    """Take a size in bytes, written as Kubernetes does: 512Mi, 2Gi, 500M; 0 stands for none."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T|)", text.strip())
    if not found:
        raise ValueError("a size such as 512Mi or 2Gi")
    return int(float(found[1]) * _UNITS[found[2]])


_named("PATH", path)
_named("PATH", optional_path)
_named("F", fraction)
_named("SIZE", size)
_named("true|false", switch)
