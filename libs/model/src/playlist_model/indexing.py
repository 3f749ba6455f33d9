"""Making what songs are found by, in a training: keys and words, in a few bytes for each."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playlist_model.folding import fold, words_of
from playlist_model.keys import END, Keys
from playlist_model.ragged import offsets_of
from playlist_model.search import WordIndex
from playlist_model.sorting import byte_order
from playlist_model.text import TextColumn, grams


def index_songs(names: Iterable[str], titles: Iterable[str] | None, artists: Iterable[str]) -> tuple[Keys, WordIndex]:
    """Return the keys and words of songs that stand by popularity.

    Args:
        names: one per song, the most popular one first.
        titles: one per song; None where names are titles.
        artists: one per song, "" where none is known.
    """
    keys, words = _KeysInMaking(), _WordsInMaking()
    if titles is None:
        for song, (name, artist) in enumerate(zip(names, artists, strict=True)):
            key = fold(name)
            keys.add(song, key)
            words.add(key, artist)
    else:
        for song, (name, title, artist) in enumerate(zip(names, titles, artists, strict=True)):
            name_key, title_key = fold(name), fold(title)
            keys.add(song, name_key)
            if title_key != name_key:
                keys.add(song, title_key)
            # Nobody types a part of a track's URI, and a name like "Home – Edward Sharpe" has no other words.
            is_told = " " not in name_key or name == f"{title} – {artist}"
            words.add(title_key, artist, "" if is_told else name_key)
    return keys.sorted(), words.indexed()


@dataclass
class _KeysInMaking:
    data: bytearray = field(default_factory=bytearray)
    lengths: "array[int]" = field(default_factory=lambda: array("q"))
    songs: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, song: int, key: str) -> None:
        encoded = (key + END).encode()
        self.data += encoded
        self.lengths.append(len(encoded))
        self.songs.append(song)

    def sorted(self) -> Keys:
        texts = TextColumn.from_lengths(self.data, self.lengths)
        return Keys(texts, np.frombuffer(self.songs, dtype=np.int32), byte_order(texts))


class _Numbers(dict[str, int]):
    """Numbers words as they come up."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass
class _WordsInMaking:
    numbers: _Numbers = field(default_factory=_Numbers)
    song_words: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, title_key: str, artist: str, name_key: str = "") -> None:
        words = words_of(title_key) + _artist_words(artist) + (words_of(name_key) if name_key else [])
        found = set(map(self.numbers.__getitem__, words))
        self.song_words.extend(found)
        self.counts.append(len(found))

    def indexed(self) -> WordIndex:
        words, new_number = _sorted_words(self.numbers)
        self.numbers.clear()
        song_words = new_number[np.frombuffer(self.song_words, dtype=np.int32)]
        counts = np.frombuffer(self.counts, dtype=np.int64)
        songs = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        word_song_offsets, word_songs = _grouped(song_words, songs, len(words))
        codes, gram_word_offsets, gram_words = _grams_of(words)
        return WordIndex(
            words, word_song_offsets, word_songs, offsets_of(counts), song_words, codes, gram_word_offsets, gram_words
        )


@lru_cache(maxsize=1 << 15)  # popular artists have many songs
def _artist_words(artist: str) -> list[str]:
    return words_of(fold(artist))


def _sorted_words(words: Iterable[str]) -> tuple[TextColumn, NDArray[np.int32]]:
    """Return words sorted by their bytes, and the row of each in that order."""
    found = TextColumn.from_strings(word + END for word in words)
    order = byte_order(found)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return TextColumn.from_strings(found[row] for row in order.tolist()), rank


def _grouped(
    groups: NDArray[np.int32], values: NDArray[np.int32], group_count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return values by group, ascending within one: where each group's begin, and the values."""
    # One number for both is sorted in a fifth of the time, and in place.
    pairs = groups.astype(np.int64)
    pairs <<= 32
    pairs |= values
    pairs.sort()
    return offsets_of(np.bincount(groups, minlength=group_count)), pairs.astype(np.int32)


def _grams_of(words: TextColumn) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int32]]:
    """Return the runs of three bytes in words, each between two line breaks: grams, offsets, words."""
    data = np.concatenate((np.frombuffer(END.encode(), np.uint8), words.data))
    middles = np.flatnonzero(data[1:-1] != ord(END)) + 1
    rows = np.repeat(np.arange(len(words), dtype=np.int64), np.diff(words.offsets) - 1)
    pairs = grams(data)[middles - 1].astype(np.int64)
    pairs <<= 32
    pairs |= rows
    pairs.sort()
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    codes = (pairs >> 32).astype(np.uint32)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
    return codes[starts], np.append(starts, len(codes)).astype(np.int64), pairs.astype(np.int32)
