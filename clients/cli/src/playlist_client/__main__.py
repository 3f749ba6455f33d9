"""playlist-client: asks the recommendation API from the command line."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from playlist_client.api import Api
from playlist_client.errors import ClientError

_DEFAULT_URL = "http://127.0.0.1:8080"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 answered, 1 refused, 2 usage, 3 unreachable."""
    given = _parser().parse_args(arguments)
    try:
        answer = Api(given.url).recommend(given.songs, given.limit, given.explain)
    except ClientError as error:
        print(f"playlist-client: {error}", file=sys.stderr)
        return error.exit_code
    print(json.dumps(answer, indent=2, ensure_ascii=False) if given.json else _told(answer))
    return 0


def _told(answer: Mapping[str, Any]) -> str:
    """Give an answer as a person reads it."""
    lines = [f"{place:>3}. {song}" for place, song in enumerate(answer["songs"], start=1)]
    for place, entry in enumerate(answer.get("recommendations", [])):
        lines[place] += _reason(entry)
    for entry in answer.get("unknown", []):
        close = ", ".join(entry["close_matches"])
        lines.append(f"unknown: {entry['song']}" + (f" (did you mean {close}?)" if close else ""))
    lines.append(f"(version {answer.get('version')}, model of {answer.get('model_date')})")
    return "\n".join(lines)


def _reason(entry: Mapping[str, Any]) -> str:
    if not entry["because"]:
        return "  (popular)"
    first = entry["because"][0]
    return f"  (in {first['together_count']} of the {first['song_count']} playlists that hold {first['song']})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="playlist-client", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    recommend = commands.add_parser("recommend", help="ask which songs go with some songs")
    recommend.add_argument("songs", nargs="+", metavar="SONG", help="a title, in quotes")
    recommend.add_argument(
        "--url",
        default=os.environ.get("PLAYLIST_URL", _DEFAULT_URL),
        help=f"where the API is [PLAYLIST_URL, default {_DEFAULT_URL}]",
    )
    recommend.add_argument("--limit", type=int, help="how many songs to give, 1 to 100")
    recommend.add_argument("--explain", action="store_true", help="say why each song was chosen")
    recommend.add_argument("--json", action="store_true", help="print the answer as it came")
    return parser


if __name__ == "__main__":
    sys.exit(main())
