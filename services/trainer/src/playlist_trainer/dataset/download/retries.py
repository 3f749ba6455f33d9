"""Attempts at what may pass, and the waits between them."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from playlist_trainer.dataset.download.http_failures import AskedToWaitError
from playlist_trainer.dataset.download.limits import Deadline, DownloadLimits
from playlist_trainer.errors import DatasetUnavailableError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def with_retries(attempt: Callable[[], _T], limits: DownloadLimits, deadline: Deadline) -> _T:
    """Return what ``attempt`` returns, trying again when it raises DatasetUnavailableError.

    Raises:
        DatasetUnavailableError: as the last attempt, with the number of attempts, or the time that was too short.
    """
    number = 0
    while True:
        number += 1
        try:
            return attempt()
        except DatasetUnavailableError as error:
            failure = error
        wait_s = limits.wait_s(number, failure.retry_after_s if isinstance(failure, AskedToWaitError) else 0)
        if number > limits.retries:
            raise DatasetUnavailableError(f"{failure} (attempt {number} of {limits.retries + 1})")
        if deadline.remaining_s() <= wait_s:
            raise DatasetUnavailableError(f"{failure} (given up: {limits.deadline_s:g} s are over)")
        _log.warning("attempt %d of %d failed, next one in %.1f s: %s", number, limits.retries + 1, wait_s, failure)
        time.sleep(wait_s)
