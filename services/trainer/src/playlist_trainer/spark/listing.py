"""A task's first half: one file to its rows in numbers, some hundred thousand at a time.

Numbers count within a piece: the same song has another one in each piece. What names it stands beside.
"""

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_trainer import errors
from playlist_trainer.dataset.address import download_limits
from playlist_trainer.dataset.columns import Columns
from playlist_trainer.dataset.download.limits import Deadline
from playlist_trainer.dataset.listings import Listings, id_hashes
from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.dataset.object_settings import open_store
from playlist_trainer.dataset.object_transfer import Bucket, ObjectTransfer
from playlist_trainer.dataset.rows import file_batches
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, TrainerError
from playlist_trainer.settings import Settings
from playlist_trainer.spark.shares import Share

PIECE_ROWS = 1 << 19
_SAMPLED_IDS = 64  # of each piece; from them, ranges of playlist ids with about as many rows each


@dataclass(frozen=True)
class Piece:
    """Some rows of a file.

    Attributes:
        ids: String; the playlists' ids, distinct.
        rows: int64; the playlist's number in the upper, the description's in the lower 32 bits; duplicates allowed.
        descriptions: columns song, title, artist, uri, as ``Listings`` returns them; distinct.
    """

    ids: pl.Series
    rows: NDArray[np.int64]
    descriptions: pl.DataFrame


@dataclass(frozen=True)
class FileNote:
    """What is known of a file when it was read whole.

    Attributes:
        name, sha256, byte_count: of the file.
        row_count, unusable, left_out: as in ``Listings``.
        id_sample: String; of playlists by chance.
        id_rows: int64; how many rows each of those has here.
        smallest: uint64, ascending; the smallest seeded hashes of playlist ids, at most ``max_playlists``.
    """

    name: str
    sha256: str
    byte_count: int
    row_count: int
    unusable: dict[str, int]
    left_out: Counter[str]
    id_sample: pl.Series
    id_rows: NDArray[np.int64]
    smallest: NDArray[np.uint64]


@dataclass(frozen=True)
class Failure:
    """What kept a file from being read: a class of ``errors``, and its sentence."""

    kind: str
    words: str

    @property
    def error(self) -> TrainerError:
        """The error to raise."""
        found: TrainerError = getattr(errors, self.kind)(self.words)
        return found


Listed = Piece | FileNote | Failure


def list_share(share: Share, settings: Settings) -> Iterator[Listed]:
    """Read one file: its pieces, then one note; or a failure, after which nothing of what came counts."""
    try:
        with _on_this_disk(share, settings) as (path, sha256):
            yield from _listed(share, path, sha256, settings)
    except TrainerError as error:
        # As a value: Spark would try an error again on every executor, and wrap its sentence in a stack trace.
        kind = next(each.__name__ for each in type(error).__mro__ if hasattr(errors, each.__name__))
        yield Failure(kind, str(error))


def _listed(share: Share, path: Path, sha256: str, settings: Settings) -> Iterator[Listed]:
    tally = _Tally(settings.max_playlists, settings.seed)
    listings = Listings()
    for batch in file_batches(path, share.shown, Columns.of(settings)):
        listings.add(batch)
        if len(listings.rows) >= PIECE_ROWS:
            yield tally.counted(listings)
            listings = Listings()
    if listings.row_count:
        piece = tally.counted(listings)
        if len(piece.rows):
            yield piece
    yield tally.note(share.name, sha256, path.stat().st_size)


@dataclass
class _Tally:
    """Adds up the pieces of a file."""

    max_playlists: int
    seed: int
    row_count: int = 0
    unusable: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[pl.Series, NDArray[np.int64]]] = field(default_factory=list)
    smallest: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    def counted(self, listings: Listings) -> Piece:
        self.row_count += listings.row_count
        self.unusable.update(listings.unusable)
        self.left_out.update(listings.left_out)
        if not len(listings.rows):
            return Piece(pl.Series("", [], pl.String), np.empty(0, np.int64), pl.DataFrame())
        piece = Piece(
            listings.ids().alias("id"),
            np.concatenate(list(listings.rows.drained())),
            listings.drained_descriptions(),
        )
        self._sample(piece)
        return piece

    def _sample(self, piece: Piece) -> None:
        # Spread over the piece: any order of a file's ids is better than its first ones.
        places = np.unique(np.linspace(0, len(piece.ids) - 1, _SAMPLED_IDS).astype(np.int64))
        row_counts = np.bincount(piece.rows >> 32, minlength=len(piece.ids))
        self.samples.append((piece.ids.gather(places), row_counts[places]))
        if self.max_playlists:
            hashes = np.union1d(self.smallest, seeded_hashes(piece.ids, self.seed))
            self.smallest = hashes[: self.max_playlists]

    def note(self, name: str, sha256: str, byte_count: int) -> FileNote:
        samples = [ids for ids, _ in self.samples] or [pl.Series("id", [], pl.String)]
        return FileNote(
            name,
            sha256,
            byte_count,
            self.row_count,
            dict(self.unusable),
            self.left_out,
            pl.concat(samples),
            np.concatenate([np.empty(0, np.int64), *(counts for _, counts in self.samples)]),
            self.smallest,
        )


def seeded_hashes(ids: pl.Series, seed: int) -> NDArray[np.uint64]:
    """Return what a sample of playlists is drawn by, as ``Listings.sample`` does."""
    return id_hashes(ids, f"{seed}\x1f")


@contextmanager
def _on_this_disk(share: Share, settings: Settings) -> Iterator[tuple[Path, str]]:
    """Fetch an object, or find a file; yields its path and its sha256."""
    if isinstance(share.place, Path):
        try:
            with share.place.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DatasetError(
                f"{share.shown}: an executor can't read it ({error.strerror}): every executor must see the same files "
                "under the same path; or put them into an object store (s3://, gs://, az://)"
            ) from error
        yield share.place, digest
        return
    with tempfile.TemporaryDirectory(prefix="playlist-share-") as folder:
        path = Path(folder) / "share"
        yield path, _fetched(share, share.place, path, settings)


def _fetched(share: Share, address: ObjectAddress, into: Path, settings: Settings) -> str:
    limits = download_limits(settings)
    store = open_store(address, settings, os.environ)
    bucket = Bucket(store, limits, Deadline(limits.deadline_s), lambda _received, _total: None)
    found = ObjectTransfer(bucket, address, into, None).run()
    if found is None or (share.etag and found.etag != share.etag):
        raise DatasetUnavailableError(f"{share.shown} changed while it was read: try again later")
    return found.sha256
