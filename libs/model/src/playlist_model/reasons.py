"""Why a song is recommended: the rules that lead to it, strongest first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_model.ragged import blocks_of, offsets_of
from playlist_model.ranking import AT_ONCE, joined, spans_of
from playlist_model.rules import Rules

_REASONS = 5


@dataclass(frozen=True)
class Reason:
    """One rule behind a recommendation.

    Attributes:
        antecedent: the rule's antecedent, a row of the model's rules.
        together_count: playlists that hold the antecedent and the recommended song.
        antecedent_count: playlists that hold the antecedent.
    """

    antecedent: int
    together_count: int
    antecedent_count: int

    @property
    def confidence(self) -> float:
        """The share of the antecedent's playlists that hold the song as well, 0..1."""
        return self.together_count / self.antecedent_count


def reasons_of(
    rules: Rules, antecedents: NDArray[np.int64], song_ids: Sequence[int], at_most: int = _REASONS
) -> dict[int, list[Reason]]:
    """Return the rules that lead to songs, by song, strongest first: by confidence, then by support_count.

    Args:
        rules: of the model.
        antecedents: the antecedent rows to look under.
        song_ids: the songs; those that no rule leads to are not in the answer.
        at_most: how many rules for each song.
    """
    rows, owners = _rules_to(rules, antecedents, song_ids)
    together, whole = rules.support_counts[rows], rules.antecedent_support_counts[owners]
    songs = rules.consequents[rows]
    # A thousand songs may have a thousand reasons each, so most of them never become objects.
    strongest = _first_of_each(songs, np.lexsort((owners, -together, -together / whole, songs)), at_most)
    columns = (column[strongest].tolist() for column in (songs, owners, together, whole))
    reasons: dict[int, list[Reason]] = {}
    for song_id, owner, together_count, antecedent_count in zip(*columns, strict=True):
        reasons.setdefault(song_id, []).append(Reason(owner, together_count, antecedent_count))
    return reasons


def _rules_to(
    rules: Rules, antecedents: NDArray[np.int64], song_ids: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rules of the antecedents that lead to songs, ascending, and the antecedent of each."""
    is_wanted = np.zeros(rules.song_count, dtype=bool)
    is_wanted[list(song_ids)] = True
    starts = rules.rule_offsets[antecedents]
    offsets = offsets_of(rules.rule_offsets[antecedents + 1] - starts)
    rows, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for block in blocks_of(offsets, AT_ONCE):
        spans = spans_of(rules, antecedents[block])
        places = np.flatnonzero(is_wanted[joined(rules.consequents, spans)]) + offsets[block.start]
        which = np.searchsorted(offsets, places, side="right") - 1
        rows.append(starts[which] + places - offsets[which])
        owners.append(antecedents[which])
    return np.concatenate(rows), np.concatenate(owners)


def _first_of_each(groups: NDArray[np.int32], order: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """Return the part of ``order`` that names the first few of each group; it holds the groups one after the other."""
    ordered = groups[order]
    begins = np.searchsorted(ordered, ordered)
    return order[np.arange(len(order)) - begins < at_most]
