"""The driver's side of reading: a file to each task, and what is known of the dataset back."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playlist_trainer.dataset.playlists import check_usable
from playlist_trainer.dataset.rows import no_rows
from playlist_trainer.dataset.source import digest_of_slices
from playlist_trainer.settings import Settings
from playlist_trainer.spark.listing import Failure, FileNote, Piece, list_share
from playlist_trainer.spark.session import Session
from playlist_trainer.spark.shares import Share
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """A dataset that was read whole, on the executors.

    Attributes:
        listed: an RDD of ``Piece`` and ``FileNote``, kept on the executors' disks.
        notes: of the files, by name.
    """

    listed: Any
    notes: Sequence[FileNote]

    @property
    def pieces(self) -> Any:
        """An RDD of ``Piece``."""
        return self.listed.filter(_is_piece)

    @property
    def sha256(self) -> str:
        """Of the dataset, as one machine finds it."""
        digests = {note.name: note.sha256 for note in self.notes}
        return next(iter(digests.values())) if len(digests) == 1 else digest_of_slices(digests)

    @property
    def byte_count(self) -> int:
        """Of all files."""
        return sum(note.byte_count for note in self.notes)

    @property
    def row_count(self) -> int:
        """Rows of all files, those included that can't be used."""
        return sum(note.row_count for note in self.notes)

    @property
    def unusable(self) -> Mapping[str, int]:
        """Rows that can't be used, by reason; lines that are no rows among them."""
        return {**_total(note.unusable for note in self.notes), **_total(note.left_out for note in self.notes)}

    def check(self, url: str) -> None:
        """Refuse a dataset of which too little can be used.

        Raises:
            DatasetError: there are no rows, or over a tenth can't be used.
        """
        if self.row_count == sum(sum(note.left_out.values()) for note in self.notes):
            raise no_rows(url)
        unusable = _total(note.unusable for note in self.notes)
        check_usable(self.row_count - sum(sum(note.left_out.values()) for note in self.notes), unusable, url)


def read_shares(shares: Sequence[Share], settings: Settings, session: Session, timer: StageTimer) -> Reading:
    """Let executors read all files.

    Raises:
        DatasetError, DatasetUnavailableError: a file can't be read whole; the message names it.
        TrainerError: Spark failed.
    """

    def listed(given: Iterable[Share]) -> Iterator[Any]:
        for share in given:
            yield from list_share(share, settings)

    found = session.context.parallelize(list(shares), len(shares)).mapPartitions(listed).persist(session.on_disk)
    answers = session.run("reading files", found.filter(_is_no_piece).collect, timer)
    for answer in answers:
        if isinstance(answer, Failure):
            raise answer.error
    return Reading(found, sorted(answers, key=lambda note: note.name))


def _total(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return total


def _is_piece(listed: Any) -> bool:
    return isinstance(listed, Piece)


def _is_no_piece(listed: Any) -> bool:
    return not isinstance(listed, Piece)
