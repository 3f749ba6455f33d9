"""What bash, zsh and fish offer while a command line is typed: commands, options, and titles from the API.

The scripts hand the line up to the cursor to ``complete-line``, which prints one candidate per line, and do no more
with a candidate than to insert it: titles come from other people's files, and nothing of one may be run.
"""

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from playlist_client.address import DEFAULT_URL, checked_url
from playlist_client.api import Api
from playlist_client.errors import ClientError
from playlist_client.output import Format, clean, write


class Shell(StrEnum):
    """What ``--show-completion`` takes."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


_OFFERED = 20
# A list that comes later than this no longer belongs to what is being typed.
_PATIENCE_S = 1.0
# The exit code that leaves the rest to the shell, which knows files.
_FILES = 10
_TAKES_TITLES = {"recommend", "search", "song", "watch"}
_VALUES: Mapping[str, Iterable[str]] = {"--output": Format, "-o": Format, "--show-completion": Shell}
# The options that the next word does not belong to.
FLAGS = {"--explain", "-e", "--json", "--help", "-h", "--version", "--"}
_TAKES_FILE = {"--file", "-f", "--csv", "--plot", "--report"}

_BASH = r"""
_playlist_client() {
    local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" offered
    offered=$(COMPLETE_FOR=bash COMPLETE_WORD="$word" playlist-client complete-line -- "$line" 2>/dev/null)
    [ $? -eq 10 ] && compopt -o default
    mapfile -t COMPREPLY <<<"$offered"
    [ -n "$offered" ] || COMPREPLY=()
}
complete -o nosort -F _playlist_client playlist-client
"""
_ZSH = r"""
#compdef playlist-client
_playlist_client() {
    local -a offered
    local line="${(j: :)words[1,CURRENT]}" code
    offered=("${(@f)$(COMPLETE_FOR=zsh playlist-client complete-line -- "$line" 2>/dev/null)}")
    code=$?
    [[ -n "$offered[1]" ]] && compadd -U -V titles -a offered
    (( code == 10 )) && _files
}
compdef _playlist_client playlist-client
"""
_FISH = r"""
function __playlist_client
    set -lx COMPLETE_FOR fish
    set -l line (commandline --cut-at-cursor --current-process | string collect)
    playlist-client complete-line -- "$line" 2>/dev/null
    test $status -eq 10; and __fish_complete_path (commandline --current-token)
end
complete --command playlist-client --no-files --keep-order --arguments '(__playlist_client)'
"""


def script_of(shell: Shell) -> str:
    """Return what a shell has to run so that it completes."""
    return {Shell.BASH: _BASH, Shell.ZSH: _ZSH, Shell.FISH: _FISH}[shell].strip()


@dataclass(frozen=True)
class Line:
    """A command line up to the cursor.

    Attributes:
        words: that are finished, without the program's own name.
        typed: of the word at the cursor, without its quotes.
        quote: that is still open, else empty.
    """

    words: tuple[str, ...]
    typed: str
    quote: str


def parse_line(text: str) -> Line:
    """Return a line as a shell reads it; a quote may still be open."""
    for quote in ("", '"', "'"):
        # A mark behind the cursor, so that a word that is empty so far is one too.
        with suppress(ValueError):
            *words, last = shlex.split(f"{text}\0{quote}")
            return Line(tuple(words[1:]), last.removesuffix("\0"), quote)
    # A backslash at the very end: what it stands before is not typed yet.
    return parse_line(text[:-1])


def complete_line(text: str) -> int:
    """Print what may stand at the cursor, one per line, for the line up to there; return the exit code."""
    line = parse_line(text)
    name = next((word for word in line.words if not word.startswith("-")), None)
    before = line.words[-1] if line.words else ""
    has_value = before.startswith("-") and "=" not in before and before not in FLAGS
    if before in _TAKES_FILE:
        return _FILES
    if before in _VALUES:
        _offer((value for value in _VALUES[before] if value.startswith(line.typed)), line)
    elif line.typed.startswith("-") and not has_value:
        _offer(_options(name, line.typed), line)
    elif name is None:
        _offer((command for command in _group().commands if command.startswith(line.typed)), line)
    elif name in _TAKES_TITLES and not has_value:
        _offer(_titles(line), line)
    return 0


def _group() -> Any:
    """Return the program's commands; Typer is half of the time that Tab takes, and titles do without."""
    from typer.main import get_command  # noqa: PLC0415

    from playlist_client.app import app  # noqa: PLC0415

    return get_command(app)


def _options(name: str | None, typed: str) -> Iterator[str]:
    group = _group()
    for parameter in group.commands.get(name, group).params:
        yield from (option for option in parameter.opts if option.startswith("--") and option.startswith(typed))


def _titles(line: Line) -> Iterator[str]:
    """Yield names of songs that continue what is typed; without one, the one that reads most like it."""
    with suppress(ClientError):
        url = checked_url(_url_of(line.words))
        with Api(url, _PATIENCE_S) as api:
            found = api.search(line.typed, _OFFERED).value
        names = [song.song for song in found.matches if song.song == clean(song.song)]
        size = len(line.typed)
        continuing = [name for name in names if name[:size].casefold() == line.typed.casefold()]
        if len(continuing) > 1:
            # As it was typed so far: shells put in what all candidates begin with, case and all.
            yield from (line.typed + name[size:] for name in continuing)
        else:
            similar = [song.song for song in found.close_matches if song.song == clean(song.song)]
            yield from (continuing or names or similar)[:1]


def _url_of(words: tuple[str, ...]) -> str:
    for place, word in enumerate(words):
        if word == "--url" and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--url="):
            return word.removeprefix("--url=")
        if word == "--kube":
            # A way into the cluster for every key would be slow; the shell command has one for its whole time.
            raise ClientError("titles are completed through --url only")
    return os.environ.get("PLAYLIST_URL") or DEFAULT_URL


def _offer(candidates: Iterable[str], line: Line) -> None:
    is_bash = os.environ.get("COMPLETE_FOR") == Shell.BASH
    for candidate in candidates:
        if shown := _for_bash(candidate, line) if is_bash else candidate:
            write(shown)


def _for_bash(candidate: str, line: Line) -> str:
    """Return what bash puts in place of its current word: zsh and fish quote by themselves, bash does not."""
    if line.quote == "'":
        return candidate.replace("'", "'\\''")
    if line.quote == '"':
        # No backslash keeps an exclamation mark from history expansion within double quotes.
        escaped = "".join(f"\\{letter}" if letter in '\\"$`' else letter for letter in candidate)
        return escaped.replace("!", "\"'!'\"")
    # Bash takes a colon, say, for the end of a word, and replaces only what is behind it.
    behind_break = os.environ.get("COMPLETE_WORD", "")
    before = _backslashed(line.typed).removesuffix(behind_break)
    quoted = _backslashed(candidate)
    if before == _backslashed(line.typed):
        return quoted
    return quoted[len(before) :] if quoted.casefold().startswith(before.casefold()) else ""


def _backslashed(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_./,%@+:=" else f"\\{letter}" for letter in text)
