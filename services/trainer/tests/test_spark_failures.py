"""What is said where Spark is missing, or fails."""

import sys
from types import SimpleNamespace

import pytest

from playlist_trainer.errors import LimitError, SettingError, TrainerError, TransientError
from playlist_trainer.settings import Settings
from playlist_trainer.spark.failures import failure_of
from playlist_trainer.spark.session import session

_SETTINGS = Settings.read(
    {"engine": "spark", "spark_master": "spark://one:7077", "spark_executor_memory": "3Gi"}, environ={}
)
_RAISED = """org.apache.spark.api.python.PythonException: [PYTHON_EXCEPTION] Traceback (most recent call last):
  File "worker.py", line 4327, in invoke_udf
    run_process()
  File "counts.py", line 5, in fail
    raise ValueError("no such luck")
ValueError: no such luck
 SQLSTATE: 38000"""


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playlist_trainer.spark.session._open", None)


class Py4JJavaError(Exception):
    __module__ = "py4j.protocol"


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(
        SettingError, match=r"needs pyspark.*install playlist-trainer\[spark\].*eclat finds the same rules"
    ):
        session(_SETTINGS)


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", SimpleNamespace(SparkConf=None, SparkContext=None))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(SettingError, match=r"needs Java 17 or newer.*openjdk-17-jre-headless"):
        session(_SETTINGS)


def test_executor_too_small_for_java_and_python_is_refused() -> None:
    settings = Settings.read({"engine": "spark", "spark_executor_memory": "512Mi"}, environ={})

    with pytest.raises(SettingError, match=r"executorMemory.* is 512 MiB, expected at least 1Gi"):
        session(settings)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).", LimitError, "3072 MiB:"),
        ("The executor with id 1 exited with exit code 52(JVM OOM).", LimitError, "3072 MiB:"),
        ("Most recent failure reason: org.apache.spark.shuffle.MetadataFetchFailedException: Missing", TransientError,
         "executors were lost again and again"),
        ("org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)", LimitError, "raise"),
        ("java.io.IOException: No space left on device", TransientError, "disk is full"),
        ("ModuleNotFoundError: No module named 'playlist_trainer'", SettingError, "have no playlist-trainer"),
        ("Java gateway process exited before sending its port number", SettingError, "version 17 or newer"),
        ("org.apache.spark.SparkException: All masters are unresponsive! Giving up.", TransientError, "at spark://one:7077"),
        ("org.apache.spark.SparkException: [NO] Too small.\n", TransientError, "gave up: [NO] Too small.; try"),
        ("Job aborted due to stage failure: Task 0 failed", TransientError, "gave up: Task 0 failed; try"),
        (_RAISED, TransientError, "gave up: ValueError: no such luck; try"),
        (_RAISED.replace("ValueError: no such luck", "MemoryError"), LimitError, "3072 MiB:"),
    ],
)  # fmt: skip
def test_failure_of_spark_is_one_sentence(text: str, kind: type[TrainerError], words: str) -> None:
    failure = failure_of(Py4JJavaError(f"An error occurred while calling o1.x.\n: {text}\n\tat java.base"), _SETTINGS)

    assert type(failure) is kind
    assert words in str(failure)
    assert "\n" not in str(failure)


def test_other_errors_are_not_taken_for_failures_of_spark() -> None:
    assert failure_of(ValueError("OutOfMemoryError"), _SETTINGS) is None
