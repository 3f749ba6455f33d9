import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Any

import pytest

from playlist_runtime.settings import (
    PREFIX,
    SettingsError,
    choice,
    fraction,
    from_environ,
    optional_path,
    path,
    seconds,
    setting,
    settings_of,
    size,
    switch,
    text,
    unshown,
    whole_number,
)

Parse = Callable[[str], Any]


@dataclass(frozen=True)
class Settings:
    port: int = setting("PORT", "8080", whole_number(1, 65535), help="Where to listen.", flag="--port")
    model_dir: Path = setting("MODEL_DIR", "/models", path, help="Where models are.", flag="--model-dir")
    min_support: float = setting("MIN_SUPPORT", "0.5", fraction, help="The least support.", value="training.minSupport")
    headers_file: Path | None = setting("HEADERS_FILE", "", optional_path, help="Headers.", flag="--headers-file")
    debug: bool = setting("DEBUG", "false", switch, help="Whether to say more.")
    code_version: str = "1.0"


def test_nothing_set_gives_the_defaults() -> None:
    assert from_environ(Settings, {}) == Settings(8080, Path("/models"), 0.5, None, False, "1.0")
    assert from_environ(Settings, {}) == Settings()


def test_the_environment_is_read_by_prefixed_names() -> None:
    read = from_environ(Settings, {"PLAYLIST_PORT": "81", "PLAYLIST_DEBUG": "yes", "PORT": "82", "HOME": "/home/me"})

    assert (read.port, read.debug) == (81, True)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert from_environ(Settings, {"PLAYLIST_PORT": "", "PLAYLIST_MODEL_DIR": ""}) == Settings()


def test_a_flag_wins_over_the_environment() -> None:
    assert from_environ(Settings, {"PLAYLIST_PORT": "81"}, {"port": "82"}).port == 82


def test_a_flag_wins_over_a_bad_environment() -> None:
    assert from_environ(Settings, {"PLAYLIST_PORT": "x"}, {"port": "82"}).port == 82


def test_a_flag_that_was_not_given_leaves_the_environment() -> None:
    assert from_environ(Settings, {"PLAYLIST_PORT": "81"}, {"model_dir": "m"}).port == 81


def test_an_empty_flag_is_a_value_of_its_own() -> None:
    environ = {"PLAYLIST_HEADERS_FILE": "/secret", "PLAYLIST_MODEL_DIR": "/m"}

    assert from_environ(Settings, environ, {"headers_file": ""}).headers_file is None
    with pytest.raises(SettingsError, match=r"^--model-dir is '', expected a path$"):
        from_environ(Settings, environ, {"model_dir": ""})


def test_every_problem_is_named_in_one_error() -> None:
    environ = {"PLAYLIST_PORT": "many", "PLAYLIST_MIN_SUPPORT": "2", "PLAYLIST_DEBUG": "perhaps"}

    with pytest.raises(SettingsError) as caught:
        from_environ(Settings, environ, {"port": "0"})

    assert str(caught.value).split("; ") == [
        "--port is '0', expected a whole number from 1 to 65535",
        "PLAYLIST_MIN_SUPPORT is '2', expected a number from 0 to 1",
        "PLAYLIST_DEBUG is 'perhaps', expected true or false",
    ]


def test_a_setting_is_called_by_every_name_it_has() -> None:
    names = {field: described.names for field, described in settings_of(Settings).items()}

    assert names["port"] == "PLAYLIST_PORT / --port"
    assert names["min_support"] == "training.minSupport / PLAYLIST_MIN_SUPPORT"
    assert names["debug"] == "PLAYLIST_DEBUG"


def test_a_long_value_is_shown_cut() -> None:
    with pytest.raises(SettingsError) as caught:
        from_environ(Settings, {"PLAYLIST_PORT": "9" * 10_000})

    assert len(str(caught.value)) < 200


def test_a_value_that_may_hold_a_secret_is_not_repeated() -> None:
    @dataclass(frozen=True)
    class Secretive:
        level: str = setting("LEVEL", "low", unshown(choice(("low", "high"))), help="How high.")

    assert from_environ(Secretive, {"PLAYLIST_LEVEL": "high"}).level == "high"
    with pytest.raises(SettingsError) as wrong:
        from_environ(Secretive, {"PLAYLIST_LEVEL": "hunter2"})

    assert str(wrong.value) == "PLAYLIST_LEVEL can't be used, expected one of low, high"
    assert settings_of(Secretive)["level"].metavar == "NAME"


def test_settings_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        from_environ(Settings, {}).port = 1  # type: ignore[misc]


def test_settings_describe_themselves() -> None:
    described = settings_of(Settings)

    assert list(described) == ["port", "model_dir", "min_support", "headers_file", "debug"]
    port = described["port"]
    assert (port.environment, port.flag, port.value) == (f"{PREFIX}PORT", "--port", "")
    assert (port.default_text, port.metavar, port.help) == ("8080", "N", "Where to listen.")
    assert described["min_support"].value == "training.minSupport"


def test_a_default_is_held_to_the_same_rules() -> None:
    with pytest.raises(ValueError, match="a whole number from 1 on"):
        setting("PORT", "0", whole_number(1), help="")


@pytest.mark.parametrize(
    ("parse", "metavar"),
    [
        (whole_number(1), "N"),
        (fraction, "F"),
        (seconds(), "SECONDS"),
        (size, "SIZE"),
        (path, "PATH"),
        (optional_path, "PATH"),
        (choice(["1"]), "NAME"),
        (switch, "true|false"),
        (text, "TEXT"),
    ],
)
def test_a_parser_names_what_stands_behind_its_flag(parse: Parse, metavar: str) -> None:
    @dataclass(frozen=True)
    class One:
        only: Any = setting("ONLY", "1", parse, help="")

    assert settings_of(One)["only"].metavar == metavar


@pytest.mark.parametrize(
    ("parse", "good", "value"),
    [
        (text, "", ""),
        (text, " as it is ", " as it is "),
        (path, "a/b", Path("a/b")),
        (optional_path, "", None),
        (optional_path, "/a", Path("/a")),
        (switch, "true", True),
        (switch, " ON ", True),
        (switch, "1", True),
        (switch, "No", False),
        (switch, "off", False),
        (choice(["json", "text"]), "json", "json"),
        (whole_number(0), "0", 0),
        (whole_number(-5), "-5", -5),
        (whole_number(1, 3), "1", 1),
        (whole_number(1, 3), "3", 3),
        (whole_number(0), str(10**30), 10**30),
        (fraction, "0", 0.0),
        (fraction, "1", 1.0),
        (fraction, ".5", 0.5),
        (fraction, "5e-3", 0.005),
        (seconds(), "0.5", 0.5),
        (seconds(), "86400", 86_400.0),
        (seconds(above=1.0), "1.0001", 1.0001),
        (seconds(at_most=5.0), "5", 5.0),
        (size, "0", 0),
        (size, "1024", 1024),
        (size, "512Mi", 512 * 1024**2),
        (size, "1.5Gi", 1536 * 1024**2),
        (size, " 2k ", 2000),
        (size, "1Ki", 1024),
        (size, "3M", 3_000_000),
        (size, "1G", 10**9),
        (size, "1T", 10**12),
        (size, "1Ti", 2**40),
    ],
)
def test_a_good_text_becomes_its_value(parse: Parse, good: str, value: object) -> None:
    parsed = parse(good)

    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("parse", "bad", "expected"),
    [
        (path, "", "a path"),
        (path, "a\0b", "a path"),
        (optional_path, "\0", "a path"),
        (switch, "", "true or false"),
        (switch, "2", "true or false"),
        (choice(["json", "text"]), "JSON", "one of json, text"),
        (choice(["json", "text"]), "", "one of json, text"),
        (whole_number(1), "0", "a whole number from 1 on"),
        (whole_number(1), "-7", "a whole number from 1 on"),
        (whole_number(1, 3), "4", "a whole number from 1 to 3"),
        (whole_number(1, 3), "1.5", "a whole number from 1 to 3"),
        (whole_number(1), "1e3", "a whole number from 1 on"),
        (whole_number(1), "nan", "a whole number from 1 on"),
        (whole_number(1), "", "a whole number from 1 on"),
        (whole_number(1), "9" * 5000, "a whole number from 1 on"),
        (whole_number(-2, 2), "x", "a whole number from -2 to 2"),
        (fraction, "1.1", "a number from 0 to 1"),
        (fraction, "-0.1", "a number from 0 to 1"),
        (fraction, "nan", "a number from 0 to 1"),
        (fraction, "inf", "a number from 0 to 1"),
        (fraction, "half", "a number from 0 to 1"),
        (fraction, "5%", "a number from 0 to 1"),
        (seconds(), "0", "a number of seconds above 0 and at most 86400"),
        (seconds(), "-1", "a number of seconds above 0 and at most 86400"),
        (seconds(), "nan", "a number of seconds above 0 and at most 86400"),
        (seconds(), "inf", "a number of seconds above 0 and at most 86400"),
        (seconds(), "86400.1", "a number of seconds above 0 and at most 86400"),
        (seconds(), "1s", "a number of seconds above 0 and at most 86400"),
        (seconds(above=1, at_most=5), "1", "a number of seconds above 1 and at most 5"),
        (size, "", "a size such as 512Mi or 2Gi"),
        (size, "-1", "a size such as 512Mi or 2Gi"),
        (size, "512MB", "a size such as 512Mi or 2Gi"),
        (size, "512 Mi", "a size such as 512Mi or 2Gi"),
        (size, "1mi", "a size such as 512Mi or 2Gi"),
        (size, "nan", "a size such as 512Mi or 2Gi"),
        (size, "inf", "a size such as 512Mi or 2Gi"),
        (size, "1e9", "a size such as 512Mi or 2Gi"),
        (size, ".5Gi", "a size such as 512Mi or 2Gi"),
        (size, "9" * 400, "a size such as 512Mi or 2Gi"),
    ],
)
def test_a_bad_text_is_answered_with_what_was_expected(parse: Parse, bad: str, expected: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        parse(bad)

    assert str(caught.value) == expected


@pytest.mark.parametrize("parse", [fraction, seconds()])
def test_what_a_number_parser_takes_is_finite(parse: Parse) -> None:
    for shown in ("nan", "NaN", "inf", "Infinity", "-inf", "1e999"):
        with pytest.raises(ValueError, match="a number"):
            parse(shown)

    assert math.isfinite(parse("1e-300"))
