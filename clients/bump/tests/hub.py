"""A remote with clones of it, all real repositories of git."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from playlist_bump.__main__ import main

ONE = "argocd/values.yaml"
STAGING = "argocd/environments/staging/values.yaml"
PRODUCTION = "argocd/environments/production/values.yaml"


def values_file(replicas: int) -> str:
    return f"""\
# edit, commit, push
api:
  # scales
  replicas: {replicas}   # pods
  image:
    tag: ""
trainer: {{image: {{tag: ''}}}}
dataset:

  url: builtin:sample
  # pins the bytes
  sha256: ""
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


@dataclass(frozen=True)
class Said:
    """What a command ended with."""

    exit_code: int
    out: str
    err: str


class Hub:
    """A bare repository with a branch main."""

    def __init__(self, folder: Path) -> None:
        self.bare = folder / "hub.git"
        self._folder = folder
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        first = self.clone("first")
        git(first, "switch", "--quiet", "--orphan", "main")
        for path, replicas in ((ONE, 2), (STAGING, 1), (PRODUCTION, 3)):
            (first / path).parent.mkdir(parents=True, exist_ok=True)
            (first / path).write_text(values_file(replicas), encoding="utf-8")
        git(first, "add", "--all")
        git(first, "commit", "--quiet", "--message", "values")
        git(first, "push", "--quiet", "--set-upstream", "origin", "main")

    def clone(self, name: str) -> Path:
        """Make a clone, with main checked out."""
        git(self._folder, "clone", "--quiet", str(self.bare), name)
        return self._folder / name

    def text(self, path: str, branch: str = "main") -> str:
        """Return a file as it stands in the remote."""
        return git(self.bare, "show", f"{branch}:{path}") + "\n"

    def values(self, path: str, branch: str = "main") -> Any:
        return yaml.safe_load(self.text(path, branch))

    def subjects(self, branch: str = "main") -> list[str]:
        """Return the first lines of all commits, newest first."""
        return git(self.bare, "log", "--format=%s", branch).splitlines()

    def hook(self, name: str, script: str) -> None:
        """Set a hook of the remote."""
        path = self.bare / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def add(self, clone: Path, path: str, text: str) -> None:
        """Push one more file."""
        git(clone, "pull", "--quiet")
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text)
        git(clone, "add", path)
        git(clone, "commit", "--quiet", "--message", f"add {path}")
        git(clone, "push", "--quiet")

    def edit(self, clone: Path, path: str, old: str, new: str) -> None:
        """Push an edit as a person does it, with no help of ours."""
        git(clone, "pull", "--quiet")
        file = clone / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        git(clone, "commit", "--quiet", "--all", "--message", f"by hand: {new}")
        git(clone, "push", "--quiet")


class Terminal:
    """Where commands are given, in a clone."""

    def __init__(self, monkeypatch: Any, capsys: Any) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, folder: Path, *arguments: str) -> Said:
        self._monkeypatch.chdir(folder)
        self._capsys.readouterr()
        exit_code = main(arguments)
        out, err = self._capsys.readouterr()
        return Said(exit_code, out, err)
