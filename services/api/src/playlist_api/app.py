"""The Flask app."""

from flask import Blueprint, Flask

from playlist_api.context import EXTENSION, Context
from playlist_api.errors import register_error_handlers
from playlist_api.live_model import LiveModel
from playlist_api.middleware.base_path import BASE_PATH, BasePath
from playlist_api.middleware.cors import Cors
from playlist_api.middleware.metrics import Metrics
from playlist_api.middleware.request_log import RequestObserver
from playlist_api.settings import Settings
from playlist_api.views import catalogue, docs, health, models, not_found, pages, recommend


def create_app(settings: Settings, live: LiveModel) -> Flask:
    """Make the app.

    Args:
        settings: limits, version, web origins.
        live: the model to answer from; whoever made it starts and stops it.
    """
    observer = RequestObserver(Metrics(live, settings.version), is_logging=settings.request_log)
    context = Context(settings, live, observer, docs.document_for(settings))
    views = [recommend.blueprint, catalogue.blueprint, models.blueprint, docs.blueprint, pages.blueprint]
    if settings.metrics_port is None:
        views.append(health.blueprint)
    app = _app_of(context, views)
    not_found.register(app)
    app.wsgi_app = BasePath(app.wsgi_app, settings.base_path)  # type: ignore[method-assign]
    return app


def create_operations_app(app: Flask) -> Flask:
    """Make the app of the port for metrics and probes, beside the app whose requests it shows."""
    return _app_of(app.extensions[EXTENSION], [health.blueprint])


def _app_of(context: Context, views: list[Blueprint]) -> Flask:
    app = Flask("playlist_api", static_folder=None, template_folder=None)
    # A doubled slash is a mistyped path like any other; redirecting a POST would lose its body with many clients.
    app.url_map.merge_slashes = False
    # A slash at the end is none: /api/songs/ is /api/songs, without a redirect.
    app.url_map.strict_slashes = False
    app.config[BASE_PATH] = context.settings.base_path
    app.extensions[EXTENSION] = context
    context.observer.register(app)
    Cors(context.settings.cors_origins).register(app)
    register_error_handlers(app)
    for view in views:
        app.register_blueprint(view)
    return app
