"""playlist-client: asks the recommendation API from the command line."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

# Nothing slow may be imported up here: Ctrl-C meanwhile would print a stack trace.
if TYPE_CHECKING:
    from playlist_client.errors import ClientError

_INTERRUPTED = 128 + signal.SIGINT
# What ends output, and is no fault of the program.
_OUTPUT_ENDS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 answered, 1 rejected or failed, 2 usage error, 3 unreachable."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that what was started for the command is ended with it. nohup stays what it is.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    with _interrupted_silently():
        run = _imported(words)
    try:
        return run()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        code = _told(error)
        if code is None:
            raise
        return code


def _imported(words: list[str]) -> Callable[[], int]:
    """Import what a command line needs, which takes longer than most else; return what runs it."""
    from playlist_client.output import write_what_it_can  # noqa: PLC0415

    write_what_it_can()
    if words[:1] == ["complete-line"]:
        from playlist_client.completion import complete_line  # noqa: PLC0415

        return lambda: complete_line(words[-1])
    # Not for what completes: it is slow to import.
    from playlist_client.app import app  # noqa: PLC0415

    return lambda: app(args=words, prog_name="playlist-client", standalone_mode=False) or 0


def _told(error: Exception) -> int | None:
    """Tell a person in a sentence what went wrong; return the exit code, or None where a stack trace is wanted."""
    from playlist_client.output import tell  # noqa: PLC0415

    known = _known(error)
    if known is not None:
        tell(f"playlist-client: {known}")
        return known.exit_code
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
        return 2
    if os.environ.get("PLAYLIST_DEBUG"):
        return None
    tell(f"playlist-client: internal error: {type(error).__name__}: {error} (PLAYLIST_DEBUG=1 shows where)")
    return 1


def _known(error: Exception) -> "ClientError | None":
    from playlist_client.errors import ClientError  # noqa: PLC0415
    from playlist_client.output import output_lost  # noqa: PLC0415
    from playlist_client.usage import usage_error  # noqa: PLC0415

    if isinstance(error, ClientError):
        return error
    if isinstance(error, OSError) and error.errno in _OUTPUT_ENDS:
        return output_lost(error)
    return usage_error(error)


@contextmanager
def _interrupted_silently() -> Iterator[None]:
    """A context in which Ctrl-C ends the program at once: an import can't be ended in good order."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
