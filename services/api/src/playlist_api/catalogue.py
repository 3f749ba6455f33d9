"""Looking through a model's songs: by what is typed, by chance, by what goes with one."""

import random
from collections.abc import Iterable

from playlist_api.errors import UnknownSongError
from playlist_api.explain import close_titles, describe, described
from playlist_api.parsing import TitledSong
from playlist_api.recommend import Matcher, recommend
from playlist_model import Model, reasons_of


def found(model: Model, text: str, limit: int) -> list[dict[str, object]]:
    """Return songs for a text that is being typed, by title, then by words of title and artist; popular ones for ""."""
    return [describe(model.songs, song_id) for song_id in model.songs.search(text, limit)]


def misspelt(model: Model, text: str, limit: int) -> list[dict[str, object]]:
    """Return songs whose title or artist reads like a text that is being typed, best first."""
    return [describe(model.songs, song_id) for song_id in model.songs.misspelt(text, limit)]


def matched(model: Model, asked: Iterable[str | TitledSong]) -> list[dict[str, object]]:
    """Return for each text or title, in order, the songs that it stands for; none where the model knows none."""
    matcher = Matcher(model.songs)
    named = [(song if isinstance(song, str) else song.title, matcher.match(song)) for song in asked]
    return [{"song": title, "matches": described(model.songs, match)} for title, match in named]


def drawn(model: Model, count: int, seed: int | None) -> list[dict[str, object]]:
    """Return distinct songs by chance; the same ones for the same seed and model."""
    # Not for secrets: a seed is there so that anybody can draw the same songs again.
    draw = random.Random(seed)  # noqa: S311
    song_ids = draw.sample(range(len(model.songs)), min(count, len(model.songs)))
    return [describe(model.songs, song_id) for song_id in song_ids]


def related(model: Model, text: str, limit: int) -> list[dict[str, object]]:
    """Return the songs that rules lead to from one song, best first, each with its strongest rule's counts.

    Raises:
        UnknownSongError: the model has no such song; the message names close ones.
    """
    recommendation = recommend(model, (text,), limit)
    if not recommendation.matches[text].song_ids:
        raise UnknownSongError(_unknown(model, text))
    ranking = recommendation.ranking
    ruled = recommendation.song_ids[: len(ranking.values)]
    reasons = reasons_of(model.rules, ranking.antecedents, ruled, at_most=1)
    return [
        describe(model.songs, song_id)
        | {"confidence": reasons[song_id][0].confidence, "together_count": reasons[song_id][0].together_count}
        for song_id in ruled
    ]


def _unknown(model: Model, text: str) -> str:
    close = close_titles(model.songs, text)
    hint = f"did you mean {' or '.join(close)}?" if close else "GET /api/songs?q= searches what there is."
    return f"The model has no song {text[:80]!r}: {hint}"
