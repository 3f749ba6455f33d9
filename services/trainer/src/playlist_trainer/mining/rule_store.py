"""Pair rules while they are mined: arrays that grow, and are trimmed in place before they grow too large."""

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import block_end, offsets_of
from playlist_model.rules import Rules
from playlist_trainer.errors import LimitError
from playlist_trainer.mining.pair_scoring import NO_LIMIT, PairLimits

_SLICE_RULES = 1 << 20  # moved at once when rules are trimmed
_LEAST_GROWTH, _MOST_GROWTH = 1 << 16, 1 << 22  # rules that room is made for at once
_GROWTH = 1 / 8  # of what is there; also how far above ``max_rules`` the store goes before it trims


class RuleStore:
    """Rules of one antecedent after the other, each antecedent's best first.

    Rules beyond ``max_rules`` go by a lower number per song. That number can only fall as more antecedents come, so
    what is trimmed early would have been trimmed in the end.
    """

    def __init__(self, song_count: int, limits: PairLimits) -> None:
        self.rules_per_song = limits.rules_per_song
        """Rules per antecedent that are kept at the moment; ``NO_LIMIT`` for all of them."""
        self._max_rules = limits.max_rules
        self._rule_counts = np.zeros(song_count, dtype=np.int32)
        self._size = 0
        self._columns: tuple[NDArray[np.generic], ...] = (
            np.empty(0, dtype=np.int32),
            np.empty(0, dtype=np.int32),
            np.empty(0, dtype=np.float32),
        )

    def add(
        self,
        antecedents: NDArray[np.int32],
        rule_counts: NDArray[np.int64],
        columns: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]],
    ) -> None:
        """Append the rules of antecedents behind those that are there.

        Args:
            antecedents: ascending, above those that are there.
            rule_counts: one per antecedent.
            columns: consequents, support_counts and scores; one of each per rule.

        Raises:
            LimitError: not even one rule per song stays within ``max_rules``.
        """
        self._rule_counts[antecedents] = rule_counts
        end = self._size + len(columns[0])
        if end > len(self._columns[0]):
            self._resize(end + min(max(_LEAST_GROWTH, int(end * _GROWTH)), _MOST_GROWTH))
        for column, more in zip(self._columns, columns, strict=True):
            column[self._size : end] = more
        self._size = end
        if self._max_rules != NO_LIMIT and end > self._max_rules * (1 + _GROWTH) + _LEAST_GROWTH:
            self._trim()

    def finish(self, support_counts: NDArray[np.int32]) -> Rules:
        """Return the rules; the store is of no use afterwards.

        Args:
            support_counts: one per song.

        Raises:
            LimitError: not even one rule per song stays within ``max_rules``.
        """
        if self._max_rules != NO_LIMIT and self._size > self._max_rules:
            self._trim()
        self._resize(self._size)
        return Rules.of_pairs(support_counts, offsets_of(self._rule_counts), *self._columns)  # type: ignore[arg-type]

    def _resize(self, capacity: int) -> None:
        for column in self._columns:
            # In place: the C library moves pages instead of copying them, and nobody else holds a view.
            column.resize(capacity, refcheck=False)

    def _trim(self) -> None:
        self.rules_per_song = most_per_song(self._rule_counts, self._max_rules)
        offsets = offsets_of(self._rule_counts)
        begin = self._size = 0
        while begin < len(self._rule_counts):
            end = block_end(offsets, begin, _SLICE_RULES)
            self._move_up(offsets[begin : end + 1])
            begin = end
        np.minimum(self._rule_counts, self.rules_per_song, out=self._rule_counts)

    def _move_up(self, offsets: NDArray[np.int64]) -> None:
        """Keep the first rules of some antecedents, right behind those that are kept already."""
        places = np.arange(offsets[0], offsets[-1])
        places -= np.repeat(offsets[:-1], np.diff(offsets))
        kept = places < self.rules_per_song
        end = self._size + int(np.count_nonzero(kept))
        for column in self._columns:
            column[self._size : end] = column[offsets[0] : offsets[-1]][kept]
        self._size = end


def most_per_song(rule_counts: NDArray[np.int32], max_rules: int) -> int:
    """Return the most rules that each song may keep, so that all together keep no more than ``max_rules``.

    Args:
        rule_counts: one per song; together more than ``max_rules``.
        max_rules: inclusive.

    Raises:
        LimitError: with one rule for each song that has any there would be more.

    >>> most_per_song(np.array([5, 0, 3, 1], dtype=np.int32), 7)
    3
    """
    # songs_with[k] songs have more than k rules: what each further rule per song adds.
    songs_with = np.cumsum(np.bincount(rule_counts)[::-1])[::-1][1:]
    most = int(np.searchsorted(np.cumsum(songs_with), max_rules, side="right"))
    if most == 0:
        raise LimitError(
            f"at least {songs_with[0]} songs have rules, and max_rules is {max_rules}: "
            "raise it, so that each song keeps one or more, or raise min_support"
        )
    return most
