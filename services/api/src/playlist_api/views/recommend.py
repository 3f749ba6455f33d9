"""``POST /api/recommend``, and the name that the assignment gives it."""

from flask import Blueprint, Response, request

from playlist_api.answer import answer
from playlist_api.context import context, current_model
from playlist_api.middleware.headers import SOURCE
from playlist_api.parsing import body_of, recommend_request_from_body
from playlist_api.paths import RECOMMEND, RECOMMENDER
from playlist_api.responses import json_response

blueprint = Blueprint("recommend", __name__)


@blueprint.post(RECOMMEND)
@blueprint.post(RECOMMENDER)
def recommend() -> Response:
    """Recommend songs that go with the ones in the body."""
    settings = context().settings
    asked = recommend_request_from_body(body_of(request, settings), settings)
    answered = answer(current_model(), asked, settings.version)
    return json_response(answered.content, headers={SOURCE: answered.source})
