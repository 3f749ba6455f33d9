"""Association rules as arrays: one consequent a rule, rules grouped by antecedent, antecedents grouped by song."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import offsets_of, rows_of

_FEW = 32  # songs, for which Python's own lists are faster

__all__ = ["RuleTable", "Rules", "rows_of"]


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
    antecedent, rules stand by descending score, or without scores by descending support_count (and so by descending
    confidence), then by consequent.

    Attributes:
        song_antecedents: int64, songs + 1; antecedents under song s are rows ``[s]`` to ``[s + 1]``.
        antecedent_offsets: int64, antecedents + 1; where each one's songs begin in ``antecedent_songs``.
        antecedent_songs: int32, ids, ascending within an antecedent.
        antecedent_support_counts: int32, one an antecedent.
        rule_offsets: int64, antecedents + 1; where each one's rules begin.
        consequents: int32, one a rule.
        support_counts: int32, one a rule; transactions that hold antecedent and consequent.
        scores: float32, one per rule, positive; what the ranking adds up. None where the counts are to decide.
    """

    song_antecedents: NDArray[np.int64]
    antecedent_offsets: NDArray[np.int64]
    antecedent_songs: NDArray[np.int32]
    antecedent_support_counts: NDArray[np.int32]
    rule_offsets: NDArray[np.int64]
    consequents: NDArray[np.int32]
    support_counts: NDArray[np.int32]
    scores: NDArray[np.float32] | None = None

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
        rule_order = rows_of(offsets_of(lengths)[order], lengths[order])
        return cls(
            song_antecedents=offsets_of(by_song),
            antecedent_offsets=offsets_of(sizes[order]),
            antecedent_songs=_joined([g.antecedents.ravel() for g in groups])[
                rows_of(offsets_of(sizes)[order], sizes[order])
            ],
            antecedent_support_counts=_joined([g.antecedent_support_counts for g in groups])[order],
            rule_offsets=offsets_of(lengths[order]),
            consequents=_joined([g.consequents for g in groups])[rule_order],
            support_counts=_joined([g.support_counts for g in groups])[rule_order],
        )

    @classmethod
    def of_pairs(
        cls,
        song_support_counts: NDArray[np.int32],
        offsets: NDArray[np.int64],
        consequents: NDArray[np.int32],
        support_counts: NDArray[np.int32],
        scores: NDArray[np.float32] | None = None,
    ) -> "Rules":
        """Return rules between single songs, already grouped by antecedent; the columns are not copied.

        Args:
            song_support_counts: one per song of the catalogue.
            offsets: songs + 1; the rules of song s are rows ``offsets[s]`` to ``offsets[s + 1]``.
            consequents: one per rule, in the order that the class describes.
            support_counts: one per rule; transactions that hold both songs.
            scores: one per rule, positive.
        """
        has_rules = offsets[1:] > offsets[:-1]
        antecedents = np.flatnonzero(has_rules).astype(np.int32)
        return cls(
            song_antecedents=offsets_of(has_rules),
            antecedent_offsets=np.arange(len(antecedents) + 1, dtype=np.int64),
            antecedent_songs=antecedents,
            antecedent_support_counts=song_support_counts[antecedents],
            rule_offsets=np.append(offsets[antecedents], offsets[-1]),
            consequents=consequents,
            support_counts=support_counts,
            scores=scores,
        )

    def __len__(self) -> int:
        return len(self.consequents)

    @property
    def song_count(self) -> int:
        """How many songs the catalogue has."""
        return len(self.song_antecedents) - 1

    def antecedents_within(self, song_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the antecedent rows all of whose songs are among ``song_ids``, ascending.

        Args:
            song_ids: distinct, ascending.
        """
        rows = self._antecedents_under(song_ids)
        if len(self.antecedent_songs) == len(self.antecedent_support_counts):
            return rows  # every antecedent is one song, and that song was asked for
        starts = self.antecedent_offsets[rows]
        sizes = self.antecedent_offsets[rows + 1] - starts
        asked = np.isin(self.antecedent_songs[rows_of(starts, sizes)], song_ids)
        return rows[np.add.reduceat(asked, offsets_of(sizes)[:-1]) == sizes] if len(rows) else rows

    def _antecedents_under(self, song_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        if len(song_ids) <= _FEW:
            starts = self._song_antecedents
            return np.array(
                [row for song in song_ids.tolist() for row in range(starts[song], starts[song + 1])], dtype=np.int64
            )
        first = self.song_antecedents[song_ids]
        return rows_of(first, self.song_antecedents[song_ids + 1] - first)

    # One element of a memoryview costs a third of one of an array.
    @cached_property
    def _song_antecedents(self) -> memoryview:
        return self.song_antecedents.data

    def songs_of(self, antecedent: int) -> NDArray[np.int32]:
        """Return the song ids of one antecedent row."""
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


def _joined(columns: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.int32)
