"""The answer to a request for recommendations: made here alone, for Flask's route and for the event loop's."""

from dataclasses import dataclass

from playlist_api.explain import explained
from playlist_api.parsing import RecommendRequest
from playlist_api.recommend import Source, names_of, recommend
from playlist_model import Model


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes:
        content: the JSON object.
        source: whether rules gave all of the songs, some of them or none.
        song_count: how many songs were asked with.
        unknown_count: how many of these the model does not know.
    """

    content: dict[str, object]
    source: Source
    song_count: int
    unknown_count: int


def answer(model: Model, asked: RecommendRequest, version: str) -> Answer:
    """Answer a request from a model.

    Args:
        model: to answer from.
        asked: the request.
        version: of the code, as answers carry it.
    """
    recommendation = recommend(model, asked.songs, asked.limit)
    content: dict[str, object] = {
        "songs": names_of(model.songs, recommendation.song_ids),
        "version": version,
        "model_date": model.manifest.model_date,
    }
    if asked.explain:
        content |= explained(model, recommendation)
    return Answer(content, recommendation.source, len(recommendation.matches), recommendation.unknown_count)
