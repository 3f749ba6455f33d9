"""``POST /api/recommend``, and the name that the assignment gives it."""

from flask import Blueprint, Response, request

from playlist_api.answer import Answer, answer
from playlist_api.context import context, current_model
from playlist_api.middleware.headers import SOURCE
from playlist_api.parsing import batch_from_body, body_of, recommend_request_from_body
from playlist_api.paths import BATCH, RECOMMEND, RECOMMENDER
from playlist_api.query import check_keys
from playlist_api.responses import json_response

blueprint = Blueprint("recommend", __name__)


@blueprint.post(RECOMMEND)
@blueprint.post(RECOMMENDER)
def recommend() -> Response:
    """Recommend songs that go with the ones in the body."""
    check_keys(request.args)
    settings = context().settings
    asked = recommend_request_from_body(body_of(request, settings), settings, context().live.state.longest_song)
    answered = answer(current_model(), asked, settings.version)
    _count(answered)
    return json_response(answered.content, headers={SOURCE: answered.source})


@blueprint.post(BATCH)
def recommend_batch() -> Response:
    """Recommend songs for each of many playlists."""
    check_keys(request.args)
    settings = context().settings
    asked = batch_from_body(body_of(request, settings), settings, context().live.state.longest_song)
    model = current_model()
    answers = [answer(model, one, settings.version) for one in asked]
    for one in answers:
        _count(one)
    content = {
        "answers": [{"songs": one.content["songs"], "source": one.source} for one in answers],
        "version": settings.version,
        "model_date": model.manifest.model_date,
    }
    return json_response(content)


def _count(answered: Answer) -> None:
    context().observer.metrics.count_answer(answered.source, answered.song_count, answered.unknown_count)
