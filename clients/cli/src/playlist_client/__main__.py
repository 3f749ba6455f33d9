"""playlist-client: asks the recommendation API from the command line."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from playlist_client.completion import complete_line
from playlist_client.errors import ClientError
from playlist_client.output import clean, stderr, write_what_it_can

_INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 answered, 1 rejected or failed, 2 usage error, 3 unreachable."""
    write_what_it_can()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["complete-line"]:
        return complete_line(words[-1])
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that what was started for the command is ended with it. nohup stays what it is.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    # Behind what completes: it is slow to import.
    from playlist_client.app import app  # noqa: PLC0415

    try:
        app(args=words, prog_name="playlist-client")
    except ClientError as error:
        stderr().print(f"playlist-client: {clean(str(error))}", soft_wrap=True)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        # A person gets a sentence; a stack trace on demand.
        if os.environ.get("PLAYLIST_DEBUG"):
            raise
        said = clean(f"{type(error).__name__}: {error}")
        stderr().print(f"playlist-client: internal error: {said} (PLAYLIST_DEBUG=1 shows where)", soft_wrap=True)
        return 1
    return 0


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
