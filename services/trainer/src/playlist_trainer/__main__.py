"""playlist-trainer: learns from playlists, and looks at what was learned."""

import errno

# ruff: noqa: E402 - the imports stand between two calls
import gc

# What is imported stays to the end: a search for garbage meanwhile finds none, and takes a tenth of an idle run.
gc.disable()
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from playlist_model import ModelError, NoModelError, StoreChangedError, StoreLockedError, StoreUnavailableError
from playlist_runtime.logs import FORMATS, set_up_logs
from playlist_trainer.cli import Call, parse
from playlist_trainer.errors import InputError, LimitError, SettingError, TrainerError, TransientError
from playlist_trainer.redaction import redacted, redacted_traceback
from playlist_trainer.settings import Settings, texts_of_model
from playlist_trainer.watchdog import start_watchdog, wait_if_ending

gc.enable()

_log = logging.getLogger("playlist_trainer")
_HINTS = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), ": make room on that disk, or name a place on another one") | (
    dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), ": make it writable, or give another --model-dir or file")
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the process's exit code.

    Exit codes: 0 done, or nothing to do; 64 the settings or the dataset are wrong; 65 the gate rejected the candidate;
    1 transient, will work when retried; 143 SIGTERM. `reconcile` ends with 0 instead of 1, 64 and 65.
    """
    call = parse(arguments)
    exit_code = _ended(call)
    return 0 if call.is_scheduled else exit_code


def _ended(call: Call) -> int:
    try:
        settings = _settings_of(call)
    except (SettingError, TransientError) as error:
        given = call.flags.get("log_format", "")
        set_up_logs(given if given in FORMATS else "auto")
        return _failed(error, error.exit_code, Settings())
    start_watchdog(
        settings.memory_limit,
        lambda words: _say_last(logging.ERROR, words, settings),
        0 if call.is_scheduled else LimitError.exit_code,
    )
    return _run(lambda: call.command(settings, **call.arguments), settings)


def _settings_of(call: Call) -> Settings:
    """Read the settings, and set up the logs by them."""
    settings = Settings.read(call.flags)
    set_up_logs(settings.log_format, settings.log_level)
    is_given = (
        "dataset_url" in call.flags
        or settings.dataset_secret_dir is not None
        or settings.dataset_url != Settings().dataset_url
    )
    if not call.is_about_current_model or is_given:
        return settings
    try:
        store = settings.store()
        manifest = store.manifest(store.pointer().model_id)
    except NoModelError:
        _log.info("no model in %s, and no --dataset: taking %s", store.name, settings.dataset_url)
        return settings
    except StoreUnavailableError as error:
        raise TransientError(str(error)) from None
    except ModelError as error:
        raise SettingError(
            f"the current model can't be read: {error}; give --dataset, or another --model-dir"
        ) from None
    _log.info(
        "taking dataset and settings of the current model, %s: %s", manifest.model_id, manifest.dataset.get("url")
    )
    return Settings.read(call.flags, fallbacks=texts_of_model(manifest.dataset, manifest.parameters, manifest.engine))


def _run(command: Callable[[], str], settings: Settings) -> int:
    try:
        done = command()
        if done:
            _say_last(logging.INFO, done, settings)
        sys.stdout.flush()
    except TrainerError as error:
        return _failed(error, error.exit_code, settings)
    except ModelError as error:
        is_transient = isinstance(error, (StoreLockedError, StoreUnavailableError, StoreChangedError))
        return _failed(error, TransientError.exit_code if is_transient else InputError.exit_code, settings)
    except BrokenPipeError:
        # `… | head` has seen enough; standard output is flushed once more at exit, and must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _failed_on_file(error, settings)
    except MemoryError:
        words = (
            "out of memory: raise min_support, lower max_length or max_rules, or learn from a sample (max_playlists)"
        )
        return _failed(words, InputError.exit_code, settings)
    except Exception as error:  # noqa: BLE001 - the edge of the process
        wait_if_ending()
        # Not log.exception: the texts of foreign exceptions may hold a URL with its password.
        _log.error("failed unexpectedly; the current model stays", extra={"traceback": redacted_traceback(error)})
        found = f"{type(error).__name__}: {redacted(str(error))}"
        return _failed(f"unexpected failure, please report it: {found}", TransientError.exit_code, settings)
    return 0


def _failed_on_file(error: OSError, settings: Settings) -> int:
    if isinstance(error, (FileExistsError, NotADirectoryError, IsADirectoryError)):
        words = f"{redacted(str(error.filename))}: {error.strerror}: give another --model-dir or file"
        return _failed(words, InputError.exit_code, settings)
    # Python's own words begin with "[Errno 28]".
    words = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    hint = _HINTS.get(error.errno or 0, "")
    return _failed(redacted(words) + hint, TransientError.exit_code, settings)


def _failed(error: object, exit_code: int, settings: Settings) -> int:
    wait_if_ending()
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
