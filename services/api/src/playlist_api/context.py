"""What every view answers from, kept at the Flask app that it belongs to."""

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, g

from playlist_api.errors import NoModelLoadedError
from playlist_api.live_model import LiveModel
from playlist_api.middleware.request_log import RequestObserver
from playlist_api.settings import Settings
from playlist_model import Model

EXTENSION = "playlist_api"


@dataclass(frozen=True)
class Context:
    """What an app answers from.

    Attributes:
        settings: limits, version, web origins.
        live: the model; whoever made it starts and stops it.
        observer: notes requests; holds what /metrics shows.
        document: the OpenAPI document.
    """

    settings: Settings
    live: LiveModel
    observer: RequestObserver
    document: dict[str, Any]


def context() -> Context:
    """Return the context of the app that handles this request."""
    return cast("Context", current_app.extensions[EXTENSION])


def current_model() -> Model:
    """Return the model that this request is answered from, from its start to its end.

    Raises:
        NoModelLoadedError: there is none yet.
    """
    state = context().live.state
    model = state.model
    if model is None:
        fault = f"{state.fault.message}; it will be retried automatically." if state.fault else ""
        remedy = "run playlist-trainer train, or ask again in a second."
        raise NoModelLoadedError(f"No model is loaded yet: {fault or remedy}")
    g.model_id = model.manifest.model_id
    return model
