"""Git, as a command."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playlist_bump.errors import GitError
from playlist_trainer.redaction import redacted


@dataclass(frozen=True)
class Ran:
    """A git command that has ended; ``told`` is what it said on standard error, credentials left out."""

    exit_code: int
    output: bytes
    told: str

    @property
    def text(self) -> str:
        """The output as one text, without the line break at its end."""
        return self.output.decode("utf-8", "replace").rstrip("\n")

    @property
    def fault(self) -> str:
        """The line that says what went wrong, as far as Git marks it."""
        lines = [line.strip() for line in self.told.splitlines() if line.strip()]
        marked = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))]
        return (marked or lines or [f"git ended with exit code {self.exit_code}"])[0]


def git(folder: Path, *arguments: str, given: bytes = b"", environ: Mapping[str, str] | None = None) -> Ran:
    """Run a git command to its end, whatever that is.

    Args:
        folder: to run it in.
        arguments: of git.
        given: on standard input.
        environ: more variables.

    Raises:
        GitError: there is no git.
    """
    # What it says is read here, so not in the user's language; and nobody is asked who isn't there.
    settings = {"LC_ALL": "C"} | ({} if sys.stdin and sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"})
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and nothing of it is foreign but URLs and names of branches
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=folder,
            env={**os.environ, **settings, **(environ or {})},
            input=given,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("there is no git in PATH: install it") from None
    told = "\n".join(redacted(line) for line in done.stderr.decode("utf-8", "replace").splitlines())
    return Ran(done.returncode, done.stdout, told)


def checked(ran: Ran, what: str) -> Ran:
    """Return a command that went well.

    Raises:
        GitError: it did not; ``what`` begins the sentence.
    """
    if ran.exit_code:
        raise GitError(f"{what}: {ran.fault}")
    return ran
