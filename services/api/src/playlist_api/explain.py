"""Why a model recommends what it does, and what it made of the texts it was asked with."""

from collections.abc import Iterator

from playlist_api.recommend import Recommendation
from playlist_model import Match, Model, Reason, Songs, fold, reasons_of

# Each costs some milliseconds; a request full of unknown songs must not cost a thousand of them.
_UNKNOWN_WITH_CLOSE_MATCHES = 10
_CLOSE_MATCHES = 3
_MATCHES = 10


def explained(model: Model, recommendation: Recommendation) -> dict[str, object]:
    """Return what ``explain`` adds to an answer: recommendations, unknown, ambiguous."""
    matches = recommendation.matches
    unknown = [text for text, match in matches.items() if not match.song_ids]
    return {
        "recommendations": list(_recommendations(model, recommendation)),
        "unknown": [
            {"song": text, "close_matches": _close_matches(model.songs, text, position)}
            for position, text in enumerate(unknown)
        ],
        "ambiguous": [
            {"song": text, "matches": described(model.songs, match)}
            for text, match in matches.items()
            if len(match.song_ids) > 1
        ],
    }


def describe(songs: Songs, song_id: int) -> dict[str, object]:
    """Return a song as answers carry it."""
    described: dict[str, object] = {
        "song": songs.names[song_id],
        "title": songs.titles[song_id],
        "artist": songs.artists[song_id],
        "artist_count": int(songs.artist_counts[song_id]),
        "support_count": int(songs.support_counts[song_id]),
    }
    uri = songs.uris[song_id] if songs.uris is not None else ""
    return described | {"track_uri": uri} if uri else described


def described(songs: Songs, match: Match) -> list[dict[str, object]]:
    """Return the most popular ones of the songs that a text stands for, as answers carry them."""
    return [describe(songs, song_id) for song_id in match.song_ids[:_MATCHES]]


def close_titles(songs: Songs, text: str) -> list[str]:
    """Return what somebody may have meant by a text, best first: titles or names, each can be asked with."""
    return list(dict.fromkeys(_readable_name(songs, song_id) for song_id in songs.close_matches(text, _CLOSE_MATCHES)))


def _readable_name(songs: Songs, song_id: int) -> str:
    """Return the name where it says the title and more ("Home – Edward Sharpe"), the title where it is a URI."""
    name, title = songs.names[song_id], songs.titles[song_id]
    return name if fold(title) in fold(name) else title


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
