"""The rows of a dataset in batches, whatever the format of its files."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.columns import Columns, NoPlaylistColumnError, Roles, rows_left_out, tidied
from playlist_trainer.dataset.csv_rows import CsvRows
from playlist_trainer.dataset.formats import kind_of
from playlist_trainer.dataset.json_rows import json_batches
from playlist_trainer.dataset.mpd_slices import is_slice, slice_rows
from playlist_trainer.dataset.parquet_rows import parquet_batches
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.errors import DatasetError

# Without roles, a frame is in its last form already.
Frame = tuple[pl.DataFrame, Roles | None]
_ROWS_TOGETHER = 500_000
_SLICES_TOGETHER = 2


def row_batches(dataset: Dataset, columns: Columns) -> Iterator[pl.DataFrame]:
    r"""Yield every row of a dataset, in its order; at most 500,000 a batch.

    Args:
        dataset: on this disk.
        columns: what its columns are called.

    Returns:
        columns playlist and song, and title, artist, uri where the dataset has them (String; trimmed, in Unicode's
        NFC, null where empty); one row per song of a playlist, duplicates allowed. A song named by several columns
        has " – " between them, a playlist "\x1f". Where lines are no rows, also batches of playlist, song (both null)
        and reason.

    Raises:
        DatasetError: it can't be read whole; the message names the file and, where it has lines, the line.
        DatasetUnavailableError: a compressed file is cut off.
    """
    url = shown_path(dataset.source.url)
    files = [(path, url if len(dataset.paths) == 1 else shown_path(f"{url}/{path.name}")) for path in dataset.paths]
    rows = 0
    for batch in _tidied(_frames(*files[0], columns) if len(files) == 1 else _slice_frames(files, columns)):
        rows += 0 if "reason" in batch.columns else len(batch)
        yield batch
    if rows == 0:
        raise no_rows(url)


def file_batches(path: Path, shown: str, columns: Columns) -> Iterator[pl.DataFrame]:
    """Yield every row of one file, as ``row_batches`` does; a file among others may have none.

    Raises:
        DatasetError, DatasetUnavailableError: as ``row_batches``.
    """
    return _tidied(_frames(path, shown, columns))


def no_rows(url: str) -> DatasetError:
    """Return what is wrong with a dataset without rows."""
    return DatasetError(f"{url}: no rows: expected one per song of a playlist")


def _tidied(frames: Iterable[Frame]) -> Iterator[pl.DataFrame]:
    for frame, roles in frames:
        for part in frame.iter_slices(_ROWS_TOGETHER):
            yield tidied(part, roles) if roles else part


def _slice_frames(files: Sequence[tuple[Path, str]], columns: Columns) -> Iterator[Frame]:
    """Yield what the files hold, in order; of slices, one is read while another is learned from."""
    if kind_of(*files[0]) != "json":
        # One file of these may be as large as all slices together.
        try:
            for path, shown in files:
                yield from _frames(path, shown, columns)
        except NoPlaylistColumnError as error:
            raise DatasetError(f"{error}; one file per playlist? join them: docs/tutorial.md, step 6") from None
        return
    with ThreadPoolExecutor(_SLICES_TOGETHER) as pool:
        waiting: deque[Future[list[Frame]]] = deque()
        for path, shown in files:
            waiting.append(pool.submit(lambda p, s: list(_frames(p, s, columns)), path, shown))
            if len(waiting) == _SLICES_TOGETHER:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _frames(path: Path, shown: str, columns: Columns) -> Iterator[Frame]:
    kind = kind_of(path, shown)
    if kind == "parquet":
        yield from parquet_batches(path, shown, columns)
    elif kind == "csv":
        file = CsvRows(path, shown, columns)
        yield from ((frame, file.roles) for frame in file.batches())
        yield from ((rows_left_out(reason, count), None) for reason, count in file.left_out.items())
    elif is_slice(path, shown) and (found := slice_rows(path, shown, columns)):
        yield found
    else:
        yield from json_batches(path, shown, columns)
