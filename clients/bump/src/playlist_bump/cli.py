"""The command line: what it takes, and what it says."""

import argparse
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from playlist_bump import changes, datasets
from playlist_bump.changes import Change, Edit
from playlist_bump.clone import Clone
from playlist_bump.errors import InputError
from playlist_bump.landing import difference, land, propose
from playlist_bump.looks import Looks
from playlist_bump.promoting import promotion
from playlist_trainer.redaction import redacted

_EXAMPLES = """\
examples:
  ci/bump replicas 5
  ci/bump image api 0.2.0 --environment staging
  ci/bump image trainer 0.2.0 --digest sha256:… --environment staging
  ci/bump dataset https://data.example.com/playlists.csv --environment staging
  ci/bump watch --environment staging        commits only when the bytes behind the URL changed
  ci/bump promote staging production         images and dataset; production keeps its replicas
  ci/bump promote staging production --branch promote-0.2.0
  ci/bump replicas 5 --dry-run

The edit is made on the upstream of the branch that is checked out, as it stands there now, and pushed; your work tree
is left alone. Datasets are fetched as the trainer does, by its variables: PLAYLIST_DATASET_HEADERS_FILE …
exit codes: 0 done or nothing to do, 1 push refused, Git failed or dataset out of reach, 64 wrong input"""

_NOTHING = "nothing to do"


class _Parser(argparse.ArgumentParser):
    """Reports wrong use as every other wrong input."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{redacted(message)}; `{self.prog} --help` shows examples")


def run(arguments: Sequence[str] | None) -> None:
    """Run one command.

    Raises:
        BumpError: it can't be done.
    """
    given = _parser().parse_args(arguments)
    edit = _edit(given)
    clone = Clone.around(Path.cwd())
    if given.dry_run:
        change, shown = difference(clone, edit)
        print(shown or _NOTHING)
        _note(change)
    elif given.branch is not None:
        _propose(clone, edit, given.branch)
    else:
        _land(clone, edit)


def _land(clone: Clone, edit: Edit) -> None:
    landed = land(clone, edit)
    _note(landed.change)
    if not landed.commit:
        print(f"{_NOTHING}: {landed.change.standing} ({clone.upstream})")
        return
    print(f"pushed {landed.commit[:9]} to {clone.upstream}: {landed.change.subject}; `git pull` brings it here")
    if changed := clone.uncommitted():
        print(f"left alone, and best committed or stashed before that pull: your changes of {', '.join(changed)}")


def _propose(clone: Clone, edit: Edit, branch: str) -> None:
    proposed = propose(clone, edit, branch)
    _note(proposed.change)
    if not proposed.commit:
        print(f"{_NOTHING}: {proposed.change.standing} ({clone.upstream})", file=sys.stderr)
        return
    what = f"{proposed.commit[:9]} ({proposed.change.subject})"
    found = f"pushed {what}" if proposed.is_pushed else f"nothing to do: {branch} has {what} already"
    print(f"{found}; open a pull request for the branch printed on standard output", file=sys.stderr)
    # Alone on standard output, for the command that opens it.
    print(branch)


def _note(change: Change) -> None:
    for note in change.notes:
        print(f"playlist-bump: note: {note}", file=sys.stderr)


def _edit(given: argparse.Namespace) -> Edit:
    match given.command:
        case "replicas":
            return changes.replicas(_count(given.count), given.environment)
        case "image":
            digest = _digest(given.digest) if given.digest is not None else ""
            return changes.image(given.component, _tag(given.tag), digest, given.environment)
        case "dataset":
            return datasets.dataset(given.url, Looks(), given.environment)
        case "watch":
            return datasets.watched(Looks(), given.environment, given.url)
        case _:
            return promotion(given.source, given.target)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
        raise InputError(f"replicas is {text!r}, expected a whole number from 0 to 9999, such as 3")
    return int(text)


def _tag(text: str) -> str:
    if text == "latest":
        raise InputError("tag is 'latest', which names another image every day: give a version, such as 0.2.0")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", text):
        raise InputError(f"tag is {text!r}, expected letters, digits, `.`, `_` and `-`, such as 0.2.0")
    return text


def _digest(text: str) -> str:
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", text):
        raise InputError(f"digest is {text!r}, expected sha256: and 64 hex digits in lower case")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "playlist-bump",
        description="Edits an installation's values in Git as a person would, and pushes them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"playlist-bump {version('playlist-bump')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    pushed, one = _shared()

    replicas = commands.add_parser("replicas", parents=[pushed, one], help="scale the API")
    replicas.add_argument("count", metavar="COUNT")
    image = commands.add_parser("image", parents=[pushed, one], help="ship code")
    image.add_argument("component", choices=changes.COMPONENTS)
    image.add_argument("tag", metavar="TAG")
    image.add_argument("--digest", metavar="sha256:…", help="the image's; without it, one that stands there is removed")
    dataset = commands.add_parser("dataset", parents=[pushed, one], help="retrain, from what a URL holds now")
    dataset.add_argument("url", metavar="URL", help="http(s), s3, gs, az, an absolute path, or builtin:sample")
    watch = commands.add_parser(
        "watch", parents=[pushed, one], help="retrain if what the dataset's URL holds has changed"
    )
    watch.add_argument("url", metavar="URL", nargs="?", help="another than the one that stands there")
    promote = commands.add_parser("promote", parents=[pushed], help="copy images and dataset to an environment")
    promote.add_argument("source", metavar="FROM")
    promote.add_argument("target", metavar="TO")
    return parser


def _shared() -> tuple[_Parser, _Parser]:
    """Return the options of every command, and those of the commands for one file of values."""
    pushed, one = _Parser(add_help=False), _Parser(add_help=False)
    how = pushed.add_mutually_exclusive_group()
    how.add_argument("--branch", metavar="NAME", help="push a new branch for a pull request, and print its name")
    how.add_argument("--dry-run", action="store_true", help="print the difference, push nothing")
    one.add_argument(
        "--environment",
        metavar="NAME",
        help="staging, production …; without it the installation of argocd/values.yaml",
    )
    return pushed, one
