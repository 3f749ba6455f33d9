"""The catalogue of a model: every song with its title, artist and count, and how to find one by what people type."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playlist_model.text import TextColumn, fold

# Ends every key in the block of keys; fold() leaves no line break, so no search runs from one key into the next.
_END = "\n"
_CLOSE_ENOUGH = 0.6  # of difflib's ratio, 0..1


@dataclass(frozen=True)
class Match:
    """What one text that a person sent stands for.

    Attributes:
        song_ids: the songs meant, most popular first: the one with just that name, else all with the same key.
        same_key: all songs with the same key, most popular first; ``song_ids`` is a part of it. Empty: unknown.
    """

    song_ids: tuple[int, ...]
    same_key: tuple[int, ...]


@dataclass(frozen=True)
class Songs:
    """The song table. A song's id is its row; rows stand by descending support_count, then by name.

    So a smaller id is a more popular song, and ties in a ranking are broken by comparing ids.

    Attributes:
        names: the item as it is asked for and answered (a title, or a track URI), in NFC, trimmed; no duplicates.
        titles: what a person reads; the same column as ``names`` where items are titles.
        artists: the most frequent artist of the song, "" where none is known.
        artist_counts: int32, how many artists share the song's name; 0 where none is known.
        support_counts: int32, in how many playlists the song stands; never ascending.
        keys: folded names and titles, each ended by a line break, in the order of ``key_songs``.
        key_songs: int32, the song of each key; ascending, so that a search meets popular songs first.
        key_order: int32, the rows of ``keys`` sorted by their bytes, then by row.
    """

    names: TextColumn
    titles: TextColumn
    artists: TextColumn
    artist_counts: NDArray[np.int32]
    support_counts: NDArray[np.int32]
    keys: TextColumn
    key_songs: NDArray[np.int32]
    key_order: NDArray[np.int32]

    @classmethod
    def build(
        cls,
        names: Sequence[str],
        support_counts: ArrayLike,
        artists: Sequence[str] | None = None,
        artist_counts: ArrayLike | None = None,
        titles: Sequence[str] | None = None,
    ) -> "Songs":
        """Make the table from columns that already stand in its order.

        Args:
            names: distinct, by descending support_count, then by name.
            support_counts: one count a song.
            artists: one a song; none known by default.
            artist_counts: one a song; 0 by default.
            titles: one a song; the names by default.

        Raises:
            ValueError: the columns differ in length or the counts ascend.
        """
        counts = np.asarray(support_counts, dtype=np.int32)
        artists = [""] * len(names) if artists is None else artists
        sharing = np.zeros(len(names), np.int32) if artist_counts is None else np.asarray(artist_counts, np.int32)
        if not len(names) == len(counts) == len(artists) == len(sharing) == len(names if titles is None else titles):
            raise ValueError(f"columns of {len(names)} names and {len(counts)} counts differ in length")
        if np.any(np.diff(counts) > 0):
            raise ValueError("songs must stand by descending support_count")
        keys, key_songs = _keys(names, titles)
        name_column = TextColumn.from_strings(names)
        return cls(
            names=name_column,
            titles=name_column if titles is None else TextColumn.from_strings(titles),
            artists=TextColumn.from_strings(artists),
            artist_counts=sharing,
            support_counts=counts,
            keys=TextColumn.from_strings(keys),
            key_songs=key_songs,
            key_order=np.array(sorted(range(len(keys)), key=lambda row: keys[row].encode()), dtype=np.int32),
        )

    def __len__(self) -> int:
        return len(self.names)

    def match(self, text: str) -> Match:
        """Find the songs that ``text`` names, folding case, accents and white space where no name is exact."""
        key = _bytes_of(fold(text) + _END)
        first = self._first_key_not_below(key)
        rows = []
        for position in range(first, len(self._key_order)):
            row = self._key_order[position]
            if self.keys.bytes_at(row) != key:
                break
            rows.append(row)
        same_key = tuple(dict.fromkeys(self._key_songs[row] for row in rows))
        name = unicodedata.normalize("NFC", text.strip())
        exact = tuple(song for song in same_key if self.names[song] == name)
        return Match(exact or same_key, same_key)

    def search(self, text: str, limit: int) -> list[int]:
        """Give up to ``limit`` ids whose key begins with ``text``, then ones that contain it, popular ones first."""
        needle = _bytes_of(fold(text))
        if not needle:
            return list(range(min(limit, len(self))))
        first, end = self._first_key_not_below(needle), self._first_key_not_below(needle + b"\xff")
        found: list[int] = np.unique(self.key_songs[self.key_order[first:end]])[:limit].tolist()
        for row in self.keys.rows_containing(needle):
            if len(found) >= limit:
                break
            song = self._key_songs[row]
            if song not in found:
                found.append(song)
        return found

    def close_matches(self, text: str, limit: int) -> list[int]:
        """Give up to ``limit`` ids that read like ``text``, best first: what a person may have meant.

        Costs one pass over all keys, so it is for explanations, not for every request.
        """
        key = fold(text)
        rows = self._rows_sharing_grams(_bytes_of(key + _END), at_most=50)
        ratios: dict[int, float] = {}
        for row in rows:
            ratio = SequenceMatcher(None, key, self.keys[row].rstrip(_END)).ratio()
            song = self._key_songs[row]
            if ratio >= _CLOSE_ENOUGH:
                ratios[song] = max(ratio, ratios.get(song, 0.0))
        return sorted(ratios, key=lambda song: (-ratios[song], song))[:limit]

    def _first_key_not_below(self, key: bytes) -> int:
        return bisect_left(self._key_order, key, key=self.keys.bytes_at)

    def _rows_sharing_grams(self, key: bytes, at_most: int) -> list[int]:
        """Give the rows of ``keys`` that share most runs of three bytes with ``key``."""
        wanted = np.unique(_grams(np.frombuffer(key, dtype=np.uint8)))
        shared = np.isin(_grams(self.keys.data), wanted)
        starts = np.concatenate(([0], np.cumsum(shared)))
        bounds = np.minimum(self.keys.offsets, len(shared))
        counts = np.diff(starts[bounds])
        best = np.argsort(-counts, kind="stable")[:at_most]
        return [int(row) for row in best if counts[row] > 0]

    @cached_property
    def _key_songs(self) -> memoryview:
        return self.key_songs.data

    @cached_property
    def _key_order(self) -> memoryview:
        return self.key_order.data


def _keys(names: Sequence[str], titles: Sequence[str] | None) -> tuple[list[str], NDArray[np.int32]]:
    """Give the folded keys and the song of each: one a name, and one more where the title reads otherwise."""
    keys: list[str] = []
    songs: list[int] = []
    for song, name in enumerate(names):
        texts: Iterable[str] = (name,) if titles is None else (name, titles[song])
        for key in dict.fromkeys(fold(text) + _END for text in texts):
            keys.append(key)
            songs.append(song)
    return keys, np.array(songs, dtype=np.int32)


def _bytes_of(text: str) -> bytes:
    """Give UTF-8 to compare with; an unpaired surrogate (JSON may hold one) becomes bytes that no title has."""
    return text.encode(errors="surrogatepass")


def _grams(data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Give each run of three bytes as one number."""
    wide = data.astype(np.uint32)
    return (wide[:-2] * 0x10000 + wide[1:-1] * 0x100 + wide[2:]).astype(np.uint32, copy=False)
