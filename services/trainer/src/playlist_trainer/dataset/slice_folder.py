"""Which files of a folder are slices; without Polars, which a run that finds nothing to do never needs."""

import logging
import re
from pathlib import Path

from playlist_trainer.dataset.printable import listed, shown_path
from playlist_trainer.errors import DatasetError

_log = logging.getLogger(__name__)
_SLICE = re.compile(r"mpd\.slice\..*\.json(\.gz|\.zst)?")
_JSON = re.compile(r"[^.].*\.json(\.gz|\.zst)?")


def slices_of(folder: Path) -> tuple[Path, ...]:
    """Return the slices of a folder by name, and say in one line what else is there.

    Raises:
        DatasetError: there is none, or one is a link that leads nowhere.
    """
    entries = sorted(folder.iterdir())
    found = [e for e in entries if _SLICE.fullmatch(e.name)] or [e for e in entries if _JSON.fullmatch(e.name)]
    if lost := [entry.name for entry in found if entry.is_symlink() and not entry.exists()]:
        raise DatasetError(f"{shown_path(folder)}: {listed(lost)} leads to no file: mend or remove the link")
    slices = [entry for entry in found if entry.is_file()]
    if not slices:
        raise DatasetError(
            f"{shown_path(folder)}: a folder without .json slices: give a file, or the folder that holds the slices "
            "(mpd.slice.*.json, .json.gz or .json.zst)"
        )
    if passed_over := [entry.name for entry in entries if entry not in set(slices)]:
        _log.warning("read %d slices in %s, passed over: %s", len(slices), shown_path(folder), listed(passed_over))
    return tuple(slices)
