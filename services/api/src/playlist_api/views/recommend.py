"""``POST /api/recommend``, and the name that the assignment gives it."""

from flask import Blueprint, Response, request

from playlist_api.context import context, current_model
from playlist_api.explain import explained
from playlist_api.middleware.headers import SOURCE
from playlist_api.parsing import body_of, recommend_request_from_body
from playlist_api.recommend import names_of
from playlist_api.recommend import recommend as recommend_songs
from playlist_api.responses import json_response

blueprint = Blueprint("recommend", __name__)


@blueprint.post("/api/recommend")
@blueprint.post("/api/recommender")
def recommend() -> Response:
    """Recommend songs that go with the ones in the body."""
    settings = context().settings
    asked = recommend_request_from_body(body_of(request, settings), settings)
    model = current_model()
    recommendation = recommend_songs(model, asked.songs, asked.limit)
    content: dict[str, object] = {
        "songs": names_of(model.songs, recommendation.song_ids),
        "version": settings.version,
        "model_date": model.manifest.model_date,
    }
    if asked.explain:
        content |= explained(model, recommendation)
    return json_response(content, headers={SOURCE: recommendation.source})
