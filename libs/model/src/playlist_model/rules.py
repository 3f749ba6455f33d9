"""Association rules as arrays: one consequent a rule, rules grouped by antecedent, antecedents grouped by song."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RuleTable:
    """Rules whose antecedents all have one size, in any order, no duplicates.

    Attributes:
        antecedents: int32, rules × size; song ids, ascending within a row.
        antecedent_support_counts: int32, one a rule; transactions that hold the antecedent.
        consequents: int32, one a rule; a song id that is not in the antecedent.
        support_counts: int32, one a rule; transactions that hold antecedent and consequent.
    """

    antecedents: NDArray[np.int32]
    antecedent_support_counts: NDArray[np.int32]
    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int32]


@dataclass(frozen=True)
class Rules:
    """All rules of a model, in three levels of rows: song → antecedents → rules.

    An antecedent stands under its rarest song (the largest id), so that the antecedents inside a request are found
    from the songs of that request alone. Under one song, antecedents stand by size, then by ids; under one
    antecedent, rules stand by descending support_count (and so by descending confidence), then by consequent.

    Attributes:
        song_antecedents: int64, songs + 1; antecedents under song s are rows ``[s]`` to ``[s + 1]``.
        antecedent_offsets: int64, antecedents + 1; where each one's songs begin in ``antecedent_songs``.
        antecedent_songs: int32, ids, ascending within an antecedent.
        antecedent_support_counts: int32, one an antecedent.
        rule_offsets: int64, antecedents + 1; where each one's rules begin.
        consequents: int32, one a rule.
        support_counts: int32, one a rule; transactions that hold antecedent and consequent.
    """

    song_antecedents: NDArray[np.int64]
    antecedent_offsets: NDArray[np.int64]
    antecedent_songs: NDArray[np.int32]
    antecedent_support_counts: NDArray[np.int32]
    rule_offsets: NDArray[np.int64]
    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int32]

    @classmethod
    def build(cls, song_count: int, tables: Sequence[RuleTable]) -> "Rules":
        """Group rules into rows.

        Args:
            song_count: songs in the catalogue; every id is below it.
            tables: at most one for each antecedent size, by ascending size.
        """
        groups = [_Groups.of(table) for table in tables]
        rarest = np.concatenate([np.empty(0, np.int32), *(group.antecedents[:, -1] for group in groups)])
        sizes = np.concatenate([np.empty(0, np.int64), *(group.sizes for group in groups)])
        lengths = np.concatenate([np.empty(0, np.int64), *(group.rule_counts for group in groups)])
        order = np.argsort(rarest, kind="stable")
        by_song = np.bincount(rarest, minlength=song_count)
        rule_order = rows_of(_offsets(lengths)[order], lengths[order])
        return cls(
            song_antecedents=_offsets(by_song),
            antecedent_offsets=_offsets(sizes[order]),
            antecedent_songs=_joined([g.antecedents.ravel() for g in groups])[
                rows_of(_offsets(sizes)[order], sizes[order])
            ],
            antecedent_support_counts=_joined([g.antecedent_support_counts for g in groups])[order],
            rule_offsets=_offsets(lengths[order]),
            consequents=_joined([g.consequents for g in groups])[rule_order],
            support_counts=_joined([g.support_counts for g in groups])[rule_order],
        )

    def __len__(self) -> int:
        return len(self.consequents)

    @property
    def song_count(self) -> int:
        """How many songs the catalogue has."""
        return len(self.song_antecedents) - 1

    def antecedents_within(self, song_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Give the antecedent rows all of whose songs are among ``song_ids``, ascending.

        Args:
            song_ids: distinct, ascending.
        """
        first = self.song_antecedents[song_ids]
        rows = rows_of(first, self.song_antecedents[song_ids + 1] - first)
        if len(self.antecedent_songs) == len(self.antecedent_support_counts):
            return rows  # every antecedent is one song, and that song was asked for
        starts = self.antecedent_offsets[rows]
        sizes = self.antecedent_offsets[rows + 1] - starts
        asked = np.isin(self.antecedent_songs[rows_of(starts, sizes)], song_ids)
        return rows[np.add.reduceat(asked, _offsets(sizes)[:-1]) == sizes] if len(rows) else rows

    def songs_of(self, antecedent: int) -> NDArray[np.int32]:
        """Give the song ids of one antecedent row."""
        return self.antecedent_songs[self.antecedent_offsets[antecedent] : self.antecedent_offsets[antecedent + 1]]


@dataclass(frozen=True)
class _Groups:
    """One table's rules sorted into groups of equal antecedent; as Rules, but before the sizes are mixed."""

    antecedents: NDArray[np.int32]
    sizes: NDArray[np.int64]
    antecedent_support_counts: NDArray[np.int32]
    rule_counts: NDArray[np.int64]
    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int32]

    @classmethod
    def of(cls, table: RuleTable) -> "_Groups":
        columns = tuple(table.antecedents.T)
        order = np.lexsort((table.consequents, -table.support_counts, *columns[::-1]))
        antecedents = table.antecedents[order]
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = (antecedents[1:] != antecedents[:-1]).any(axis=1)
        starts = np.flatnonzero(begins)
        return cls(
            antecedents=antecedents[starts],
            sizes=np.full(len(starts), table.antecedents.shape[1], dtype=np.int64),
            antecedent_support_counts=table.antecedent_support_counts[order][starts],
            rule_counts=np.diff(np.append(starts, len(order))),
            consequents=table.consequents[order],
            support_counts=table.support_counts[order],
        )


def rows_of(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the row numbers of many slices, one slice after the other.

    >>> rows_of(np.array([5, 0]), np.array([3, 2])).tolist()
    [5, 6, 7, 0, 1]
    """
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _joined(columns: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.int32)
