"""The driver's connection to Spark: one per process, opened when it is first needed."""

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from playlist_trainer import watchdog
from playlist_trainer.errors import SettingError, TransientError
from playlist_trainer.settings import Settings, names_of
from playlist_trainer.spark.failures import failure_of
from playlist_trainer.timings import StageTimer

if TYPE_CHECKING:
    from pyspark import SparkContext

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_MIB = 1 << 20
_KUBERNETES = "k8s://https://kubernetes.default.svc"
# Spark refuses less than 450 MiB, of which Java counts a part as never free.
_LEAST_HEAP, _LEAST_MEMORY = 512 * _MIB, 1024 * _MIB
# Of an executor's memory; what it does is done by Python beside it.
_HEAP_SHARE = 0.25
# What a row of a playlist that is counted takes in a task, with all that is made from it.
_BYTES_PER_ITEM = 64
_LEAST_ITEMS, _MOST_ITEMS = 1 << 20, 1 << 28
_STARTS_WITHIN_S = 300.0
_POLL_S, _TOLD_EVERY_S = 0.5, 15.0


class Session:
    """Spark, and what of its size matters to the work."""

    def __init__(self, context: "SparkContext", settings: Settings) -> None:
        self.context = context
        self._settings = settings
        is_here = settings.spark_master.startswith("local")
        tasks = int(context.defaultParallelism) if is_here else settings.spark_executors * settings.spark_executor_cores
        self.task_count = max(2, tasks)
        """How many tasks run at a time, two at least."""
        self.on_disk = disk_only()
        """How what is used twice is kept: executors have more disk than memory."""
        memory_per_task = settings.spark_executor_memory // settings.spark_executor_cores
        self.items_per_task = min(max(memory_per_task // _BYTES_PER_ITEM, _LEAST_ITEMS), _MOST_ITEMS)
        """Songs of playlists that a task may hold while it counts pairs."""

    def run(self, what: str, action: Callable[[], _T], timer: StageTimer) -> _T:
        """Run a job of Spark, and tell how far it is.

        Args:
            what: what it does, for the log.
            action: makes Spark work, and returns what came out.
            timer: told which share of the tasks is done.

        Raises:
            TrainerError: as ``failure_of`` says.
        """
        began = time.monotonic()
        with self._watched(what, timer):
            try:
                found = action()
            except Exception as error:
                # Told to end, the watchdog stops Spark and then the process: what that does to a job is no failure.
                watchdog.wait_if_ending()
                failure = failure_of(error, self._settings)
                _log.debug("%s failed: %s", what, error)
                if failure is None:
                    raise
                raise failure from None
        _log.debug("%s took %.1f s", what, time.monotonic() - began)
        return found

    def shuffled_bytes(self) -> int:
        """Return how much the tasks have written for one another so far, compressed as it travels."""
        stages = self.context._jsc.sc().statusStore().stageList(None, False, False, self._no_quantiles(), None)
        return sum(int(stages.apply(n).shuffleWriteBytes()) for n in range(stages.size()))

    def _no_quantiles(self) -> Any:
        gateway: Any = self.context._gateway
        return gateway.new_array(gateway.jvm.double, 0)

    @contextmanager
    def _watched(self, what: str, timer: StageTimer) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._tell, args=(what, timer, ended), daemon=True, name="spark-progress")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _tell(self, what: str, timer: StageTimer, ended: threading.Event) -> None:
        tracker, told = self.context.statusTracker(), time.monotonic()
        while not ended.wait(_POLL_S):
            try:
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            except Exception:  # noqa: BLE001 - whatever it is, the job itself tells of it
                return
            done = sum(stage.numCompletedTasks for stage in stages if stage)
            total = sum(stage.numTasks for stage in stages if stage)
            timer.progress(done, total)
            if time.monotonic() - told >= _TOLD_EVERY_S:
                told = time.monotonic()
                _log.info("%s: %d of %d tasks done", what, done, total)


def disk_only() -> Any:
    """Return the storage level of what is kept on the executors' disks."""
    from pyspark import StorageLevel  # noqa: PLC0415 - see _context

    return StorageLevel.DISK_ONLY


_open: Session | None = None


def session(settings: Settings) -> Session:
    """Return the session, and open it where there is none yet.

    Raises:
        SettingError: pyspark or Java is missing, or the settings are not what Spark takes.
        TransientError: nothing answers where executors should come from.
    """
    global _open  # noqa: PLW0603 - Spark knows one context per process
    if _open is None:
        context = _context(settings)
        watchdog.before_the_end(close)
        # Java's memory is the container's too.
        watchdog.watch_too(context._gateway.proc.pid)
        _open = Session(context, settings)
        _wait_for_executors(_open, settings)
        _log.info("Spark %s runs %d tasks at a time on %s", context.version, _open.task_count, context.master)
    return _open


def close() -> None:
    """Stop Spark and its executors, if it runs."""
    global _open
    found, _open = _open, None
    if found is not None:
        found.context.stop()


def _context(settings: Settings) -> "SparkContext":
    if settings.spark_executor_memory < _LEAST_MEMORY:
        raise SettingError(
            f"{names_of('spark_executor_memory')} is {settings.spark_executor_memory // _MIB} MiB, expected at least "
            f"1Gi: Java alone takes {_LEAST_HEAP // _MIB} MiB of it"
        )
    try:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra, which takes a second to import
    except ImportError:
        raise SettingError(
            f"engine spark needs pyspark, which is not here ({names_of('engine')}): install playlist-trainer[spark], "
            "or take the image playlist-recommender-trainer-spark (training.spark.image); or another engine: eclat "
            "finds the same rules on one machine"
        ) from None
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise SettingError(
            f"engine spark needs Java 17 or newer, and there is no java in PATH ({names_of('engine')}): install a Java "
            "runtime (Debian: openjdk-17-jre-headless), or take the image playlist-recommender-trainer-spark"
        )
    logging.getLogger("py4j").setLevel(logging.WARNING)  # which tells of each connection that it closes
    # Executors start it under the same path; pyspark reads it from here alone.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkContext(conf=SparkConf().setAll(list(_configuration(settings).items())))
    except Exception as error:
        watchdog.wait_if_ending()
        failure = failure_of(error, settings)
        if failure is None:
            raise
        raise failure from None


def _configuration(settings: Settings) -> dict[str, str]:
    """Return what is set by us; spark-defaults.conf in SPARK_CONF_DIR says the rest, such as a pod's template."""
    executors, cores = settings.spark_executors, settings.spark_executor_cores
    heap = max(_LEAST_HEAP, int(settings.spark_executor_memory * _HEAP_SHARE))
    return {
        "spark.app.name": "playlist-trainer",
        "spark.master": _KUBERNETES if settings.spark_master == "k8s" else settings.spark_master,
        "spark.submit.deployMode": "client",
        "spark.executor.instances": str(executors),
        "spark.executor.cores": str(cores),
        "spark.cores.max": str(executors * cores),  # the word of a cluster of its own, spark://
        "spark.executor.memory": f"{heap // _MIB}m",
        "spark.executor.memoryOverhead": f"{max(0, settings.spark_executor_memory - heap) // _MIB}m",
        "spark.driver.maxResultSize": "0",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        # A node that is gone is noticed in a minute, not in two.
        "spark.network.timeout": "60s",
        "spark.executor.heartbeatInterval": "5s",
    }


def _wait_for_executors(opened: Session, settings: Settings) -> None:
    """Wait for the first executor: a job without one would wait for ever."""
    if settings.spark_master.startswith("local"):
        return
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while opened.run("looking for executors", lambda: _executor_count(opened.context), StageTimer()) == 0:
        if time.monotonic() > deadline:
            close()
            raise TransientError(
                f"no executor started within {_STARTS_WITHIN_S:.0f} s on {settings.spark_master}: look at the pods or "
                f"workers there; each needs {settings.spark_executor_memory >> 20} MiB "
                f"({names_of('spark_executor_memory')}) and {settings.spark_executor_cores} cores "
                f"({names_of('spark_executor_cores')})"
            )
        time.sleep(_POLL_S)


def _executor_count(context: "SparkContext") -> int:
    # The driver is one of those.
    return int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1
