"""A clone as the way to its remote: commits are made on the remote's branch and pushed, past the work tree.

Neither the work tree, nor the index, nor any branch of the clone is read or changed: files come from the remote's
commits, new commits are made from objects, and only remote-tracking branches move, as with every push.
"""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playlist_bump.errors import CloneError, InputError, ValuesError
from playlist_bump.git import Ran, checked, git
from playlist_trainer.redaction import redacted

_REGULAR = {"100644", "100755"}


@dataclass(frozen=True)
class Clone:
    """A clone, and the branch of a remote that is edited.

    Attributes:
        folder: somewhere in the clone.
        remote: its name, such as origin.
        branch: of the remote, such as main.
        local: the branch that is checked out.
    """

    folder: Path
    remote: str
    branch: str
    local: str

    @classmethod
    def around(cls, folder: Path) -> "Clone":
        """Find the clone that a folder is in, and the upstream of its branch.

        Raises:
            CloneError: there is none.
        """
        top = git(folder, "rev-parse", "--git-dir")
        if top.exit_code:
            raise CloneError(f"{folder} is in no Git repository ({top.fault}): run this inside a clone")
        local = git(folder, "symbolic-ref", "--quiet", "--short", "HEAD").text
        if not local:
            raise CloneError("HEAD is detached, so there is no branch to push to: `git switch` to one first")
        remote = git(folder, "config", f"branch.{local}.remote").text
        merge = git(folder, "config", f"branch.{local}.merge").text
        if not remote or remote == "." or not merge.startswith("refs/heads/"):
            raise CloneError(f"branch {local} has no upstream to push to: {_way_to_upstream(folder, local)}")
        return cls(folder, remote, merge.removeprefix("refs/heads/"), local)

    @property
    def upstream(self) -> str:
        """The branch that is edited, for people."""
        return self.named(self.branch)

    def named(self, branch: str) -> str:
        """Return a branch of the remote, for people; a remote may be a URL, with a password."""
        return f"{redacted(self.remote)}/{branch}"

    @contextmanager
    def fetched(self, branch: str) -> Iterator[str]:
        """Yield the commit that a branch of the remote is at now; it stays in the clone meanwhile.

        Raises:
            GitError: the remote can't be reached, or has no such branch.
        """
        # A name of its own: neither FETCH_HEAD nor a remote-tracking branch, which another bump may be writing.
        kept = f"refs/playlist-bump/{uuid.uuid4().hex}"
        options = ("--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head")
        source = f"+refs/heads/{branch}:{kept}"
        ran = git(self.folder, "-c", "gc.auto=0", "fetch", *options, "--refmap=", "--", self.remote, source)
        checked(ran, f"can't fetch {branch} from {redacted(self.remote)}")
        try:
            yield checked(git(self.folder, "rev-parse", kept), "can't read what was fetched").text
        finally:
            git(self.folder, "update-ref", "-d", kept)

    def has_branch(self, branch: str) -> bool:
        """Ask the remote whether it has a branch."""
        name = f"refs/heads/{branch}"
        listed = checked(
            git(self.folder, "ls-remote", "--heads", "--", self.remote, name), f"can't reach {redacted(self.remote)}"
        )
        # What it lists may also end in that name only.
        return any(line.partition("\t")[2] == name for line in listed.text.splitlines())

    def files_below(self, commit: str, folder: str) -> list[str]:
        """Return the paths of a commit's files below a folder."""
        ran = git(self.folder, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit, f"{folder}/")
        return [path for path in checked(ran, f"can't list {folder}").text.split("\0") if path]

    def read(self, commit: str, path: str) -> str:
        """Return a file of a commit.

        Raises:
            InputError: there is none, or it is no file in UTF-8.
        """
        self._mode(commit, path)
        content = checked(git(self.folder, "cat-file", "blob", f"{commit}:{path}"), f"can't read {path}").output
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValuesError(f"{path} is not UTF-8 ({error.reason} at byte {error.start}): save it as UTF-8") from None

    def committed(self, parent: str, path: str, text: str, message: str) -> str:
        """Make a commit that changes one file, and return it; no branch is moved."""
        arguments = ["commit-tree", self.tree(parent, path, text), "-p", parent]
        if git(self.folder, "config", "--type=bool", "commit.gpgSign").text == "true":
            arguments.append("-S")
        ran = git(self.folder, *arguments, given=message.encode())
        return checked(ran, "can't commit (`git config` has user.name and user.email?)").text

    def tree(self, commit: str, path: str, text: str) -> str:
        """Make a commit's tree with another text of one file, and return it."""
        stored = git(self.folder, "hash-object", "-w", "--stdin", given=text.encode())
        blob = checked(stored, f"can't store {path}").text
        with tempfile.TemporaryDirectory(prefix="playlist-bump-") as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            checked(git(self.folder, "read-tree", commit, environ=index), "can't read the commit")
            entry = f"{self._mode(commit, path)},{blob},{path}"
            checked(git(self.folder, "update-index", "--cacheinfo", entry, environ=index), f"can't edit {path}")
            # --missing-ok: a partial clone lacks the other files.
            return checked(git(self.folder, "write-tree", "--missing-ok", environ=index), "can't store").text

    def push(self, commit: str, branch: str) -> Ran:
        """Push a commit to a branch of the remote; what comes of it is for the caller to read."""
        options = ("--porcelain", "--no-follow-tags", "--recurse-submodules=no")
        return git(self.folder, "push", *options, "--", self.remote, f"{commit}:refs/heads/{branch}")

    def diff(self, commit: str, tree: str) -> str:
        """Return what a tree changes in a commit, as Git shows it."""
        return checked(git(self.folder, "diff-tree", "-p", "--no-ext-diff", commit, tree), "can't compare").text

    def changed_since_fork(self, commit: str, other: str) -> list[str]:
        """Return the paths that another commit has changed since the two had one history."""
        ran = git(self.folder, "diff", "--name-only", "--no-ext-diff", "--no-renames", "-z", f"{commit}...{other}")
        return [path for path in checked(ran, "can't compare").text.split("\0") if path]

    def uncommitted(self) -> list[str]:
        """Return the paths of files that have changes in the work tree or the index."""
        ran = git(self.folder, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no")
        return [entry[3:] for entry in ran.text.split("\0") if entry]

    def _mode(self, commit: str, path: str) -> str:
        ran = git(self.folder, "ls-tree", "--full-tree", commit, "--", path)
        mode = checked(ran, f"can't read {path}").text.partition(" ")[0]
        if not mode:
            raise InputError(f"{self.upstream} has no {path}")
        if mode not in _REGULAR:
            raise InputError(f"{path} is no plain file in {self.upstream}: edit what it stands for")
        return mode


def _way_to_upstream(folder: Path, local: str) -> str:
    """Return what to do so that a branch has an upstream."""
    remotes = git(folder, "remote").text.splitlines()
    push = "`git push --set-upstream {} {}` first"
    if not remotes:
        return f"`git remote add origin URL`, then {push.format('origin', local)}"
    return push.format("origin" if "origin" in remotes else remotes[0], local)
