"""The command line: its commands, their help and examples."""

from collections.abc import Callable
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from playlist_client import commands
from playlist_client.check.command import check
from playlist_client.completion import Shell, script_of
from playlist_client.output import stdout, write
from playlist_client.shell.command import shell
from playlist_client.watch.command import watch

# Click's marker \b keeps the lines of a paragraph as they are.
_EXAMPLES = {
    "recommend": """
playlist-client recommend "Ode to Joy" "Greensleeves"
playlist-client recommend --file mine.txt --explain --limit 5
playlist-client random | cut -f1 | playlist-client recommend
playlist-client recommend "Ode to Joy" --output csv > songs.csv
playlist-client recommend "Ode to Joy" --json | jq -r '.songs[0]'""",
    "search": """
playlist-client search "ode to"
playlist-client search --limit 50""",
    "song": """
playlist-client song "Greensleeves" --limit 5""",
    "random": """
playlist-client random --limit 3 --seed 7""",
    "version": """
playlist-client version
playlist-client version --kube music -n staging
playlist-client version --json | jq -r .model_date""",
    "shell": """
playlist-client shell
printf '%s\\n' "Ode to Joy" /send | playlist-client shell""",
    "watch": """
playlist-client watch
playlist-client watch --since "$(date +%s)" --duration 120 --csv rollout.csv --plot rollout.svg
playlist-client watch --duration 60 --fail-if "p99>200ms" --fail-if "failed>1%"
playlist-client watch --concurrency 33 --interval 0.1 --fresh 0.5
playlist-client watch "Ode to Joy" --duration 60 --json | jq .failed""",
    "check": """
playlist-client check http://127.0.0.1:5000
playlist-client check http://127.0.0.1:5000 --reload 60 --report report.md
playlist-client check --kube music --output json | jq .passed""",
}
_ENDING = """\b
Exit codes:
  0  answered
  1  request rejected, output that can't be written, or a watch or check that failed
  2  usage error
  3  nothing answers, or something that is not this API
\b
Examples:
  playlist-client recommend "Ode to Joy" "Greensleeves" --explain
  playlist-client shell --url http://127.0.0.1:8080
  playlist-client watch --kube music -n production
  playlist-client check http://127.0.0.1:5000
  eval "$(playlist-client --show-completion bash)"
"""

app = typer.Typer(
    help="Ask the recommendation API which songs go with yours, watch it during a rollout, check it.",
    epilog=_ENDING,
    no_args_is_help=True,
    # Plain text: it reads the same on a terminal, in a pipe and in a narrow window.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    # The scripts of its own complete titles; Typer's would not survive one with a quote in it.
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        stdout().print(f"playlist-client {version_of('playlist-client')}")
        raise typer.Exit


def _show_completion(shell: Shell | None) -> None:
    if shell is not None:
        write(script_of(shell))
        raise typer.Exit


@app.callback()
def _client(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the client's version.")
    ] = False,
    completion: Annotated[
        Shell | None,
        typer.Option("--show-completion", callback=_show_completion, is_eager=True, help="Print what a shell needs."),
    ] = None,
) -> None:
    pass


def _add(command: Callable[..., None]) -> None:
    name = command.__name__
    lines = "\n".join(f"  {line}" for line in _EXAMPLES[name].strip().splitlines())
    app.command(name, epilog=f"\b\nExamples:\n{lines}")(command)


for _command in (
    commands.recommend,
    commands.search,
    commands.song,
    commands.random,
    commands.version,
    shell,
    watch,
    check,
):
    _add(_command)
