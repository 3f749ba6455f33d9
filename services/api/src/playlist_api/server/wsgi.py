"""Where a WSGI server gets the app: ``playlist_api.server.wsgi:make_app()``."""

import os

from flask import Flask

from playlist_api.app import create_app
from playlist_api.live_model import LiveModel
from playlist_api.settings import Settings
from playlist_runtime.settings import from_environ


def make_app() -> Flask:
    """Make the app from the environment, with its model being looked after.

    To be called in the process that answers requests: a thread does not outlast a fork.
    """
    settings = from_environ(Settings, os.environ)
    live = LiveModel(settings.model_dir, settings.refresh_interval_s)
    live.start()
    return create_app(settings, live)
