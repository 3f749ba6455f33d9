"""One Spark with two executors for all tests of this folder: processes of their own, with Java."""

import importlib.util
import shutil
from collections.abc import Iterator

import pytest

from playlist_trainer.settings import Settings
from playlist_trainer.spark.session import Session, close, session

MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="session")
def needs_spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed here: make unit-spark")
    if shutil.which("java") is None:
        pytest.skip("there is no java in PATH (Debian: openjdk-17-jre-headless)")


@pytest.fixture(scope="session")
def spark(needs_spark: None) -> Iterator[Session]:
    opened = session(Settings.read({"engine": "spark", "spark_master": MASTER}, environ={}))
    try:
        yield opened
    finally:
        close()
