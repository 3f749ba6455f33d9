"""Looking through the songs: ``/api/songs`` and what is below it."""

from flask import Blueprint, Response, request

from playlist_api import catalogue
from playlist_api.context import context, current_model
from playlist_api.errors import InvalidRequestError
from playlist_api.parsing import MAX_LIMIT, text_from_query, whole_number_from_query
from playlist_api.responses import json_response

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/api/songs")
def songs() -> Response:
    """Search as you type."""
    text = text_from_query(request.args, "q", context().settings)
    limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
    return json_response({"songs": catalogue.found(current_model(), text, limit)})


@blueprint.get("/api/songs/random")
def songs_random() -> Response:
    """Draw songs by chance."""
    count = whole_number_from_query(request.args, "n", default=10, at_most=MAX_LIMIT)
    seed = whole_number_from_query(request.args, "seed", default=0, at_least=0, at_most=2**63 - 1)
    return json_response({"songs": catalogue.drawn(current_model(), count, seed if "seed" in request.args else None)})


@blueprint.get("/api/songs/related")
def songs_related() -> Response:
    """Return the songs that follow from one."""
    if "song" not in request.args:
        raise InvalidRequestError("song is missing, expected a title, such as ?song=Greensleeves.")
    text = text_from_query(request.args, "song", context().settings)
    limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
    return json_response({"songs": catalogue.related(current_model(), text, limit)})
