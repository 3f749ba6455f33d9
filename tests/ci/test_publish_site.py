"""ci/publish-site, against a repository on this disk."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "ci/publish-site"

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git in PATH")


def git(*arguments: str | Path) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def publish(repository: Path, site: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"SITE": str(site), "TOKEN": "secret-token"}
    return subprocess.run([SCRIPT, repository], env=environment, capture_output=True, text=True, check=False)


def test_branch_holds_the_site_of_now_and_no_older_one(tmp_path: Path) -> None:
    repository, site = tmp_path / "pages.git", tmp_path / "site"
    git("init", "--quiet", "--bare", repository)
    site.mkdir()
    for page in ("index.html", "second.html"):
        (site / "index.html").write_text(page)
        (site / page).write_text(page)
        done = publish(repository, site)
        assert done.returncode == 0, done.stderr
        assert "secret-token" not in done.stdout + done.stderr

    assert git("-C", repository, "show", "gh-pages:second.html") == "second.html"
    assert set(git("-C", repository, "ls-tree", "--name-only", "gh-pages").split()) == {
        ".nojekyll",
        "index.html",
        "second.html",
    }
    assert git("-C", repository, "rev-list", "--count", "gh-pages") == "1\n"


def test_without_a_site_nothing_is_pushed(tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", tmp_path / "pages.git")

    done = publish(tmp_path / "pages.git", tmp_path)
    assert done.returncode == 1
    assert "run make docs first" in done.stderr
    assert not git("-C", tmp_path / "pages.git", "branch", "--list")
