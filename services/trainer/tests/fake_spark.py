"""Spark in this process: what the engine uses of it, on lists. Records are pickled on their way, as Spark does it."""

# ruff: noqa: N802, N803 - the names are Spark's

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from playlist_trainer.timings import StageTimer


class FakeRdd:
    """Partitions that are worked out when they are asked for, and each time anew: a task may run twice."""

    def __init__(self, partitions: Callable[[], list[list[Any]]]) -> None:
        self._partitions = partitions

    def mapPartitionsWithIndex(self, work: Callable[[int, Iterator[Any]], Iterable[Any]]) -> "FakeRdd":
        return FakeRdd(lambda: [list(work(n, iter(part))) for n, part in enumerate(self._partitions())])

    def mapPartitions(self, work: Callable[[Iterator[Any]], Iterable[Any]]) -> "FakeRdd":
        return self.mapPartitionsWithIndex(lambda _, part: work(part))

    def map(self, work: Callable[[Any], Any]) -> "FakeRdd":
        return self.mapPartitions(lambda part: map(work, part))

    def filter(self, kept: Callable[[Any], bool]) -> "FakeRdd":
        return self.mapPartitions(lambda part: filter(kept, part))

    def union(self, other: "FakeRdd") -> "FakeRdd":
        return FakeRdd(lambda: self._partitions() + other._partitions())

    def zipWithIndex(self) -> "FakeRdd":
        def numbered() -> list[list[Any]]:
            numbers = iter(range(10**9))
            return [[(one, next(numbers)) for one in part] for part in self._partitions()]

        return FakeRdd(numbered)

    def partitionBy(self, count: int, target: Callable[[Any], int]) -> "FakeRdd":
        def shuffled() -> list[list[Any]]:
            parts: list[list[Any]] = [[] for _ in range(count)]
            # Last first: what another task sends may come before what the first one sends.
            for record in chain.from_iterable(reversed(self._partitions())):
                parts[target(record[0]) % count].append(pickle.loads(pickle.dumps(record)))
            return parts

        return FakeRdd(shuffled)

    def persist(self, _level: object) -> "FakeRdd":
        kept: list[list[list[Any]]] = []

        def once() -> list[list[Any]]:
            if not kept:
                kept.append(self._partitions())
            return kept[0]

        return FakeRdd(once)

    def unpersist(self) -> None:
        pass

    def collect(self) -> list[Any]:
        return list(chain.from_iterable(self._partitions()))

    def count(self) -> int:
        return len(self.collect())

    def toLocalIterator(self, prefetchPartitions: bool = False) -> Iterator[Any]:
        return chain.from_iterable(self._partitions())


@dataclass(frozen=True)
class _Broadcast:
    value: Any


class FakeContext:
    def parallelize(self, values: list[Any], count: int) -> FakeRdd:
        return FakeRdd(lambda: [values[n::count] for n in range(count)])

    def broadcast(self, value: Any) -> _Broadcast:
        return _Broadcast(value)


@dataclass
class FakeSession:
    """As ``playlist_trainer.spark.session.Session``."""

    task_count: int = 3
    items_per_task: int = 200
    context: FakeContext = field(default_factory=FakeContext)
    on_disk: None = None

    def run(self, _what: str, action: Callable[[], Any], _timer: StageTimer) -> Any:
        return action()

    def shuffled_bytes(self) -> int:
        return 0
