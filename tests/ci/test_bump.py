"""The wrapper of the command that edits values."""

import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "ci" / "bump"


def test_it_runs_the_command_of_the_repositorys_environment(tmp_path: Path) -> None:
    command = tmp_path / ".venv/bin/playlist-bump"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "given: $*"\n')
    command.chmod(0o755)

    done = _bump(tmp_path, "replicas", "5")

    assert done.stdout == "given: replicas 5\n"


def test_it_may_be_called_by_a_link_from_elsewhere(tmp_path: Path) -> None:
    root, link = tmp_path / "root", tmp_path / "bin" / "bump"
    command = root / ".venv/bin/playlist-bump"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "given: $*"\n')
    command.chmod(0o755)
    link.parent.mkdir()
    link.symlink_to(root / "ci/bump")
    _copied(root)

    done = subprocess.run([link, "replicas", "5"], cwd="/", capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("given: replicas 5\n", "")


def test_without_the_environment_it_says_what_makes_it(tmp_path: Path) -> None:
    done = _bump(tmp_path, "replicas", "5")

    assert done.returncode == 64
    assert done.stderr.count("\n") == 1
    assert "run `make setup`" in done.stderr


def _bump(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_copied(root), *arguments], cwd="/", capture_output=True, text=True, check=False)


def _copied(root: Path) -> Path:
    (root / "ci").mkdir()
    return Path(shutil.copy(SCRIPT, root / "ci/bump"))
