"""What a person may have meant: words that look alike, songs that hold them, and how alike the whole reads."""

from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from playlist_model.folding import words_of
from playlist_model.keys import END, bytes_of
from playlist_model.search import WordIndex

CLOSE_ENOUGH = 0.6  # of difflib's ratio, 0..1
# difflib's time grows with the square of the length; nobody types more.
_LONGEST = 128
_WORDS = 12  # of a text are looked for
_ALIKE = 12  # words of the catalogue that a word may stand for
_WORD_LISTINGS = 16_384  # of grams are read for one word, from the rarest gram on
_SONG_LISTINGS = 8_192  # of songs are read for one word, from the most alike one on


def ratio_to(text: str) -> "SequenceMatcher[str]":
    """Return a matcher that other texts are compared with a folded text by."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(text[:_LONGEST])
    return matcher


def ratio(matcher: "SequenceMatcher[str]", text: str) -> float:
    """Return how alike a text reads, 0..1; 0 where that is less than close enough."""
    matcher.set_seq1(text[:_LONGEST])
    if matcher.real_quick_ratio() < CLOSE_ENOUGH or matcher.quick_ratio() < CLOSE_ENOUGH:
        return 0.0
    found = matcher.ratio()
    return found if found >= CLOSE_ENOUGH else 0.0


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
    return distinct[best].tolist()


def _songs_with(index: WordIndex, word: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the songs that hold a word or one like it, and for each how much that says: its likeness × rarity."""
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
    """Return the catalogue's words that look like one, the most alike first, each with difflib's ratio."""
    matcher = ratio_to(word)
    found = [(row, ratio(matcher, index.words[row].rstrip(END))) for row in _sharing_grams(index, word)]
    return sorted((pair for pair in found if pair[1]), key=lambda pair: (-pair[1], pair[0]))[:_ALIKE]


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
    alike = 2 * shared / (len(wanted) + sizes)
    return rows[np.argsort(-alike, kind="stable")[: 3 * _ALIKE]].tolist()


def _words_with(index: WordIndex, wanted: set[int]) -> Iterator[NDArray[np.int32]]:
    codes = np.array(sorted(wanted), dtype=np.uint32)
    places = np.searchsorted(index.grams, codes)
    for place, code in zip(places.tolist(), codes.tolist(), strict=True):
        if place < len(index.grams) and index.grams[place] == code:
            yield index.gram_words[index.gram_word_offsets[place] : index.gram_word_offsets[place + 1]]
