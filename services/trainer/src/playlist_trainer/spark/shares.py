"""What the tasks that read a dataset are given: one file each."""

import logging
from dataclasses import dataclass
from pathlib import Path

from playlist_trainer.dataset.address import Dataset
from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.dataset.printable import shown_path

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Share:
    """One file, which a task reads whole.

    Attributes:
        name: of the file among the dataset's, for the dataset's sha256.
        shown: how messages name it.
        place: a file's path, on this disk and every executor's; or an object's address.
        etag: of the object when it was listed; None where the store gave none.
    """

    name: str
    shown: str
    place: Path | ObjectAddress
    etag: str | None = None


def shares_of_files(dataset: Dataset) -> list[Share]:
    """Return the shares of files that every executor sees under the same path."""
    url = shown_path(dataset.source.url)
    one = len(dataset.paths) == 1
    return [
        Share(path.name, url if one else shown_path(f"{url}/{path.name}"), path.absolute()) for path in dataset.paths
    ]


def say_how_many(shares: list[Share]) -> None:
    """Say what a dataset in one file means."""
    if len(shares) == 1:
        _log.warning(
            "%s is one file, so that one executor reads all of it: several files are read at once", shares[0].shown
        )
    else:
        _log.info("executors read %d files", len(shares))
