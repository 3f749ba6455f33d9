"""What Spark says went wrong, as the trainer's own errors."""

import re

from playlist_trainer.errors import LimitError, SettingError, TrainerError, TransientError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings, names_of

_OUT_OF_MEMORY = re.compile(
    r"exit(ed with exit)? (code|status):? ?\(?137|OOMKilled|possible container OOM|OutOfMemoryError|MemoryError"
    r"|Python worker exited unexpectedly"
)
_NO_MASTER = re.compile(
    r"All masters are unresponsive|Master removed our application|Invalid master URL|Failed to connect to master"
)
_REASON = re.compile(r"^(?:[\w.$]+(?:Exception|Error)): (.+)$|Job aborted due to stage failure: ([^\n]+)", re.MULTILINE)


def failure_of(error: Exception, settings: Settings) -> TrainerError | None:
    """Return a failure of Spark as one of ours; None for what is no failure of Spark's.

    Args:
        error: what a call of pyspark raised.
        settings: name what may have to change.
    """
    if not type(error).__module__.startswith(("py4j", "pyspark")):
        return None
    text = str(error)
    if _OUT_OF_MEMORY.search(text):
        return LimitError(
            f"an executor ran out of memory at {settings.spark_executor_memory >> 20} MiB: raise "
            f"{names_of('spark_executor_memory')}, or lower {names_of('spark_executor_cores')}"
        )
    if "No space left on device" in text:
        return TransientError("an executor's or the driver's disk is full: make room for what Spark keeps there")
    if "No module named 'playlist_trainer'" in text or "No module named 'polars'" in text:
        return SettingError(
            "the executors have no playlist-trainer: install playlist-trainer[spark] there, in the same version as here"
        )
    if "JAVA_GATEWAY_EXITED" in text or "Java gateway process exited" in text:
        return SettingError(
            "Java ended before Spark had started: it has to be version 17 or newer (java -version), the user needs an "
            f"entry in /etc/passwd, and {names_of('spark_master')} must be k8s, spark://HOST:PORT or local[N]"
        )
    if _NO_MASTER.search(text):
        return TransientError(
            f"no Spark answers at {redacted(settings.spark_master)}: check {names_of('spark_master')}"
        )
    found = _REASON.search(text)
    reason = next(filter(None, found.groups()), "") if found else ""
    return TransientError(f"Spark gave up: {redacted(reason or text.split(chr(10))[0])[:300]}; try again")
