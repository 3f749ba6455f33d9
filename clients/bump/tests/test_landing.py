"""Edits that meet others: races, refusals, and the user's own work, which is left alone."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playlist_bump import changes
from playlist_bump.changes import Edit, Head
from playlist_bump.clone import Clone
from playlist_bump.errors import RefusedError
from playlist_bump.landing import ATTEMPTS, ATTEMPTS_AT_ONE_HEAD, land

from .hub import ONE, STAGING, Hub, Terminal, git


def _no_wait(attempt: int) -> None:
    pass


def _others_first(edit: Edit, hub: Hub, other: Path, times: int) -> Edit:
    """Let somebody else push between fetch and push, so many times."""
    left = iter(range(times))

    def with_race(head: Head) -> changes.Change:
        change = edit(head)
        number = next(left, None)
        if number is not None:
            hub.edit(other, ONE, "edit,", f"{number} edit,")
        return change

    return with_race


def test_a_push_that_loses_the_race_is_made_again_on_the_new_head(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    waited: list[int] = []

    land(Clone.around(mine), _others_first(changes.replicas(5, None), hub, other, 2), waited.append)

    assert waited == [0, 1]
    assert hub.values(ONE)["api"]["replicas"] == 5
    assert hub.text(ONE).startswith("# 0 1 edit, commit, push\n")
    assert hub.subjects()[0] == "argocd: 5 replicas"
    assert "Merge" not in "".join(hub.subjects())


def test_the_same_lines_edited_by_others_meanwhile_are_no_conflict(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    edit = changes.replicas(5, None)
    raced = iter([True])

    def with_race(head: Head) -> changes.Change:
        change = edit(head)
        if next(raced, False):
            hub.edit(other, ONE, "  # scales\n  replicas: 2   # pods", "  # scales up\n  replicas: 9 # many")
        return change

    land(Clone.around(mine), with_race, _no_wait)

    assert "  # scales up\n  replicas: 5 # many\n" in hub.text(ONE)


def test_an_edit_that_others_made_meanwhile_is_nothing_to_do(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    edit = changes.replicas(5, None)
    raced = iter([True])

    def with_race(head: Head) -> changes.Change:
        change = edit(head)
        if next(raced, False):
            hub.edit(other, ONE, "replicas: 2", "replicas: 5")
        return change

    assert land(Clone.around(mine), with_race, _no_wait).commit == ""
    assert hub.subjects() == ["by hand: replicas: 5", "values"]


def test_it_gives_up_after_so_many_lost_races(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    waited: list[int] = []

    with pytest.raises(RefusedError, match=f"others pushed first, {ATTEMPTS} times"):
        land(Clone.around(mine), _others_first(changes.replicas(5, None), hub, other, 99), waited.append)

    assert len(waited) == ATTEMPTS


def test_a_lock_that_somebody_left_in_the_remote_is_no_race(hub: Hub) -> None:
    mine = hub.clone("mine")
    (hub.bare / "refs/heads/main.lock").touch()
    waited: list[int] = []

    with pytest.raises(RefusedError, match=r"\[remote rejected\] \(failed to update ref\).*main\.lock"):
        land(Clone.around(mine), changes.replicas(5, None), waited.append)

    assert waited == [*range(ATTEMPTS_AT_ONE_HEAD - 1)]


def test_threads_that_push_at_once_all_land(hub: Hub) -> None:
    edits = [
        changes.replicas(5, None),
        changes.image("api", "0.2.0", "", None),
        changes.image("trainer", "0.2.0", f"sha256:{'ab' * 32}", None),
        changes.replicas(4, "staging"),
    ]
    clones = [Clone.around(hub.clone(f"clone{number}")) for number in range(len(edits))]
    barrier, failed = threading.Barrier(len(edits)), []

    def push(clone: Clone, edit: Edit) -> None:
        barrier.wait()
        try:
            land(clone, edit)
        except Exception as error:  # noqa: BLE001 - a thread's
            failed.append(error)

    threads = [threading.Thread(target=push, args=both) for both in zip(clones, edits, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    values = hub.values(ONE)
    assert values["api"] == {"replicas": 5, "image": {"tag": "0.2.0"}}
    assert values["trainer"]["image"]["tag"] == "0.2.0"
    assert hub.values(STAGING)["api"]["replicas"] == 4
    assert len(hub.subjects()) == 1 + len(edits)


def test_two_processes_in_one_clone_both_land(hub: Hub) -> None:
    mine = hub.clone("mine")
    commands = (["replicas", "5"], ["image", "api", "0.2.0"])
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "playlist_bump", *command], cwd=mine, env=os.environ, stderr=subprocess.PIPE
        )
        for command in commands
    ]

    ended = [(process.communicate()[1].decode(), process.returncode) for process in running]

    assert ended == [("", 0), ("", 0)]
    assert hub.values(ONE)["api"] == {"replicas": 5, "image": {"tag": "0.2.0"}}
    assert len(hub.subjects()) == 3


def test_nothing_of_the_users_work_is_taken_along_or_lost(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    (mine / ONE).write_text("mine: too\n")
    (mine / STAGING).write_text("staged: yes\n")
    (mine / "new.txt").write_text("new\n")
    git(mine, "add", STAGING)
    before = git(mine, "status", "--porcelain"), git(mine, "rev-parse", "HEAD"), git(mine, "diff", "--cached")

    said = bump(mine, "replicas", "5")

    assert (git(mine, "status", "--porcelain"), git(mine, "rev-parse", "HEAD"), git(mine, "diff", "--cached")) == before
    assert (mine / ONE).read_text() == "mine: too\n"
    assert git(hub.bare, "show", "--format=", "--name-only", "main") == ONE
    assert git(mine, "for-each-ref", "refs/playlist-bump") == ""
    assert said.out.endswith(f"before that pull: your changes of {STAGING}, {ONE}\n")


def test_commits_that_are_not_pushed_yet_stay_where_they_are(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    git(mine, "commit", "--quiet", "--allow-empty", "--message", "not yet")

    bump(mine, "replicas", "5")

    assert hub.subjects() == ["argocd: 5 replicas", "values"]
    assert git(mine, "log", "--format=%s", "-1") == "not yet"


def test_a_shallow_clone_on_another_branch_pushes_to_its_upstream(hub: Hub, bump: Terminal, tmp_path: Path) -> None:
    hub.edit(hub.clone("other"), ONE, "# edit,", "# please edit,")
    git(hub.bare, "branch", "release/1", "main")
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "release/1", f"file://{hub.bare}", "mine")

    said = bump(tmp_path / "mine" / "argocd", "replicas", "5")

    assert "to origin/release/1: argocd: 5 replicas" in said.out
    assert hub.values(ONE, "release/1")["api"]["replicas"] == 5
    assert hub.values(ONE)["api"]["replicas"] == 2


def test_a_protected_branch_says_so_with_the_hooks_words(hub: Hub, bump: Terminal) -> None:
    hub.hook("pre-receive", 'echo "main is protected: unblocked by a review only" >&2; exit 1')

    said = bump(hub.clone("mine"), "replicas", "5")

    assert said.exit_code == 1
    assert said.err == (
        "playlist-bump: origin/main refused the push: [remote rejected] (pre-receive hook declined) "
        "main is protected: unblocked by a review only; nothing was changed\n"
    )


def test_a_hook_of_the_clone_that_stops_the_push_is_quoted(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hook = mine / ".git/hooks/pre-push"
    for words in ("error: not on a Friday", "not on a Friday"):
        hook.write_text(f'#!/bin/sh\necho "{words}" >&2; exit 1\n')
        hook.chmod(0o755)

        said = bump(mine, "replicas", "5")

        assert (said.exit_code, said.err) == (1, f"playlist-bump: can't push to origin/main: {words}\n")
    assert hub.subjects() == ["values"]


def test_commits_are_signed_where_the_clone_signs_its_own(hub: Hub, bump: Terminal, tmp_path: Path) -> None:
    mine, signer = hub.clone("mine"), tmp_path / "signer"
    signer.write_text(
        "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n"
        "echo '-----BEGIN PGP SIGNATURE-----'\necho signed\necho '-----END PGP SIGNATURE-----'\n"
    )
    signer.chmod(0o755)
    git(mine, "config", "commit.gpgSign", "yes")
    git(mine, "config", "gpg.program", str(signer))

    bump(mine, "replicas", "5")

    assert "gpgsig -----BEGIN PGP SIGNATURE-----\n signed" in git(hub.bare, "cat-file", "commit", "main")


def test_a_clone_that_does_not_say_where_to_push_is_refused(hub: Hub, bump: Terminal, tmp_path: Path) -> None:
    detached, alone, outside = hub.clone("detached"), hub.clone("alone"), tmp_path / "outside"
    git(detached, "switch", "--quiet", "--detach")
    git(alone, "switch", "--quiet", "--create", "topic")
    outside.mkdir()

    told = [bump(folder, "replicas", "5") for folder in (detached, alone, outside)]

    assert [said.exit_code for said in told] == [64, 64, 64]
    assert "HEAD is detached" in told[0].err
    assert "`git push --set-upstream origin topic` first" in told[1].err
    assert "is in no Git repository" in told[2].err
    assert all(said.err.count("\n") == 1 for said in told)


def test_a_clone_without_any_remote_is_told_to_add_one_first(bump: Terminal, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "alone")

    said = bump(tmp_path / "alone", "replicas", "5")

    assert said.exit_code == 64
    assert "`git remote add origin URL`, then `git push --set-upstream origin main` first" in said.err


def test_a_remotes_own_name_stands_in_the_advice(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    git(mine, "remote", "rename", "origin", "upstream")
    git(mine, "switch", "--quiet", "--create", "topic")

    assert "`git push --set-upstream upstream topic` first" in bump(mine, "replicas", "5").err


def test_a_remote_that_is_called_like_an_option_is_none(hub: Hub, bump: Terminal, tmp_path: Path) -> None:
    mine = hub.clone("mine")
    git(mine, "config", "branch.main.remote", f"--upload-pack=touch {tmp_path / 'made'};")

    said = [bump(mine, "replicas", "5"), bump(mine, "replicas", "5", "--branch", "scale-up")]

    assert [each.exit_code for each in said] == [1, 1]
    assert not (tmp_path / "made").exists()


def test_a_remote_that_is_away_is_one_sentence_without_its_password(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    git(mine, "remote", "set-url", "origin", "http://me:hunter2@127.0.0.1:1/hub.git")

    said = bump(mine, "replicas", "5")

    assert said.exit_code == 1
    assert "can't fetch main from origin" in said.err
    assert "hunter2" not in said.err


def test_a_hook_that_quotes_a_password_is_not_quoted(hub: Hub, bump: Terminal) -> None:
    hub.hook("pre-receive", 'echo "no right for https://me:hunter2@example.com" >&2; exit 1')

    said = bump(hub.clone("mine"), "replicas", "5")

    assert "no right for https://(hidden)@example.com" in said.err
    assert "hunter2" not in said.err


def test_nobody_to_commit_as_is_said(hub: Hub, bump: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = hub.clone("mine")
    git(mine, "config", "user.useConfigOnly", "true")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)

    said = bump(mine, "replicas", "5")

    assert said.exit_code == 1
    assert "can't commit" in said.err
    assert "user.email" in said.err
