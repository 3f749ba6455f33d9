"""Which files of a folder are slices; without Polars, which a run that finds nothing to do never needs."""

import logging
import re
from pathlib import Path

from playlist_trainer.dataset.printable import listed, shown_path
from playlist_trainer.errors import DatasetError

_log = logging.getLogger(__name__)
# Of the first kind that is there.
_KINDS = tuple(
    map(
        re.compile,
        (
            r"mpd\.slice\..*\.json(\.gz|\.zst)?",
            r"[^.].*\.json(\.gz|\.zst)?",
            r"[^._].*\.parquet",
            r"[^.].*\.csv(\.gz|\.zst)?",
        ),
    )
)


def slices_of(folder: Path) -> tuple[Path, ...]:
    """Return the slices of a folder by name, or else its Parquet or CSV files, and say in one line what else is there.

    Raises:
        DatasetError: there is none, or one is a link that leads nowhere.
    """
    entries = sorted(folder.iterdir())
    by_kind = ([entry for entry in entries if kind.fullmatch(entry.name)] for kind in _KINDS)
    found = next(filter(None, by_kind), [])
    if lost := [entry.name for entry in found if entry.is_symlink() and not entry.exists()]:
        raise DatasetError(f"{shown_path(folder)}: {listed(lost)} leads to no file: mend or remove the link")
    slices = [entry for entry in found if entry.is_file()]
    if not slices:
        raise DatasetError(
            f"{shown_path(folder)}: a folder without .json slices: give a file, or the folder that holds the slices "
            "(mpd.slice.*.json, .json.gz or .json.zst), or .parquet or .csv files"
        )
    if passed_over := [entry.name for entry in entries if entry not in set(slices)]:
        _log.warning("read %d files in %s, passed over: %s", len(slices), shown_path(folder), listed(passed_over))
    return tuple(slices)
