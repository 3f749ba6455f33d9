"""The Flask app."""

from flask import Flask

from playlist_api.context import EXTENSION, Context
from playlist_api.errors import register_error_handlers
from playlist_api.live_model import LiveModel
from playlist_api.middleware.cors import Cors
from playlist_api.middleware.metrics import Metrics
from playlist_api.middleware.request_log import RequestObserver
from playlist_api.settings import Settings
from playlist_api.views import catalogue, docs, health, models, pages, recommend


def create_app(settings: Settings, live: LiveModel) -> Flask:
    """Make the app.

    Args:
        settings: limits, version, web origins.
        live: the model to answer from; whoever made it starts and stops it.
    """
    app = Flask("playlist_api", static_folder=None, template_folder=None)
    # A doubled slash is a mistyped path like any other; redirecting a POST would lose its body with many clients.
    app.url_map.merge_slashes = False
    metrics = Metrics(live, settings.version)
    app.extensions[EXTENSION] = Context(settings, live, metrics, docs.document_for(settings))
    RequestObserver(metrics, settings.request_log).register(app)
    Cors(settings.cors_origins).register(app)
    register_error_handlers(app)
    for view in (recommend, catalogue, models, health, docs, pages):
        app.register_blueprint(view.blueprint)
    return app
