"""Kills a trainer at every request of a publication to a bucket.

Run as python -m libs.model.tests.object_crash_driver CASE URL FOLDER STRIDE.

For each step a child is forked that kills itself (SIGKILL) just before or just after one request to the store; of the
many that send arrays, the first three and the last one count. Another child looks at what a reader finds then, and at
whether the next trainer can publish and clears what the killed one left. At last some children are killed at any
moment, in the middle of requests too. The parent itself never asks the store: its threads would not outlast a fork.
Prints how many steps there were, and after how many of them the old model was current, and the new one, as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playlist_model import (
    ModelStore,
    ModelWriter,
    NoModelError,
    StoreOptions,
    open_store,
    writing,
)
from playlist_model.store.bucket import Bucket
from playlist_model.store.object_store import ObjectStore

from .crash_models import do_not_wait_for_the_disk, model_id_of, number_of, publish

REQUESTS = ("get", "create", "replace", "put", "upload", "sizes", "delete")
KILLS_AT_ANY_MOMENT = 12


@dataclass(frozen=True)
class Case:
    """What is done to a bucket that holds the models 1 and 2, the second current.

    Attributes:
        act: what the child does.
        new: the number of the model that is current afterwards.
        is_first: whether the bucket is empty instead.
        is_probed: whether the child is killed while it tries the store, too.
    """

    act: Callable[[ModelWriter], object]
    new: int
    is_first: bool = False
    is_probed: bool = False


CASES = {
    "publish": Case(lambda trainer: publish(trainer, 3), new=3),
    "publish-the-first": Case(lambda trainer: publish(trainer, 3), new=3, is_first=True),
    "rollback": Case(lambda trainer: trainer.rollback(model_id_of(trainer, 1)), new=1, is_probed=True),
}


class Killer:
    """Ends its own process at the n-th event."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._uploads = 0

    def arm(self) -> None:
        for name in REQUESTS:
            setattr(Bucket, name, self._watched(getattr(Bucket, name), is_upload=name == "upload"))

    def _watched(self, request: Callable[..., Any], is_upload: bool) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._uploads += is_upload
            counts = not is_upload or self._uploads <= 3
            self._count(counts)
            result = request(*args, **kwargs)
            self._count(counts)
            return result

        return watched

    def _count(self, counts: bool) -> None:
        self._left -= counts
        if counts and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Place:
    """One step's own prefix of the bucket."""

    url: str
    endpoint: str
    local: Path

    def store(self, machine: str) -> ModelStore:
        options = StoreOptions(self.endpoint, allow_http=True)
        return open_store(self.url, self.local / machine, options)


def _forked(act: Callable[[], object], kill_after_s: float | None = None) -> bool:
    """Do something in a child; tell whether it was killed. What it fails with is the parent's failure too."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - a child must not run on into the parent's code
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "the child failed"
    return os.WIFSIGNALED(status)


def _prepare(case: Case, place: Place) -> None:
    if not case.is_first:
        with writing(place.store("first")) as trainer:
            for number in (1, 2):
                publish(trainer, number)


def _act(case: Case, place: Place, step: int | None) -> None:
    killer = Killer(step) if step is not None else None
    if killer and case.is_probed:
        killer.arm()
    with writing(place.store("killed"), keep=9) as trainer:
        if killer and not case.is_probed:
            killer.arm()
        case.act(trainer)


def _look(case: Case, place: Place, note: Path) -> None:
    """Look as a reader does, then as the next trainer does."""
    reader = place.store("reader")
    try:
        current = number_of(reader.load_current())
        assert current in {2, case.new}, f"model {current} is current"
    except NoModelError:
        assert case.is_first
        current = 0
    note.write_text("new" if current == case.new else "old")
    with writing(place.store("next"), keep=9) as trainer:
        published = publish(trainer, 5)
    assert reader.load_current().manifest.model_id == published
    _check_cleared(reader)


def _check_cleared(reader: ModelStore) -> None:
    """See that every object belongs to a model that is whole."""
    assert isinstance(reader, ObjectStore)
    there = {key.split("/")[1] for key in reader.bucket.sizes("models")}
    assert there == set(reader.model_ids()), "what was cut off was not cleared"
    for model_id in there:
        reader.check(model_id)
    assert not reader.bucket.sizes("tmp"), "the probe was not cleared"


def main(name: str, endpoint: str, folder: Path, stride: int) -> dict[str, int]:
    """Kill at every step, or every so many for a server that is slow, then at any moment."""
    case, seen, killed_at, is_killed = CASES[name], Counter[str](), 1 - stride, True
    random_ = random.Random(7)
    # Moving the pointer alone is over before most of these.
    kills_left = 0 if case.is_probed else KILLS_AT_ANY_MOMENT // stride
    while is_killed or kills_left:
        place = Place(f"s3://models/{name}-{seen.total()}", endpoint, folder / str(seen.total()))
        _forked(lambda place=place: _prepare(case, place))  # type: ignore[misc]
        if is_killed:
            killed_at += stride
            is_killed = _forked(lambda place=place, step=killed_at: _act(case, place, step))  # type: ignore[misc]
        else:
            kills_left -= 1
            _forked(lambda place=place: _act(case, place, None), random_.uniform(0.0, 0.4))  # type: ignore[misc]
        note = folder / "note"
        try:
            _forked(lambda place=place, note=note: _look(case, place, note))  # type: ignore[misc]
        except AssertionError as error:
            raise AssertionError(f"after a kill at step {killed_at}: {error}") from error
        seen[note.read_text()] += 1
    return {"steps": killed_at, **seen}


if __name__ == "__main__":
    do_not_wait_for_the_disk()
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
