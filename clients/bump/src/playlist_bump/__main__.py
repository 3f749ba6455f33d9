"""playlist-bump: edits an installation's values in Git, and pushes them."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from playlist_bump.cli import run
from playlist_bump.errors import BumpError
from playlist_trainer.redaction import redacted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done or nothing to do, 1 refused or failed, 64 wrong input."""
    # As an exception, so that what was made for the command is removed.
    signal.signal(signal.SIGTERM, _leave)
    try:
        run(arguments)
    except BumpError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except OSError as error:
        return _failed(redacted(str(error)), BumpError.exit_code)
    except Exception as error:
        # A person gets a sentence; a stack trace on demand.
        if os.environ.get("PLAYLIST_DEBUG"):
            raise
        words = redacted(f"{type(error).__name__}: {error}")
        return _failed(f"an error of its own: {words} (PLAYLIST_DEBUG=1 shows where)", BumpError.exit_code)
    return 0


def _failed(words: str, exit_code: int) -> int:
    print(f"playlist-bump: {words}", file=sys.stderr)
    return exit_code


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
