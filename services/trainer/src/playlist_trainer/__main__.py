"""playlist-trainer: learns from playlists, and looks at what was learned."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from playlist_model import ModelError, StoreLockedError
from playlist_runtime.logs import set_up_logs
from playlist_trainer.cli import parse
from playlist_trainer.errors import InputError, SettingError, TrainerError, TransientError
from playlist_trainer.redaction import redacted, redacted_traceback
from playlist_trainer.settings import Settings
from playlist_trainer.watchdog import start_watchdog

_log = logging.getLogger("playlist_trainer")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the process's exit code.

    Exit codes: 0 done, or nothing to do; 64 the settings or the dataset are wrong; 1 what may pass; 143 SIGTERM.
    """
    call = parse(arguments)
    try:
        settings = Settings.read(call.flags)
    except SettingError as error:
        set_up_logs()
        return _failed(error, error.exit_code, Settings())
    set_up_logs(settings.log_format, settings.log_level)
    start_watchdog(settings.memory_limit, lambda words: _say_last(logging.ERROR, words, settings))
    return _run(lambda: call.command(settings, **call.arguments), settings)


def _run(command: Callable[[], str], settings: Settings) -> int:
    try:
        done = command()
        if done:
            _say_last(logging.INFO, done, settings)
        sys.stdout.flush()
    except TrainerError as error:
        return _failed(error, error.exit_code, settings)
    except ModelError as error:
        return _failed(
            error, TransientError.exit_code if isinstance(error, StoreLockedError) else InputError.exit_code, settings
        )
    except BrokenPipeError:
        # `… | head` has seen enough; standard output is flushed once more at exit, and must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _failed(redacted(str(error)), TransientError.exit_code, settings)
    except MemoryError:
        words = "out of memory: raise min_support, lower max_length, or learn from a sample (max_playlists)"
        return _failed(words, InputError.exit_code, settings)
    except Exception as error:  # noqa: BLE001 - the edge of the process
        # Not log.exception: the texts of foreign exceptions may hold a URL with its password.
        _log.error("failed unexpectedly; the current model stays", extra={"traceback": redacted_traceback(error)})
        found = f"{type(error).__name__}: {redacted(str(error))}"
        return _failed(f"unexpected failure, please report it: {found}", TransientError.exit_code, settings)
    return 0


def _failed(error: object, exit_code: int, settings: Settings) -> int:
    _say_last(logging.ERROR, str(error), settings)
    return exit_code


def _say_last(level: int, words: str, settings: Settings) -> None:
    """Log the last line, and leave it where `kubectl describe pod` shows it."""
    _log.log(level, "%s", words)
    with suppress(OSError):
        if settings.termination_log.exists():
            settings.termination_log.write_text(words[:4096], encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
