"""The rows of a dataset as numbers, gathered batch by batch."""

from collections import Counter
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_trainer.dataset.dictionary import Dictionary
from playlist_trainer.dataset.row_blocks import RowBlocks

NO_PLAYLIST = "no playlist"
NO_SONG = "no song"
AS_SONG = ""  # stands for a title that is the song's name; texts are never empty, only null
_DESCRIPTION = ("song", "title", "artist", "uri")
_COMPACTED_FROM = 1 << 20  # rows; below, a sample's memory is not worth the work


class Listings:
    """Each usable row as the number of its playlist and of its description.

    A description is a distinct combination of song, title, artist and uri. Numbers follow the order of the rows, so
    nothing that is published may depend on them. Held are 8 bytes per row, and each playlist and description once.

    Attributes:
        rows: the playlist's number in the upper, the description's in the lower 32 bits; duplicates allowed. With
            ``max_playlists``, only rows of playlists that may be in the sample, and some others.
        row_count: rows seen, those included that could not be used.
        unusable: rows that could not be used, by reason; a row without playlist and song counts as without playlist.
        first_unusable: the number of the first of them among the rows seen, from 1; None where there is none.
        left_out: lines of the dataset that are no rows, by what they are; among the rows seen too.
    """

    def __init__(self, max_playlists: int = 0, seed: int = 0) -> None:
        self.rows = RowBlocks()
        self.row_count = 0
        self.unusable = {NO_PLAYLIST: 0, NO_SONG: 0}
        self.first_unusable: int | None = None
        self.left_out = Counter[str]()
        self._max_playlists, self._seed = max_playlists, seed
        self._compact_from = _COMPACTED_FROM
        self._playlists, self._descriptions = Dictionary(), Dictionary()
        self._ids: list[pl.Series] = []
        self._texts: list[pl.DataFrame] = []

    def add(self, batch: pl.DataFrame) -> None:
        """Gather rows: columns playlist, song and maybe title, artist, uri (String, null where empty).

        A batch with a column reason holds lines that are no rows: they are counted by it.
        """
        self.row_count += len(batch)
        if "reason" in batch.columns:
            self.left_out.update(batch["reason"].to_list())
            return
        usable = self._usable(batch)
        if len(usable) == 0:
            return
        rows = self._playlist_numbers(usable["playlist"]).astype(np.int64) << 32
        rows |= self._description_numbers(usable)
        self.rows.append(rows)
        if self._max_playlists and len(self.rows) > self._compact_from:
            self.sample()
            self._compact_from = max(_COMPACTED_FROM, 2 * len(self.rows))

    def sample(self) -> None:
        """Let go of the rows of all but ``max_playlists`` playlists: those whose ids have the smallest seeded hashes.

        A playlist that is not among the smallest of some rows is not among those of more rows either. So this may be
        done at any time, and in the end the sample does not depend on the order of the rows.
        """
        if not 0 < self._max_playlists < self.playlist_count:
            return
        hashes = id_hashes(self.ids(), f"{self._seed}\x1f")
        chosen = np.zeros(len(hashes), dtype=np.bool_)
        chosen[np.argpartition(hashes, self._max_playlists)[: self._max_playlists]] = True
        kept = RowBlocks()
        for part in self.rows.drained():
            kept.append(part[chosen[part >> 32]])
        self.rows = kept

    @property
    def playlist_count(self) -> int:
        """How many playlists have a number."""
        return sum(map(len, self._ids))

    def forget_keys(self) -> None:
        """Let go of what only further rows would need."""
        self._playlists, self._descriptions = Dictionary(), Dictionary()

    def ids(self) -> pl.Series:
        """Return the ids of the playlists, by number."""
        return pl.concat(self._ids)

    def drained_descriptions(self) -> pl.DataFrame:
        """Return columns song, title, artist, uri (String, all but song nullable; title maybe AS_SONG), by number.

        They are not held any longer.
        """
        texts, self._texts = self._texts, []
        return pl.concat(texts)

    def _usable(self, batch: pl.DataFrame) -> pl.DataFrame:
        if not batch["playlist"].null_count() and not batch["song"].null_count():
            return batch
        without_playlist = batch["playlist"].null_count()
        usable = batch.drop_nulls(("playlist", "song"))
        if self.first_unusable is None:
            is_usable = batch["playlist"].is_not_null() & batch["song"].is_not_null()
            self.first_unusable = self.row_count - len(batch) + int(is_usable.arg_min() or 0) + 1
        self.unusable[NO_PLAYLIST] += without_playlist
        self.unusable[NO_SONG] += len(batch) - len(usable) - without_playlist
        return usable

    def _playlist_numbers(self, playlists: pl.Series) -> NDArray[np.int32]:
        keys = _keys(playlists.to_frame())
        # Most datasets list a playlist's songs one after the other: one look-up for all of them.
        heads = np.flatnonzero((keys[:, 1:] != keys[:, :-1]).any(axis=0)) + 1
        heads = np.concatenate([np.zeros(1, dtype=np.int64), heads])
        numbers, new = self._playlists.numbers(keys[:, heads])
        if len(new):
            self._ids.append(_copied(playlists.gather(heads[new]).to_frame()).to_series())
        return np.repeat(numbers, np.diff(heads, append=len(playlists)))

    def _description_numbers(self, rows: pl.DataFrame) -> NDArray[np.int32]:
        texts = rows.select(name for name in _DESCRIPTION if name in rows.columns)
        numbers, new = self._descriptions.numbers(_keys(texts))
        if len(new):
            self._texts.append(_copied(_complete(texts[new])))
        return numbers


def id_hashes(ids: pl.Series, prefix: str = "") -> NDArray[np.uint64]:
    """Return the BLAKE2b hash of 8 bytes of each id's UTF-8, as a little-endian number: the same on every machine.

    Args:
        ids: String, without nulls.
        prefix: stands before each id.
    """
    digests = bytearray()
    for part in ids.to_frame().iter_slices(1 << 16):
        digests += b"".join(blake2b(f"{prefix}{text}".encode(), digest_size=8).digest() for text in part.to_series())
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _keys(texts: pl.DataFrame) -> NDArray[np.uint64]:
    """Return two independent hashes of each row: uint64, 2 × rows."""
    return np.stack([texts.hash_rows(seed=seed).to_numpy() for seed in (1, 2)])


def _complete(texts: pl.DataFrame) -> pl.DataFrame:
    """Return all columns of a description; what is missing is null, and a title is not held twice."""
    missing = [pl.lit(None, pl.String).alias(name) for name in _DESCRIPTION if name not in texts.columns]
    whole = texts.with_columns(missing).select(_DESCRIPTION)
    is_name = pl.col("title") == pl.col("song")
    return whole.with_columns(title=pl.when(is_name).then(pl.lit(AS_SONG)).otherwise("title"))


def _copied(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the same texts in memory of their own: taken from a batch, they would keep all of its texts there."""
    return texts.select(pl.concat_str(pl.col(name), pl.lit("")) for name in texts.columns)
