"""Whether the process lives, whether it should be sent requests, and what it measures of itself."""

from flask import Blueprint, Response, request

from playlist_api.context import context
from playlist_api.errors import problem
from playlist_api.paths import LIVE, METRICS, READY
from playlist_api.responses import json_response

blueprint = Blueprint("health", __name__)


@blueprint.get(LIVE)
def livez() -> Response:
    """Say that the process answers, whatever its model: a restart would not mend a model."""
    return json_response({"status": "alive"})


@blueprint.get(READY)
def readyz() -> Response:
    """Say whether there is something to wait for: a model that is published and not loaded.

    An empty volume is ready. Were it not, an installation that waits for its pods would never come to the
    training that fills it.
    """
    state = context().live.state
    if state.is_ready:
        model = state.model
        return json_response({"status": "ready", "model_id": model.manifest.model_id if model else None})
    cause = state.fault.message if state.fault else "it is being read"
    return problem(503, f"A model is published and not loaded yet: {cause}. Ask again.", {"Retry-After": "1"})


@blueprint.get(METRICS)
def metrics() -> Response:
    """Return the metrics."""
    content, content_type = context().observer.metrics.exposition(request.headers.get("Accept", ""))
    return Response(content, content_type=content_type)
