"""What a person may have meant: words that look alike, songs that hold them, and how alike the whole reads."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from playlist_model.folding import words_of
from playlist_model.keys import END, bytes_of
from playlist_model.search import WordIndex

_CLOSE_ENOUGH = 0.6  # of difflib's ratio, 0..1
# difflib's time grows with the square of the length; nobody types more.
_LONGEST = 128
_WORDS = 12  # of a text are looked for
_ALIKE = 12  # words of the catalogue that a word may stand for
_WORD_LISTINGS = 8_192  # of grams are read for one word, from the rarest gram on
_SONG_LISTINGS = 4_096  # of songs are read for one word, from the most alike one on


class Likeness:
    """How alike other folded texts read to one, 0..1."""

    def __init__(self, text: str) -> None:
        self._text = text[:_LONGEST]
        self._exact = SequenceMatcher(autojunk=False)
        self._exact.set_seq2(self._text)
        self._places: dict[str, int] = {}  # of each character, as bits
        for place, character in enumerate(self._text):
            self._places[character] = self._places.get(character, 0) | 1 << place

    def ratio(self, other: str) -> float:
        """Return difflib's ratio."""
        self._exact.set_seq1(other[:_LONGEST])
        return self._exact.ratio()

    def bound(self, other: str) -> float:
        """Return what the ratio is not above and mostly near, for a tenth of its work; 0 if it can't be close enough.

        That is twice the length of the longest common subsequence over both lengths (Hyyrö 2004: one column of the
        table as the bits of one number; each 0 is a step up).
        """
        other = other[:_LONGEST]
        sizes = len(self._text) + len(other)
        if 2 * min(len(self._text), len(other)) < _CLOSE_ENOUGH * sizes:
            return 0.0
        whole = (1 << len(self._text)) - 1
        column = whole
        for character in other:
            met = column & self._places.get(character, 0)
            column = (column + met) | (column - met)
        common = len(self._text) - (column & whole).bit_count()
        return 2 * common / max(1, sizes)


def closest(text: str, readings: Iterable[tuple[int, str]], limit: int) -> list[int]:
    """Return the songs that read close enough to a folded text, best first; equally close ones by id.

    Args:
        text: folded.
        readings: songs and what people may type for them, folded; several for a song if need be.
        limit: how many at most.
    """
    likeness = Likeness(text)
    ratios: dict[int, float] = {}
    for bound, song, reading in sorted((-likeness.bound(reading), song, reading) for song, reading in readings):
        if -bound < _CLOSE_ENOUGH or sum(ratio > -bound for ratio in ratios.values()) >= limit:
            break  # what follows can't be among the best
        ratio = likeness.ratio(reading)
        if ratio >= _CLOSE_ENOUGH:
            ratios[song] = max(ratio, ratios.get(song, 0.0))
    return sorted(ratios, key=lambda song: (-ratios[song], song))[:limit]


def candidates(index: WordIndex, key: str, at_most: int) -> list[int]:
    """Return songs that hold most of a folded text's words or ones that look like them; rare words weigh more."""
    songs, weights = [np.empty(0, np.int32)], [np.empty(0)]
    for word in list(dict.fromkeys(words_of(key[:_LONGEST])))[:_WORDS]:
        found, alike = _songs_with(index, word)
        songs.append(found)
        weights.append(alike)
    distinct, which = np.unique(np.concatenate(songs), return_inverse=True)
    total = np.bincount(which, weights=np.concatenate(weights), minlength=len(distinct))
    # Of two songs with the same words the shorter one is nearer to what was typed.
    lengths = index.song_word_offsets[distinct + 1] - index.song_word_offsets[distinct]
    best = np.lexsort((distinct, lengths, -total))[:at_most]
    songs_found: list[int] = distinct[best].tolist()
    return songs_found


def _songs_with(index: WordIndex, word: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the songs that hold a word or one like it, and for each how much that says: likeness × rarity."""
    parts, weights = [np.empty(0, np.int32)], [np.empty(0)]
    left = _SONG_LISTINGS
    song_count = len(index.song_word_offsets)
    for number, alike in words_like(index, word):
        songs = index.songs_of(number)
        weight = alike * np.log(1 + song_count / len(songs))
        songs = songs[:left]
        left -= len(songs)
        parts.append(songs)
        weights.append(np.full(len(songs), weight))
        if not left:
            break
    # A song that holds several of them counts by the one most alike, which comes first.
    distinct, first = np.unique(np.concatenate(parts), return_index=True)
    return distinct, np.concatenate(weights)[first]


def words_like(index: WordIndex, word: str) -> list[tuple[int, float]]:
    """Return the catalogue's words that look like one, the most alike first, each with how alike it is."""
    likeness = Likeness(word)
    found = [(row, likeness.bound(index.words[row].rstrip(END))) for row in _sharing_grams(index, word)]
    close = [(row, alike) for row, alike in found if alike >= _CLOSE_ENOUGH]
    return sorted(close, key=lambda pair: (-pair[1], pair[0]))[:_ALIKE]


def _sharing_grams(index: WordIndex, word: str) -> list[int]:
    """Return the words that share most runs of three bytes with one, by Dice's coefficient."""
    data = bytes_of(END + word + END)
    wanted = {int.from_bytes(data[start : start + 3]) for start in range(len(data) - 2)}
    lists = sorted(_words_with(index, wanted), key=len)
    parts = [np.empty(0, np.int32)]
    left = _WORD_LISTINGS
    for words in lists:
        parts.append(words[:left])
        left -= len(parts[-1])
    rows, shared = np.unique(np.concatenate(parts), return_counts=True)
    sizes = index.words.offsets[rows + 1] - index.words.offsets[rows] - 1
    unlike = -2 * shared / (len(wanted) + sizes)
    if len(rows) > 2 * _ALIKE:
        rows = rows[np.argpartition(unlike, 2 * _ALIKE)[: 2 * _ALIKE]]
    found: list[int] = rows.tolist()
    return found


def _words_with(index: WordIndex, wanted: set[int]) -> Iterator[NDArray[np.int32]]:
    codes = np.array(sorted(wanted), dtype=np.uint32)
    places = np.searchsorted(index.grams, codes)
    for place, code in zip(places.tolist(), codes.tolist(), strict=True):
        if place < len(index.grams) and index.grams[place] == code:
            yield index.gram_words[index.gram_word_offsets[place] : index.gram_word_offsets[place + 1]]
