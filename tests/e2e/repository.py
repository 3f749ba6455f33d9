"""The Git repository that Argo CD watches, and the edits that are pushed to it."""

import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.cluster import ROOT, run

Values = Mapping[str, object]
# What people edit for an installation, and the chart's defaults below it.
VALUES = Path("argocd/values.yaml")
_DEFAULTS = Path("charts/playlist-recommender/values.yaml")


@dataclass(frozen=True)
class Push:
    """A commit that was pushed; ``began`` is when `git push` was started, in seconds since 1970."""

    commit: str
    before: str
    began: float


def edited(text: str, values: Values) -> str:
    """Return a values.yaml in which some values are others, and all else is as it was, comments included.

    Args:
        text: of the file.
        values: by path, such as ``api.replicas``; each must stand on one line.

    Raises:
        KeyError: there is no such line.
    """
    for path, value in values.items():
        text = _with_line(text, path, json.dumps(value))
    return text


def _with_line(text: str, path: str, value: str) -> str:
    lines = text.splitlines(keepends=True)
    open_keys: list[str] = []
    for number, line in enumerate(lines):
        found = re.match(r"( *)([A-Za-z0-9]+):", line)
        if not found:
            continue
        del open_keys[len(found[1]) // 2 :]
        open_keys.append(found[2])
        if ".".join(open_keys) == path:
            lines[number] = f"{found[0]} {value}\n"
            return "".join(lines)
    raise KeyError(f"values.yaml has no line for {path}")


class Repository:
    """A bare repository that the cluster can read, and a work tree to push from."""

    def __init__(self, name: str, work_tree: Path, values: Values, product: Path = ROOT) -> None:
        """Make it, with this chart and these values in its first commit.

        Args:
            name: of the repository.
            work_tree: a folder that is not there yet.
            values: that the whole test keeps.
            product: where chart and manifests are taken from.
        """
        bare = Path(os.environ["GIT_ROOT"]) / f"{name}.git"
        shutil.rmtree(bare, ignore_errors=True)
        run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare])
        self.url = f"{os.environ['GIT_URL']}/{name}.git"
        self._tree = work_tree
        run(["git", "init", "--quiet", "--initial-branch=main", work_tree])
        self._take(product, values)
        self._git("remote", "add", "origin", self.url)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "the product")
        self._git("push", "--quiet", "--set-upstream", "origin", "main")

    def _take(self, product: Path, values: Values) -> None:
        """Put a product's chart and manifests into the work tree, in place of what is there."""
        for folder in ("charts", "argocd"):
            shutil.rmtree(self._tree / folder, ignore_errors=True)
            shutil.copytree(product / folder, self._tree / folder)
        for path in (self._tree / "argocd").glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace("https://git.example.com/playlist-recommender.git", self.url), encoding="utf-8"
            )
        # The first version has its defaults alone.
        files = [path for path in (VALUES, _DEFAULTS) if (self._tree / path).exists()]
        self._base = {path: (self._tree / path).read_text(encoding="utf-8") for path in files}
        self._base = self._edited(values)
        self._write(self._base)

    def merge(self, product: Path, values: Values) -> Push:
        """Push a commit that takes another version of the product, as a fork does from upstream."""
        before = self.head()
        self._take(product, values)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "merge upstream")
        began = time.time()
        self._git("push", "--quiet")
        return Push(self.head(), before, began)

    def path(self, name: str) -> Path:
        """Return where a file of argocd/ is."""
        return self._tree / "argocd" / name

    def manifest(self, name: str) -> str:
        """Return a file of argocd/, as it stands in the repository."""
        return self.read(Path("argocd", name))

    def has(self, name: str) -> bool:
        """Whether there is such a file of argocd/."""
        return (self._tree / "argocd" / name).is_file()

    def head(self) -> str:
        """Return the last commit."""
        return self._git("rev-parse", "HEAD").strip()

    def push(self, values: Values) -> Push:
        """Push a commit after which these values, and no others, differ from the first commit's."""
        return self.push_files(self._edited(values))

    def push_files(self, texts: Mapping[Path, str]) -> Push:
        """Push a commit that writes these files, by path in the repository."""
        before = self.head()
        self._write(texts)
        self._git("commit", "--quiet", "--all", "--allow-empty", "--message", "values: an edit")
        began = time.time()
        self._git("push", "--quiet")
        return Push(self.head(), before, began)

    def read(self, path: Path) -> str:
        """Return a file, as it stands in the repository."""
        return (self._tree / path).read_text(encoding="utf-8")

    def _edited(self, values: Values) -> dict[Path, str]:
        """Return both files of values, each value edited where people look for it first."""
        texts = dict(self._base)
        for path, value in values.items():
            try:
                texts[VALUES] = edited(texts.get(VALUES, ""), {path: value})
            except KeyError:
                texts[_DEFAULTS] = edited(texts[_DEFAULTS], {path: value})
        return texts

    def _write(self, texts: Mapping[Path, str]) -> None:
        for path, text in texts.items():
            (self._tree / path).write_text(text, encoding="utf-8")

    def _git(self, *words: str) -> str:
        identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.com"]
        return run(["git", "-C", self._tree, *identity, *words])
