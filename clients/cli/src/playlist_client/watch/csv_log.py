"""A line of CSV for each request."""

import csv
import json
import time
from pathlib import Path

from playlist_client.errors import ClientError, UsageError
from playlist_client.watch.moments import Moments
from playlist_client.watch.probe import Sample

COLUMNS = ("time", "status", "latency_ms", "version", "model_date", "songs")
_FLUSH_EVERY_S = 1.0


class CsvLog:
    """A file in the form of RFC 4180: UTF-8, a heading, lines that end in CR LF, quotes where they are needed.

    Songs stand in one field as a list in JSON, so that titles with commas, quotes or line breaks stay apart.
    """

    def __init__(self, path: Path, moments: Moments) -> None:
        """Open the file; what it held is replaced.

        Raises:
            UsageError: it can't be written.
        """
        try:
            # A lone surrogate is no text, yet JSON can carry one.
            self._file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise UsageError(f"--csv {path} can't be written: {error.strerror}") from error
        self._path = path
        self._moments = moments
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)
        self._flushed = time.monotonic()

    def take(self, sample: Sample) -> None:
        """Write a request.

        Raises:
            ClientError: the disk is full, or the like.
        """
        answer = sample.answer
        origin = (
            (answer.version, answer.model_date, json.dumps(answer.songs, ensure_ascii=False)) if answer else ("",) * 3
        )
        began = self._moments.rfc3339(sample.began)
        try:
            self._writer.writerow((began, sample.status, f"{sample.latency_s * 1000:.3f}", *origin))
            if time.monotonic() - self._flushed >= _FLUSH_EVERY_S:
                self._file.flush()
                self._flushed = time.monotonic()
        except OSError as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Write what is left; raises as ``take`` does."""
        try:
            self._file.close()
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError) -> ClientError:
        return ClientError(f"--csv {self._path} can't be written any more: {error.strerror}")
