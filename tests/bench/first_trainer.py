"""The trainer's first version, in a temporary worktree of this repository with an environment of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.processes import MeasurementError, clean_environ, say

COMMIT = "1f141d6"
MISSING = (
    f"The first version ({COMMIT}) is not in this clone's history and was not compared with: "
    "`git fetch --unshallow`, then measure again."
)
_LIMIT_S = 900.0


@dataclass(frozen=True)
class FirstTrainer:
    """Where it is.

    Attributes:
        python: of its environment.
        trainer: its command.
    """

    python: Path
    trainer: Path


@contextmanager
def first_trainer(commit: str = COMMIT) -> Iterator[FirstTrainer | None]:
    """Check it out and make its environment, until the block is left; None where the history does not have it.

    Raises:
        MeasurementError: its environment can't be made.
    """
    if not _is_in_history(commit):
        say(MISSING)
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "first-version")
        say(f"making the first version's environment ({commit})")
        _run("git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", folder, commit)
        try:
            # The interpreter that this environment stands on, so that both run on the same one.
            python = Path(sys.executable).resolve()
            _run("make", "--silent", "-C", folder, f"PYTHON={python}", ".venvs/demo/.made")
            programs = folder / ".venvs" / "demo" / "bin"
            yield FirstTrainer(programs / "python", programs / "playlist-trainer")
        finally:
            _run("git", "-C", ROOT, "worktree", "remove", "--force", folder)


def _is_in_history(commit: str) -> bool:
    words = ["git", "-C", str(ROOT), "cat-file", "-e", f"{commit}^{{commit}}"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:  # no git at all
        return False


def _run(*words: str | Path) -> None:
    environ = {name: value for name, value in clean_environ().items() if not name.startswith(("MAKE", "MFLAGS"))}
    try:
        ended = subprocess.run(words, env=environ, capture_output=True, text=True, check=False, timeout=_LIMIT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MeasurementError(f"{' '.join(map(str, words))}: {error}") from error
    if ended.returncode:
        raise MeasurementError(f"{' '.join(map(str, words))} failed:\n{ended.stderr[-2000:]}")
