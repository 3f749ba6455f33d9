"""Finding songs by words of their title and artist, at a cost that is bounded whatever is typed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playlist_model.keys import END, bytes_of, first_distinct, steps
from playlist_model.ragged import rows_of
from playlist_model.text import TextColumn

# Up to this many listings of a term are sorted by song; a beginning with more is common, and a walk finds it soon.
_SORTED = 8_192
# So many songs are looked at, most popular ones first, for one search.
_WALKED = 32_768
_FIRST_STEP = 512


@dataclass(frozen=True)
class Term:
    """What one typed word stands for: the words from ``first`` to before ``end``."""

    first: int
    end: int


@dataclass(frozen=True)
class WordIndex:
    """Which words stand in which songs, and which runs of three bytes in which words; all made by the training.

    Attributes:
        words: distinct, each ended by a line break, sorted by their bytes; a word's number is its row.
        word_song_offsets: int64, words + 1; where each word's songs begin.
        word_songs: int32, ascending within a word: the most popular song first.
        song_word_offsets: int64, songs + 1; where each song's words begin.
        song_words: int32, the numbers of each song's words, distinct.
        grams: uint32, ascending, distinct; three bytes of a word between line breaks as one number.
        gram_word_offsets: int64, grams + 1; where each gram's words begin.
        gram_words: int32, the words that hold each gram, ascending.
    """

    words: TextColumn
    word_song_offsets: NDArray[np.int64]
    word_songs: NDArray[np.int32]
    song_word_offsets: NDArray[np.int64]
    song_words: NDArray[np.int32]
    grams: NDArray[np.uint32]
    gram_word_offsets: NDArray[np.int64]
    gram_words: NDArray[np.int32]

    def find(self, terms: Mapping[str, bool], count: int) -> list[int]:
        """Return up to ``count`` songs that hold every term, the most popular ones first.

        Common terms that hardly meet are looked for in the most popular songs of the rarer one.

        Args:
            terms: words, each with whether it may be the beginning of one.
            count: how many at most.
        """
        wanted = sorted((self._term(*pair) for pair in terms.items()), key=self._listings)
        if not wanted or not all(map(self._listings, wanted)):
            return []
        return first_distinct(self._walk(wanted), count)

    def songs_of(self, word: int) -> NDArray[np.int32]:
        """Return the songs that hold a word, ascending."""
        return self.word_songs[self.word_song_offsets[word] : self.word_song_offsets[word + 1]]

    def _walk(self, terms: Sequence[Term]) -> Iterator[NDArray[np.int32]]:
        """Yield songs that hold all terms, in steps down from the most popular one; the rarest term leads."""
        rarest, others = terms[0], terms[1:]
        if rarest.end - rarest.first == 1:
            songs = self.songs_of(rarest.first)
        elif self._listings(rarest) <= _SORTED:
            songs = np.sort(self.word_songs[slice(*self._slice(rarest))])
            songs = songs[np.append(True, songs[1:] != songs[:-1])]
        else:
            whole = [term for term in others if term.end - term.first == 1]
            songs = self.songs_of(whole[0].first) if whole else np.arange(len(self.song_word_offsets) - 1, dtype="i4")
            others = terms
        for start, end in steps(min(_WALKED, len(songs)), _FIRST_STEP):
            yield self._with_all(songs[start:end], others)

    def _with_all(self, songs: NDArray[np.int32], terms: Sequence[Term]) -> NDArray[np.int32]:
        """Return those of some songs that hold all terms; whole words first, which cost the least."""
        for term in sorted(terms, key=lambda term: term.end - term.first):
            is_held = self._in_songs_of if term.end - term.first == 1 else self._has_one_of
            songs = songs[is_held(songs, term)]
        return songs

    def _in_songs_of(self, songs: NDArray[np.int32], term: Term) -> NDArray[np.bool_]:
        holders = self.songs_of(term.first)
        places = np.minimum(np.searchsorted(holders, songs), len(holders) - 1)
        held: NDArray[np.bool_] = holders[places] == songs
        return held

    def _has_one_of(self, songs: NDArray[np.int32], term: Term) -> NDArray[np.bool_]:
        starts = self.song_word_offsets[songs]
        lengths = self.song_word_offsets[songs + 1] - starts
        words = self.song_words[rows_of(starts, lengths)]
        met = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum((words >= term.first) & (words < term.end), out=met[1:])
        ends = np.cumsum(lengths)
        held: NDArray[np.bool_] = met[ends] > met[ends - lengths]
        return held

    def _term(self, word: str, is_beginning: bool) -> Term:
        first = self._not_below(bytes_of(word if is_beginning else word + END))
        return Term(first, self._not_below(bytes_of(word) + (b"\xff" if is_beginning else END.encode() + b"\0")))

    def _listings(self, term: Term) -> int:
        start, end = self._slice(term)
        return end - start

    def _slice(self, term: Term) -> tuple[int, int]:
        return int(self.word_song_offsets[term.first]), int(self.word_song_offsets[term.end])

    def _not_below(self, word: bytes) -> int:
        return bisect_left(self._rows, word, key=self.words.bytes_at)

    @cached_property
    def _rows(self) -> range:
        return range(len(self.words))
