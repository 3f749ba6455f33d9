"""The beginning of a dataset, read as the trainer reads it: an answer that is no dataset must not be pinned."""

import json
from pathlib import Path

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.formats import kind_of
from playlist_trainer.dataset.listings import NO_PLAYLIST, NO_SONG
from playlist_trainer.dataset.playlists import check_usable
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.dataset.rows import file_batches, no_rows
from playlist_trainer.dataset.unpacking import head_of
from playlist_trainer.settings import Settings

# One document of JSON is read whole, in ten times its size; a slice of the Million Playlist Dataset has 35 MB.
_LARGEST_DOCUMENT_BYTES = 48 << 20
_FIRST_LINE_BYTES = 1 << 20


def check_head(dataset: Dataset, settings: Settings) -> None:
    """Read a dataset up to the first rows that can be learned from; the rest is the trainer's to check.

    Args:
        dataset: on this disk.
        settings: name its columns.

    Raises:
        DatasetError: it is of no known kind, lacks a column, or has no row with playlist and song.
        DatasetUnavailableError: a compressed file is cut off.
    """
    url, columns = shown_path(dataset.source.url), Columns.of(settings)
    rows = without_playlist = without_song = 0
    for path in dataset.paths:
        shown = url if len(dataset.paths) == 1 else shown_path(f"{url}/{path.name}")
        if _is_large_document(path, shown):
            return
        for batch in file_batches(path, shown, columns):
            if "reason" in batch.columns:
                continue
            if batch.drop_nulls(("playlist", "song")).height:
                return
            rows += batch.height
            without_playlist += batch["playlist"].null_count()
            without_song += batch.filter(batch["playlist"].is_not_null())["song"].null_count()
    if not rows:
        raise no_rows(url)
    check_usable(rows, {NO_PLAYLIST: without_playlist, NO_SONG: without_song}, url)


def _is_large_document(path: Path, shown: str) -> bool:
    """Tell JSON that would take gigabytes to read, and is too large to be an error's answer; not JSON Lines."""
    if kind_of(path, shown) != "json" or len(_head(path, shown, _LARGEST_DOCUMENT_BYTES)) < _LARGEST_DOCUMENT_BYTES:
        return False
    first, line_end, _ = _head(path, shown, _FIRST_LINE_BYTES).lstrip().partition(b"\n")
    try:
        json.loads(first)
    except ValueError:
        return True
    return not line_end


def _head(path: Path, shown: str, size: int) -> bytes:
    return head_of(path, shown, size)[0]
