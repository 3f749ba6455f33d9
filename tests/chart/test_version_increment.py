"""`ct lint`, which also compares the chart with the last release's: what differs has a higher version."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, ROOT

# yamllint and yamale, which ct calls, stand beside this Python.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
NEEDED = "ct", "helm", "git", "yamllint", "yamale"
FOLDER = Path("charts/playlist-recommender")


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PATH": PATH}
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def _git(cwd: Path, *words: str | Path) -> None:
    identity = "-c", "user.name=test", "-c", "user.email=test@example.com"
    done = _run("git", *identity, *words, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    """This work tree's chart, in a repository whose branch main is the last release."""
    if missing := [tool for tool in NEEDED if not shutil.which(tool, path=PATH)]:
        pytest.skip(f"not in PATH: {', '.join(missing)}")
    previous = _run(ROOT / "ci/previous-release", cwd=ROOT).stdout.strip()
    tree = tmp_path / "tree"
    tree.mkdir()
    archive = ["git", "archive", "--output", tmp_path / "previous.tar", previous, str(FOLDER)]
    if _run(*archive, cwd=ROOT).returncode:
        pytest.skip(f"no commit {previous} here, the last release: git fetch --unshallow")
    _run("tar", "-xf", tmp_path / "previous.tar", cwd=tree)
    _git(tree, "init", "--quiet", "--initial-branch", "main")
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "--message", "the last release")
    _git(tmp_path, "clone", "--quiet", "--bare", tree, tmp_path / "origin.git")
    _git(tree, "remote", "add", "origin", tmp_path / "origin.git")
    _git(tree, "fetch", "--quiet", "origin")
    shutil.rmtree(tree / FOLDER)
    shutil.copytree(CHART, tree / FOLDER)
    shutil.copytree(ROOT / "ci", tree / "ci")
    return tree


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "--message", "a change")
    return _run("ct", "lint", "--config", "ci/ct.yaml", cwd=tree)


def test_ct_lint_is_content_and_the_version_is_above_the_last_release(work_tree: Path) -> None:
    done = _lint(work_tree)

    assert done.returncode == 0, done.stdout + done.stderr


def test_chart_that_keeps_its_version_is_refused(work_tree: Path) -> None:
    released = _run("git", "show", f"origin/main:{FOLDER}/Chart.yaml", cwd=work_tree).stdout
    (work_tree / FOLDER / "Chart.yaml").write_text(released, encoding="utf-8")

    done = _lint(work_tree)

    assert done.returncode != 0
    assert "Needs a version bump" in done.stdout + done.stderr
