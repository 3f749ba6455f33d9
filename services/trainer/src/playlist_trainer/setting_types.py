"""What the texts of the trainer's settings are read as; each raises ValueError with what it takes."""

import re
from string import punctuation

SPARK = "spark"
# Those of mining.engines and the one of the package spark, whose import a run that finds nothing to do can save.
ENGINE_NAMES = ("eclat", "efficient-apriori", SPARK)
# A min_support that is chosen by the number of playlists.
AUTO = 0.0


def support(text: str) -> float:
    """Take a minimum support: ``auto``, below 1 a fraction of all playlists, from 1 on a whole number of playlists."""
    if text.strip().lower() == "auto":
        return AUTO
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (0 < number < 1 or (number >= 1 and number.is_integer())):
        raise ValueError("auto, a fraction of playlists (above 0, below 1) or a whole number of them (from 1 on)")
    return number


def sha256(text: str) -> str:
    """Take a sha256 as 64 hex digits, in lower case; empty for none."""
    if text and not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("64 hex digits, or nothing")
    return text.lower()


SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def separator(text: str) -> str:
    """Take a separator by its word or as the character itself; nothing for one that is found by itself."""
    character = "\t" if text == "\\t" else SEPARATORS.get(text.strip().lower(), text)
    if character and character not in set(punctuation + "\t") - {'"', "\\"}:
        raise ValueError(f"{', '.join(SEPARATORS)} or one character such as ^, but no letter, quote or backslash")
    return character


def spark_master(text: str) -> str:
    """Take where Spark's executors come from; local-cluster is Spark's own, for tests."""
    if not re.fullmatch(r"k8s|local(\[(\d+|\*)\])?|local-cluster\[\d+,\d+,\d+\]|spark://[\w.,:\[\]-]+", text):
        raise ValueError("k8s, spark://HOST:PORT or local[N]")
    return text


def address(text: str) -> str:
    """Take where a dataset is."""
    if not text.strip():
        raise ValueError("a URL, a path or builtin:sample")
    return text


def column(text: str) -> str:
    """Take the name of a column."""
    if not text.strip():
        raise ValueError("the name of a column")
    return text.strip()
