"""What Spark says went wrong, as the trainer's own errors."""

import re
from collections.abc import Callable

from playlist_trainer.errors import LimitError, SettingError, TrainerError, TransientError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings, names_of

_OUT_OF_MEMORY = re.compile(
    r"exit(ed with exit)? (code|status):? ?\(?(137|52\b)|OOMKilled|possible container OOM|OutOfMemoryError|MemoryError"
    r"|Python worker exited unexpectedly"
)
_NO_MASTER = re.compile(
    "All masters are unresponsive|Master removed our application|Invalid master URL|Failed to connect to master"
)
_RAISED_BY_A_TASK = re.compile(r"Traceback \(most recent call last\):(?:\n[ \t].*)*\n(\S.*)")
_REASON = re.compile(
    r"^(?:: )?(?:[\w.$]+(?:Exception|Error)): (.+)$|Job aborted due to stage failure: ([^\n]+)", re.MULTILINE
)


def failure_of(error: Exception, settings: Settings) -> TrainerError | None:
    """Return a failure of Spark as one of ours; None for what is no failure of Spark's.

    Args:
        error: what a call of pyspark raised.
        settings: name what may have to change.
    """
    if not type(error).__module__.startswith(("py4j", "pyspark")):
        return None
    text = str(error)
    for kind, pattern, words in _KNOWN:
        if pattern.search(text):
            return kind(words(settings))
    found = _RAISED_BY_A_TASK.search(text) or _REASON.search(text)
    reason = next(filter(None, found.groups()), "") if found else text.split("\n", 1)[0]
    return TransientError(f"Spark gave up: {redacted(reason)[:300]}; try again")


def _memory(settings: Settings) -> str:
    return (
        f"an executor ran out of memory at {settings.spark_executor_memory >> 20} MiB: raise "
        f"{names_of('spark_executor_memory')}, or lower {names_of('spark_executor_cores')}"
    )


def _disk(_settings: Settings) -> str:
    return "an executor's or the driver's disk is full: make room for what Spark keeps there"


def _lost(_settings: Settings) -> str:
    return (
        "executors were lost again and again: look at why they ended; if it was because of memory, raise "
        f"{names_of('spark_executor_memory')}"
    )


def _package(_settings: Settings) -> str:
    return "the executors have no playlist-trainer: install playlist-trainer[spark] there, in the same version as here"


def _java(settings: Settings) -> str:
    return (
        "Java ended before Spark had started: it has to be version 17 or newer (java -version), the user needs an "
        f"entry in /etc/passwd, and {names_of('spark_master')} must be k8s, spark://HOST:PORT or local[N], not "
        f"{redacted(settings.spark_master)}"
    )


def _master(settings: Settings) -> str:
    return f"no Spark answers at {redacted(settings.spark_master)}: check {names_of('spark_master')}"


_KNOWN: tuple[tuple[type[TrainerError], re.Pattern[str], Callable[[Settings], str]], ...] = (
    (LimitError, _OUT_OF_MEMORY, _memory),
    (TransientError, re.compile("No space left on device"), _disk),
    (TransientError, re.compile("FetchFailedException"), _lost),
    (SettingError, re.compile("No module named '(playlist_trainer|polars|obstore)"), _package),
    (SettingError, re.compile("JAVA_GATEWAY_EXITED|Java gateway process exited"), _java),
    (TransientError, _NO_MASTER, _master),
)
