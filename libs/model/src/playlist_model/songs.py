"""The catalogue of a model: every song with its title, artist and count, and how to find one by what people type."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playlist_model.folding import FOLD_VERSION, FOLDS, terms_of
from playlist_model.indexing import index_songs
from playlist_model.keys import END, Keys, bytes_of
from playlist_model.search import WordIndex
from playlist_model.suggest import candidates, closest
from playlist_model.text import TextColumn
from playlist_model.unindexed import rows_containing, rows_sharing_grams

_COMPARED = 50  # songs are compared with a text, for close matches
_WORDS_BEGUN_WITH = 12  # of a title or an artist


# What match() keeps: so many texts, up to so many characters each, that stand for so few songs each.
_MOST_KEPT, _LONGEST_KEPT, _MOST_SONGS_KEPT = 4096, 100, 16


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
        fold_version: which of ``folding.FOLDS`` made the keys.
        index: what searches by words; None in models that were published before there was one.
        uris: the most frequent track URI of the song, "" where none is known; None where none at all is.
    """

    names: TextColumn
    titles: TextColumn
    artists: TextColumn
    artist_counts: NDArray[np.int32]
    support_counts: NDArray[np.int32]
    keys: TextColumn
    key_songs: NDArray[np.int32]
    key_order: NDArray[np.int32]
    fold_version: int = 1
    index: WordIndex | None = None
    uris: TextColumn | None = None

    @classmethod
    def build(
        cls,
        names: Sequence[str] | TextColumn,
        support_counts: ArrayLike,
        artists: Sequence[str] | TextColumn | None = None,
        artist_counts: ArrayLike | None = None,
        titles: Sequence[str] | TextColumn | None = None,
        uris: Sequence[str] | TextColumn | None = None,
    ) -> "Songs":
        """Make the table from columns that already stand in its order.

        Args:
            names: distinct, by descending support_count, then by name.
            support_counts: one per song.
            artists: one per song; none known by default.
            artist_counts: one per song; 0 by default.
            titles: one per song; the names by default.
            uris: one per song; none known by default.

        Raises:
            ValueError: the columns differ in length or the counts ascend.
        """
        counts = np.asarray(support_counts, dtype=np.int32)
        artists = [""] * len(names) if artists is None else artists
        sharing = np.zeros(len(names), np.int32) if artist_counts is None else np.asarray(artist_counts, np.int32)
        columns = [column for column in (names, counts, artists, sharing, titles, uris) if column is not None]
        if len({len(column) for column in columns}) > 1:
            raise ValueError(f"columns of {len(names)} names and {len(counts)} counts differ in length")
        if np.any(np.diff(counts) > 0):
            raise ValueError("songs must stand by descending support_count")
        keys, index = index_songs(names, titles, artists)
        name_column = TextColumn.from_strings(names)
        return cls(
            names=name_column,
            titles=name_column if titles is None else TextColumn.from_strings(titles),
            artists=TextColumn.from_strings(artists),
            artist_counts=sharing,
            support_counts=counts,
            keys=keys.texts,
            key_songs=keys.songs,
            key_order=keys.order,
            fold_version=FOLD_VERSION,
            index=index,
            uris=None if uris is None else TextColumn.from_strings(uris),
        )

    def __len__(self) -> int:
        return len(self.names)

    def match(self, text: str) -> Match:
        """Find the songs that ``text`` names, folding case, accents and white space where no name is exact."""
        # Folding and two searches by bisection cost more than ranking does, and few songs are most of what is asked.
        return self._recent.get(text) or self._match(text, self._keys.same(self._fold(text)))

    def match_of_few(self, text: str, most: int) -> Match | None:
        """Return what ``match`` does; None, at little cost, where more than ``most`` songs may have the text's key."""
        known = self._recent.get(text)
        if known is not None:
            return known if len(known.same_key) <= most else None
        songs = self._keys.same(self._fold(text))
        return None if len(songs) > most else self._match(text, songs)

    def _match(self, text: str, songs: NDArray[np.int32]) -> Match:
        same_key = tuple(dict.fromkeys(songs.tolist()))
        name = bytes_of(unicodedata.normalize("NFC", text.strip()))
        candidates = same_key
        if len(same_key) > _MOST_SONGS_KEPT:
            # Names are distinct, and thousands of songs with one title have names of many lengths.
            lengths = self.names.offsets[songs + 1] - self.names.offsets[songs]
            candidates = tuple(dict.fromkeys(songs[lengths == len(name)].tolist()))
        exact = tuple(song for song in candidates if self.names.bytes_at(song) == name)
        match = Match(exact or same_key, same_key)
        if len(text) <= _LONGEST_KEPT and len(same_key) <= _MOST_SONGS_KEPT:
            if len(self._recent) >= _MOST_KEPT:
                self._recent.clear()
            self._recent[text] = match
        return match

    def search(self, text: str, limit: int) -> list[int]:
        """Return up to ``limit`` ids for a text that is being typed, popular ones first within each class.

        First the songs with that title or name, then titles that begin with it, then songs that hold each of its
        words in title or artist (the last word may be the beginning of one), then names that begin with it.
        """
        key = self._fold(text)
        if not key:
            return list(range(min(limit, len(self))))
        looks: tuple[Callable[[int], Iterable[int]], ...] = (
            lambda count: self._keys.same(key)[:count].tolist(),
            lambda count: self._keys.beginning(key, count, titles_only=True),
            lambda count: self._holding(key, count),
            lambda count: self._keys.beginning(key, count, titles_only=False),
        )
        found: dict[int, None] = {}
        for look in looks:
            if len(found) < limit:
                found.update(dict.fromkeys(look(limit + len(found))))
        return list(found)[:limit]

    def close_matches(self, text: str, limit: int) -> list[int]:
        """Return up to ``limit`` ids that read like ``text``, best first: what a person may have meant."""
        key = self._fold(text)
        return closest(key, ((song, reading) for song in self._near(key) for reading in self._readings(song)), limit)

    def misspelt(self, text: str, limit: int) -> list[int]:
        """Return up to ``limit`` ids that read like a text that is still being typed, best first.

        Unlike ``close_matches`` any words of title or artist may be meant, and the end of them may be missing.
        """
        key = self._fold(text)
        return closest(
            key, ((song, part) for song in self._near(key) for part in self._parts(song, len(key) + 1)), limit
        )

    def _holding(self, key: str, count: int) -> list[int]:
        if self.index is not None:
            return self.index.find(terms_of(key), count)
        return self._songs_of(rows_containing(self.keys, bytes_of(key)))[:count]

    def _near(self, key: str) -> list[int]:
        """Return the few songs that are compared with a folded text."""
        if self.index is not None:
            return candidates(self.index, key, _COMPARED)
        return self._songs_of(rows_sharing_grams(self.keys, bytes_of(key + END), _COMPARED))

    def _songs_of(self, key_rows: Iterable[int]) -> list[int]:
        return list(dict.fromkeys(int(self.key_songs[row]) for row in key_rows))

    def _readings(self, song: int) -> set[str]:
        """Return what people may have typed for a song, folded."""
        title, artist = self.titles[song], self.artists[song]
        return {self._fold(reading) for reading in (title, self.names[song], f"{title} {artist}", f"{artist} {title}")}

    def _parts(self, song: int, length: int) -> set[str]:
        """Return what begins with some word of a song, cut to a length."""
        title, artist = self._fold(self.titles[song]), self._fold(self.artists[song])
        orders = [words.split()[:_WORDS_BEGUN_WITH] for words in (f"{title} {artist}", f"{artist} {title}")]
        return {" ".join(words[start:])[:length].rstrip() for words in orders for start in range(len(words))}

    @property
    def _fold(self) -> Callable[[str], str]:
        return FOLDS[self.fold_version]

    @cached_property
    def _recent(self) -> dict[str, Match]:
        """What texts stood for, of late: 5 MB at most."""
        return {}

    @cached_property
    def _keys(self) -> Keys:
        return Keys(self.keys, self.key_songs, self.key_order)
