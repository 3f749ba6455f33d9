"""Getting an edit into a branch that others push to as well.

Each attempt makes the edit anew on the branch as it stands then, instead of moving a commit: two edits of one file
never conflict, not even of neighbouring lines, and an edit that somebody else has made already is nothing to do.
"""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playlist_bump.changes import Change, Edit, Head
from playlist_bump.clone import Clone
from playlist_bump.errors import BumpError, GitError, InputError, RefusedError
from playlist_bump.git import Ran, git

ATTEMPTS = 12
# Of these, how many may fail in a row though the branch stays where it was: nobody else is faster, then.
ATTEMPTS_AT_ONE_HEAD = 4
# What a remote says when another push was at the same branch in the same moment.
_LOST = ("fetch first", "non-fast-forward", "stale info", "cannot lock", "failed to update ref", "incorrect old value")
# What Git says where a hook of the clone stopped a push, whatever that said itself.
_UNSAID = "failed to push some refs"


@dataclass(frozen=True)
class Landed:
    """An edit that is in the remote.

    Attributes:
        change: what the edit says there.
        commit: that has it; "" when the remote's branch has it anyway, and there was nothing to do.
        is_pushed: False where the commit was in the remote before.
    """

    change: Change
    commit: str = ""
    is_pushed: bool = True


def pause(attempt: int) -> None:
    """Wait for up to 3 s, longer with each attempt, and never as long as others who wait, too."""
    time.sleep(random.uniform(0, min(3.0, 0.05 * 2**attempt)))  # noqa: S311 - no secret


def land(clone: Clone, edit: Edit, wait: Callable[[int], None] = pause) -> Landed:
    """Make an edit on the remote's branch and push it, as often as others are faster.

    Raises:
        RefusedError: the remote refuses it, or others were faster each time.
        InputError, GitError: as they say.
    """
    lost_at: list[str] = []
    for attempt in range(ATTEMPTS):
        with clone.fetched(clone.branch) as head:
            change, text = _applied(clone, head, edit)
            if text is None:
                return Landed(change)
            commit = clone.committed(head, change.path, text, change.message)
            pushed = clone.push(commit, clone.branch)
        if not pushed.exit_code:
            return Landed(change, commit)
        lost_at.append(head)
        is_stuck = lost_at[-ATTEMPTS_AT_ONE_HEAD:] == [head] * ATTEMPTS_AT_ONE_HEAD
        if is_stuck or not any(words in _status(pushed) for words in _LOST):
            raise _refusal(clone, clone.branch, pushed)
        wait(attempt)
    raise RefusedError(f"{clone.upstream}: others pushed first, {ATTEMPTS} times: try again when it is quieter")


def propose(clone: Clone, edit: Edit, branch: str) -> Landed:
    """Push an edit as a branch of its own, from the remote's branch as it stands.

    Raises:
        RefusedError: the branch is there already, with other changes, or the remote refuses it.
        InputError, GitError: as they say.
    """
    _check_name(clone, branch)
    with clone.fetched(clone.branch) as head:
        change, text = _applied(clone, head, edit)
        if text is None:
            return Landed(change)
        if clone.has_branch(branch):
            return Landed(change, _proposed(clone, head, change.path, text, branch), is_pushed=False)
        commit = clone.committed(head, change.path, text, change.message)
        pushed = clone.push(commit, branch)
    if pushed.exit_code:
        raise _refusal(clone, branch, pushed)
    return Landed(change, commit)


def _check_name(clone: Clone, branch: str) -> None:
    """Refuse what Git would not take for a branch's name, or would take for another's.

    Raises:
        InputError: it is no name for a new branch.
    """
    meant = git(clone.folder, "check-ref-format", "--branch", branch)
    # Git takes @{-1} for the branch of before, @ for HEAD, and refs/heads/x for a branch inside refs/heads/refs/heads.
    if meant.exit_code or meant.text != branch or branch in {"HEAD", "@"} or branch.startswith("refs/"):
        raise InputError(f"--branch {branch!r} is no name for a new branch: give one such as bump-staging")
    if branch == clone.branch:
        raise InputError(f"--branch {branch!r} is the branch that a pull request would go to: give a new one's name")


def difference(clone: Clone, edit: Edit) -> tuple[Change, str]:
    """Return an edit, and what it would change in the remote's branch, as Git shows it; empty for nothing."""
    with clone.fetched(clone.branch) as head:
        change, text = _applied(clone, head, edit)
        return change, "" if text is None else clone.diff(head, clone.tree(head, change.path, text))


def _applied(clone: Clone, commit: str, edit: Edit) -> tuple[Change, str | None]:
    """Return an edit on a commit, and the file's new text; None when it is as it should be."""
    change = edit(Head(clone, commit))
    text = clone.read(commit, change.path)
    with_values = change.on(text)
    return change, None if with_values == text else with_values


def _proposed(clone: Clone, head: str, path: str, text: str, branch: str) -> str:
    """Return the commit of a branch that says what an edit would say, and nothing else."""
    with clone.fetched(branch) as there:
        if clone.changed_since_fork(head, there) == [path] and clone.read(there, path) == text:
            return there
    raise RefusedError(f"{clone.named(branch)} is there already, with other changes: give another --branch")


def _refusal(clone: Clone, branch: str, pushed: Ran) -> BumpError:
    """Return the error of a push that failed for good: the remote's words for the branch, and what its hook said."""
    status = _status(pushed)
    if not status:
        return GitError(f"can't push to {clone.named(branch)}: {_fault(pushed)}")
    told = [line.removeprefix("remote:").strip() for line in pushed.told.splitlines() if line.startswith("remote:")]
    words = " ".join([status, *told]).strip()
    return RefusedError(f"{clone.named(branch)} refused the push: {words}; nothing was changed")


def _fault(pushed: Ran) -> str:
    """Return why a push did not come so far; a hook of the clone need not mark what it says as an error."""
    if _UNSAID not in pushed.fault:
        return pushed.fault
    lines = [line.strip() for line in pushed.told.splitlines() if line.strip() and _UNSAID not in line]
    return " ".join(lines) or pushed.fault


def _status(pushed: Ran) -> str:
    """Return what became of the branch in a push that failed; empty when it did not come so far."""
    found = re.search(r"^!\t\S+\t(.*)$", pushed.text, re.MULTILINE)
    return found[1] if found else ""
