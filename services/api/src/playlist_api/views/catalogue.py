"""Looking through the songs: ``/api/songs`` and what is below it."""

from collections.abc import Callable
from hashlib import sha256

from flask import Blueprint, Response, request

from playlist_api import catalogue
from playlist_api.context import context, current_model
from playlist_api.errors import InvalidRequestError
from playlist_api.parsing import MAX_LIMIT, body_of, songs_to_match_from_body
from playlist_api.paths import MATCH
from playlist_api.query import check_keys, text_from_query, whole_number_from_query
from playlist_api.responses import json_response
from playlist_model import Model

blueprint = Blueprint("catalogue", __name__)

_MOST_CLOSE_MATCHES = 10

Find = Callable[[Model], dict[str, object]]


@blueprint.get("/api/songs")
def songs() -> Response:
    """Search as you type."""
    check_keys(request.args, "q", "limit", "close_matches")
    text = text_from_query(request.args, "q", _max_length())
    limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
    close = whole_number_from_query(request.args, "close_matches", default=0, at_least=0, at_most=_MOST_CLOSE_MATCHES)

    def find(model: Model) -> dict[str, object]:
        songs = catalogue.found(model, text, limit)
        if not close:
            return {"songs": songs}
        return {"songs": songs, "close_matches": [] if songs else catalogue.misspelt(model, text, close)}

    return _unless_known(find)


@blueprint.post(MATCH)
def songs_match() -> Response:
    """Say which songs texts stand for."""
    check_keys(request.args)
    settings = context().settings
    asked = songs_to_match_from_body(body_of(request, settings), settings, context().live.state.longest_song)
    return json_response({"songs": catalogue.matched(current_model(), asked)})


@blueprint.get("/api/songs/random")
def songs_random() -> Response:
    """Draw songs by chance."""
    check_keys(request.args, "n", "seed")
    count = whole_number_from_query(request.args, "n", default=10, at_most=MAX_LIMIT)
    seed = whole_number_from_query(request.args, "seed", default=0, at_least=0, at_most=2**63 - 1)
    if "seed" not in request.args:
        return json_response({"songs": catalogue.drawn(current_model(), count, None)})
    return _unless_known(lambda model: {"songs": catalogue.drawn(model, count, seed)})


@blueprint.get("/api/songs/related")
def songs_related() -> Response:
    """Return the songs that follow from one."""
    check_keys(request.args, "song", "limit")
    if "song" not in request.args:
        raise InvalidRequestError("song is missing, expected a title, such as ?song=Greensleeves.")
    text = text_from_query(request.args, "song", _max_length())
    limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
    return _unless_known(lambda model: {"songs": catalogue.related(model, text, limit)})


def _max_length() -> int:
    return max(context().settings.max_song_length, context().live.state.longest_song)


def _unless_known(find: Find) -> Response:
    """Answer with the songs, or with 304 and no work to a client that has them from this model and this code."""
    model = current_model()
    tag = sha256(f"{model.manifest.model_id} {context().settings.version}".encode()).hexdigest()[:16]
    known = request.if_none_match
    is_known = known.contains_weak(tag) or known.star_tag
    response = Response(status=304) if is_known else json_response(find(model))
    response.set_etag(tag)
    response.cache_control.no_cache = True
    return response
