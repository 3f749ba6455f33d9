"""The trainer's command line, made from the settings' own table."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from playlist_runtime.settings import settings_of
from playlist_trainer.commands import learning, models
from playlist_trainer.errors import InputError
from playlist_trainer.redaction import redacted
from playlist_trainer.settings import Settings

_LOGGING = {"log_format", "log_level"}
_DATASET = {
    "dataset_url", "dataset_sha256", "dataset_headers_file", "dataset_secret_dir", "dataset_ca_bundle",
    "max_dataset_bytes", "connect_timeout_s", "read_timeout_s", "deadline_s", "retries", "item_column",
    "playlist_column", "separator", "max_playlists", "seed", "memory_limit",
}  # fmt: skip
_MINING = {"min_support", "max_length", "max_itemsets", "engine"}
_SPARK = {"spark_master", "spark_executors", "spark_executor_memory", "spark_executor_cores"}
_RULES = {"min_confidence", "rules_per_song", "max_rules"}
_GATE = {"gate", "gate_max_recall_drop", "gate_on_reject"}
_STORE = {
    "model_dir", "model_store_url", "model_store_endpoint", "model_store_region", "model_store_allow_http",
    "model_store_ca_bundle",
}  # fmt: skip
_PUBLISHING = {"evaluation", "keep_models", "force", "lock_timeout_s"} | _GATE | _STORE | _SPARK


_EXAMPLES = """\
examples:
  playlist-trainer train --dataset playlists.csv --playlist-column user_id,playlistname --item-column trackname
  playlist-trainer train --dataset s3://bucket/mpd/ --min-support 5
  playlist-trainer evaluate                      what the current model was made from, measured
  playlist-trainer tune                          recall, size and time of other settings
  playlist-trainer itemsets --min-support 0.05 --max-length 3 --output itemsets.csv
  playlist-trainer models list

Each flag is also an environment variable; --help of a command names it.
itemsets, evaluate and tune take the current model's dataset and settings unless --dataset is given."""


@dataclass(frozen=True)
class Call:
    """What the command line asks for.

    Attributes:
        command: takes the settings and ``arguments``, gives one sentence about what was done, or "".
        flags: the settings given as flags, by field name.
        arguments: the command's own arguments.
    """

    command: Callable[..., str]
    flags: Mapping[str, str]
    arguments: Mapping[str, Any]

    @property
    def is_about_current_model(self) -> bool:
        """Whether the command learns from what the current model learned from, unless a dataset is given."""
        return self.command in {learning.itemsets, learning.evaluate, learning.tune}

    @property
    def is_scheduled(self) -> bool:
        """Whether a failure is not to be shown by the exit code: what failed is tried again on schedule."""
        return self.command is learning.scheduled


class _Parser(argparse.ArgumentParser):
    """Ends with the exit code that says: trying again won't help."""

    def __init__(self, **settings: Any) -> None:
        # A shortened flag would mean another one as soon as there is a second with this beginning.
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        self.exit(InputError.exit_code, f"{self.prog}: {redacted(message)}\n{self.format_usage()}")


def parse(arguments: Sequence[str] | None) -> Call:
    """Read the command line; ends the process with code 64 where it is wrong."""
    parser = _parser()
    found, rest = parser.parse_known_args(arguments)
    given = vars(found)
    command = given.pop("command")
    if rest:
        takes_dataset = command.__module__ == learning.__name__ and not rest[0].startswith("-")
        hint = f": give the file as --dataset {rest[0]}" if takes_dataset else ""
        parser.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
    flags = {name: given.pop(name) for name in settings_of(Settings) if name in given}
    return Call(command, flags, given)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="playlist-trainer",
        description="Learns from playlists which songs go together, and publishes that as a model.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"playlist-trainer {Settings().version}")
    commands_of = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _add(commands_of, "train", learning.train, _DATASET | _MINING | _RULES | _PUBLISHING)
    _add(commands_of, "reconcile", learning.scheduled, _DATASET | _MINING | _RULES | _PUBLISHING)
    itemsets = _add(commands_of, "itemsets", learning.itemsets, _DATASET | _MINING | _STORE)
    itemsets.add_argument("--output", metavar="FILE.csv", help="where to write; standard output by default")
    for name, command in (("evaluate", learning.evaluate), ("tune", learning.tune)):
        measure = _add(commands_of, name, command, _DATASET | _MINING | _RULES | _STORE)
        measure.add_argument(
            "--json", dest="as_json", action="store_true", default=False, help="print JSON instead of a table"
        )
    kept = commands_of.add_parser("models", help="Look at the kept models, or make another one current.")
    _add_models(kept.add_subparsers(required=True, metavar="ACTION", parser_class=_Parser))
    return parser


def _add_models(actions: "argparse._SubParsersAction[_Parser]") -> None:
    listing = _add(actions, "list", models.models_list, _STORE)
    listing.add_argument(
        "--json", dest="as_json", action="store_true", default=False, help="print JSON instead of a table"
    )
    show = _add(actions, "show", models.models_show, _STORE)
    show.add_argument("model_id", nargs="?", metavar="MODEL_ID", help="the current one by default")
    export = _add(actions, "export", models.models_export, _STORE)
    export.add_argument("output", metavar="FILE.csv", help="where to write; - for standard output")
    export.add_argument("--model", dest="model_id", metavar="MODEL_ID", help="the current one by default")
    diff = _add(actions, "diff", models.models_diff, _STORE)
    diff.add_argument("before", metavar="MODEL_ID", help="as `models list` shows it")
    diff.add_argument("after", metavar="MODEL_ID", help="as `models list` shows it")
    diff.add_argument("--json", dest="as_json", action="store_true", default=False, help="print JSON instead of text")
    promote = _add(actions, "promote", models.models_promote, _STORE | {"lock_timeout_s"})
    promote.add_argument("model_id", metavar="MODEL_ID", help="as `models list` shows it")
    copy = _add(actions, "copy", models.models_copy, _STORE - {"model_store_url"} | {"lock_timeout_s"})
    copy.add_argument("source", metavar="FROM", help="a folder, or s3://bucket/prefix, gs:// or az://")
    copy.add_argument("target", metavar="TO", help="a folder, or s3://bucket/prefix, gs:// or az://")
    rollback = _add(actions, "rollback", models.models_rollback, _STORE | {"lock_timeout_s"})
    rollback.add_argument("model_id", metavar="MODEL_ID", help="as `models list` shows it")


def _add(
    parsers: "argparse._SubParsersAction[_Parser]", name: str, command: Callable[..., str], settings: set[str]
) -> _Parser:
    """Add a command with the flags of its settings, all as text: Settings reads them, and names every bad one."""
    summary = (command.__doc__ or "").split("\n")[0]
    parser = parsers.add_parser(name, help=summary, description=summary, argument_default=argparse.SUPPRESS)
    parser.set_defaults(command=command)
    for field, described in settings_of(Settings).items():
        if field not in settings | _LOGGING or not described.flag:
            continue
        about = f"{described.help} [{described.environment}, default {described.default_text or 'none'}]"
        # A switch may stand alone: --force is --force true.
        alone: dict[str, Any] = {"nargs": "?", "const": "true"} if described.metavar == "true|false" else {}
        parser.add_argument(
            described.flag, dest=field, metavar=described.metavar, help=about.replace("%", "%%"), **alone
        )
    return parser
