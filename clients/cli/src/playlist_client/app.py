"""The command line: its commands, their help and examples."""

from collections.abc import Callable
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from playlist_client import commands
from playlist_client.output import stdout
from playlist_client.shell.command import shell
from playlist_client.watch.command import watch

# Click's marker \b keeps the lines of a paragraph as they are.
_EXAMPLES = {
    "recommend": """
playlist-client recommend "Ode to Joy" "Greensleeves"
playlist-client recommend --file mine.txt --explain --limit 5
playlist-client random | cut -f1 | playlist-client recommend
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
playlist-client watch --concurrency 33 --interval 0.1 --fresh 0.5
playlist-client watch "Ode to Joy" --duration 60 --json | jq .failed""",
}
_ENDING = """\b
Exit codes:
  0  answered
  1  the API said no, or requests of watch failed
  2  wrong use
  3  nothing answers, or not this API
\b
Examples:
  playlist-client recommend "Ode to Joy" "Greensleeves" --explain
  playlist-client shell --url http://127.0.0.1:8080
  playlist-client watch --kube music -n production
  eval "$(playlist-client --show-completion bash)"
"""

app = typer.Typer(
    help="Ask the recommendation API which songs go with yours, and watch it while something is rolled out.",
    epilog=_ENDING,
    no_args_is_help=True,
    # Plain text: it reads the same on a terminal, in a pipe and in a narrow window.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        stdout().print(f"playlist-client {version_of('playlist-client')}")
        raise typer.Exit


@app.callback()
def _client(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the client's version.")
    ] = False,
) -> None:
    pass


def _add(command: Callable[..., None]) -> None:
    name = command.__name__
    lines = "\n".join(f"  {line}" for line in _EXAMPLES[name].strip().splitlines())
    app.command(name, epilog=f"\b\nExamples:\n{lines}")(command)


for _command in (commands.recommend, commands.search, commands.song, commands.random, commands.version, shell, watch):
    _add(_command)
