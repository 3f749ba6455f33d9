"""The WSGI app."""

from flask import Flask

from playlist_api.access_log import RequestObserver
from playlist_api.cors import Cors
from playlist_api.errors import register_error_handlers
from playlist_api.health import Health
from playlist_api.live_model import LiveModel
from playlist_api.metrics import Metrics
from playlist_api.openapi import document_for, index_of
from playlist_api.pages import Pages
from playlist_api.routes import Api
from playlist_api.settings import Settings


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
    RequestObserver(metrics, settings.request_log).register(app)
    Cors(settings.cors_origins).register(app)
    register_error_handlers(app)
    document = document_for(settings)
    Api(settings, live, metrics, document).register(app)
    Health(live).register(app)
    Pages(index_of(document)).register(app)
    return app
