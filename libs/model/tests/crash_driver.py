"""Kills a trainer at every point of what it does, and looks at what a reader finds.

Run as python -m libs.model.tests.crash_driver CASE FOLDER.

For each step a child is forked that kills itself (SIGKILL) at that step. A step is a change of the file system, or a
line of the code that writes: each line the first three times that it runs, as the loop over eighteen arrays leaves
nothing new after that but its files. The last child survives.
Prints how many steps there were, and after how many of them the old model was current, and the new one, as JSON.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from playlist_model import (
    FolderStore,
    Manifest,
    ModelWriter,
    NoModelError,
    arrays,
    files,
    writing,
)
from playlist_model.store import folder_writer, making

from .crash_models import do_not_wait_for_the_disk, model_id_of, number_of, publish

# Reading, and there is much of it, changes nothing that a crash could leave behind.
READING = {files.sha256_of.__code__, files.verify_file.__code__, arrays.map_array.__code__}
WRITING_MODULES = {arrays.__file__, files.__file__, folder_writer.__file__, making.__file__}
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime"}
AGED_S = 100 * 3600.0


@dataclass(frozen=True)
class Case:
    """What is done to a folder that holds the models 1 and 2, both long there, the second current.

    Attributes:
        act: what the child does.
        new: the number of the model that is current afterwards.
        may_go: the models that may be gone afterwards.
        keep: how many models the child keeps, however old.
        is_first: whether the folder is empty instead; killed at changes of the file system alone, to save time.
    """

    act: Callable[[ModelWriter], object]
    new: int
    may_go: frozenset[int] = frozenset()
    keep: int = 9
    is_first: bool = False


CASES = {
    # The first model is cleared: it is old and not among the newest; the second was current until now.
    "publish": Case(lambda trainer: publish(trainer, 3), new=3, may_go=frozenset({1}), keep=1),
    "publish-the-first": Case(lambda trainer: publish(trainer, 3), new=3, is_first=True),
    "rollback": Case(lambda trainer: trainer.rollback(model_id_of(trainer, 1)), new=1),
    "point-at": Case(lambda trainer: trainer.point_at(model_id_of(trainer, 1), "f" * 64), new=1),
}


class _Killer:
    """Ends its own process at the n-th event."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._runs: Counter[tuple[str, int]] = Counter()

    def arm(self, by_line: bool) -> None:
        sys.addaudithook(self._audit)
        if by_line:
            sys.settrace(self._trace)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        is_opened_to_write = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGES or is_opened_to_write:
            self._count()

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in WRITING_MODULES or frame.f_code in READING:
            return None
        line = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and self._runs[line] < 3:
            self._runs[line] += 1
            self._count()
        return self._trace

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _prepare(store: FolderStore) -> None:
    """Publish the models 1 and 2, and make them look long there."""
    with writing(store) as trainer:
        for number in (1, 2):
            publish(trainer, number)
    for model_id in store.model_ids():
        moment = time.time() - AGED_S
        os.utime(store.model_path(model_id), (moment, moment))


def _is_killed_at(step: int, case: Case, store: FolderStore) -> bool:
    """Run the case in a child that kills itself at one step; tell whether it came so far."""
    child = os.fork()
    if child == 0:
        _Killer(step).arm(by_line=not case.is_first)
        with writing(store, keep=case.keep) as trainer:
            case.act(trainer)
        sys.settrace(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, f"step {step}: the child failed"
    return os.WIFSIGNALED(status)


def _check(case: Case, store: FolderStore) -> str:
    """Look as a reader does, then as the next trainer does."""
    outcome = _outcome(case, store)
    with writing(store) as trainer:
        assert list(store.scratch_path.iterdir()) == [], "tmp/ was not cleared"
        published = publish(trainer, 5)
    assert store.pointer().model_id == published
    assert _is_all_there(store, store.manifest(published)), "the next model is not whole"
    return outcome


def _outcome(case: Case, store: FolderStore) -> str:
    """Tell whether the old model is current or the new one, having seen that nothing stands there half."""
    old = set() if case.is_first else {1, 2}
    kept = {_number_of_whole(store, model_id) for model_id in store.model_ids()}
    assert old - case.may_go <= kept <= old | {case.new}, f"{kept} are kept"
    try:
        current = number_of(store.load_current())
    except NoModelError:
        assert case.is_first
        return "old"
    assert current in {2, case.new}, f"model {current} is current"
    return "new" if current == case.new else "old"


def _number_of_whole(store: FolderStore, model_id: str) -> int:
    """Tell which model stands in models/; a new one is loaded, an old one still has all its files."""
    manifest = store.manifest(model_id)
    number = int(manifest.dataset["playlists"])
    if number > 2:
        return number_of(store.load(model_id))
    assert _is_all_there(store, manifest), f"model {number} is half removed"
    return number


def _is_all_there(store: FolderStore, manifest: Manifest) -> bool:
    with os.scandir(store.model_path(manifest.model_id)) as entries:
        sizes = {entry.name: entry.stat().st_size for entry in entries if entry.name != "manifest.json"}
    return sizes == {name: file.bytes for name, file in manifest.files.items()}


def main(case: Case, folder: Path) -> dict[str, int]:
    """Kill at every step."""
    prepared = FolderStore(folder / "prepared")
    prepared.root.mkdir()
    if not case.is_first:
        _prepare(prepared)
    seen: Counter[str] = Counter()
    step, is_killed = 0, True
    while is_killed:
        step += 1
        store = FolderStore(folder / "volume")
        # Hard links: a published file is never changed in place, and a step costs less.
        shutil.copytree(prepared.root, store.root, copy_function=os.link)
        is_killed = _is_killed_at(step, case, store)
        try:
            outcome = _check(case, store)
        except Exception as error:
            raise AssertionError(f"after a kill at step {step}: {error}") from error
        assert is_killed or outcome == "new", "the child survived and its model is not current"
        seen[outcome] += 1
        shutil.rmtree(store.root)
    return {"steps": step, **seen}


if __name__ == "__main__":
    do_not_wait_for_the_disk()
    print(json.dumps(main(CASES[sys.argv[1]], Path(sys.argv[2]))))
