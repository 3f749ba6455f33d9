"""Why a model recommends what it does, and what it made of the texts it was asked with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playlist_api.recommend import Recommendation
from playlist_model import Match, Model, Rules, Songs
from playlist_model.rules import rows_of

# Each costs a pass over all keys; a request full of unknown songs must not cost a thousand of them.
_UNKNOWN_WITH_CLOSE_MATCHES = 10
_CLOSE_MATCHES = 3
_MATCHES = 10
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


def explained(model: Model, recommendation: Recommendation) -> dict[str, object]:
    """Give what ``explain`` adds to an answer: recommendations, unknown, ambiguous."""
    matches = recommendation.matches
    unknown = [text for text, match in matches.items() if not match.song_ids]
    return {
        "recommendations": list(_recommendations(model, recommendation)),
        "unknown": [
            {"song": text, "close_matches": _close_matches(model.songs, text, position)}
            for position, text in enumerate(unknown)
        ],
        "ambiguous": [
            {"song": text, "matches": _described(model.songs, match)}
            for text, match in matches.items()
            if len(match.song_ids) > 1
        ],
    }


def describe(songs: Songs, song_id: int) -> dict[str, object]:
    """Give a song as answers carry it."""
    return {
        "song": songs.names[song_id],
        "title": songs.titles[song_id],
        "artist": songs.artists[song_id],
        "artist_count": int(songs.artist_counts[song_id]),
        "support_count": int(songs.support_counts[song_id]),
    }


def close_titles(songs: Songs, text: str) -> list[str]:
    """Give the titles that somebody may have meant by a text, best first; each can be asked with."""
    return list(dict.fromkeys(songs.titles[song_id] for song_id in songs.close_matches(text, _CLOSE_MATCHES)))


def reasons_of(
    rules: Rules, antecedents: NDArray[np.int64], song_ids: Sequence[int], at_most: int = _REASONS
) -> dict[int, list[Reason]]:
    """Give the rules that lead to songs, by song, strongest first: by confidence, then by support_count.

    Args:
        rules: of the model.
        antecedents: the antecedent rows to look under.
        song_ids: the songs; those that no rule leads to are not in the answer.
        at_most: how many rules for each song.
    """
    starts = rules.rule_offsets[antecedents]
    lengths = rules.rule_offsets[antecedents + 1] - starts
    rows = rows_of(starts, lengths)
    is_wanted = np.zeros(rules.song_count, dtype=bool)
    is_wanted[list(song_ids)] = True
    leads = is_wanted[rules.consequents[rows]]
    rows, owners = rows[leads], np.repeat(antecedents, lengths)[leads]
    together, whole = rules.support_counts[rows], rules.antecedent_support_counts[owners]
    songs = rules.consequents[rows]
    # A thousand songs may have a thousand reasons each, so most of them never become objects.
    strongest = _first_of_each(songs, np.lexsort((owners, -together, -together / whole, songs)), at_most)
    columns = (column[strongest].tolist() for column in (songs, owners, together, whole))
    reasons: dict[int, list[Reason]] = {}
    for song_id, owner, together_count, antecedent_count in zip(*columns, strict=True):
        reasons.setdefault(song_id, []).append(Reason(owner, together_count, antecedent_count))
    return reasons


def _first_of_each(groups: NDArray[np.int32], order: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """Give the part of ``order`` that names the first few of each group; it holds the groups one after the other."""
    ordered = groups[order]
    begins = np.searchsorted(ordered, ordered)
    return order[np.arange(len(order)) - begins < at_most]


def _recommendations(model: Model, recommendation: Recommendation) -> Iterator[dict[str, object]]:
    ranking = recommendation.ranking
    values = ranking.values.tolist()
    song_ids = recommendation.song_ids
    reasons = reasons_of(model.rules, ranking.antecedents, song_ids[: len(values)])
    for song_id, value in zip(song_ids, values, strict=False):
        strongest = reasons[song_id][0]
        yield describe(model.songs, song_id) | {
            "score": value,
            "value": value,  # what it was called first
            "confidence": strongest.confidence,
            "together_count": strongest.together_count,
            "source": "rule",
            "because": [_because(model, reason) for reason in reasons[song_id]],
        }
    for song_id in song_ids[len(values) :]:
        without = dict.fromkeys(("score", "value", "confidence", "together_count"))
        yield describe(model.songs, song_id) | without | {"source": "popular", "because": []}


def _because(model: Model, reason: Reason) -> dict[str, object]:
    names = [model.songs.names[song_id] for song_id in model.rules.songs_of(reason.antecedent).tolist()]
    return {
        "song": " + ".join(names),
        "songs": names,
        "together_count": reason.together_count,
        "song_count": reason.antecedent_count,
    }


def _close_matches(songs: Songs, text: str, position: int) -> list[str]:
    return close_titles(songs, text) if position < _UNKNOWN_WITH_CLOSE_MATCHES else []


def _described(songs: Songs, match: Match) -> list[dict[str, object]]:
    return [describe(songs, song_id) for song_id in match.song_ids[:_MATCHES]]
