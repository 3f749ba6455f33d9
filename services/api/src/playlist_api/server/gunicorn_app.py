"""gunicorn within this process: as a program of its own it would cost a second interpreter and the same imports."""

import gc
from typing import Any

from gunicorn.app.base import Application  # type: ignore[import-untyped]
from gunicorn.util import import_app  # type: ignore[import-untyped]


class GunicornApp(Application):  # type: ignore[misc]
    """What gunicorn serves, and how; neither its own flags nor its own variables are looked at."""

    def load_config(self) -> None:
        """Read ``gunicorn_conf``."""
        self.load_config_from_module_name_or_filename("python:playlist_api.server.gunicorn_conf")

    def load(self) -> Any:
        """Make the app, in the worker's process."""
        return import_app(self.cfg.wsgi_app)


def serve() -> None:
    """Serve until a signal ends it; the settings are those of the environment.

    What is imported stays to the end, so that until everything is there a search for garbage finds none: a twentieth
    of the start. The worker allows it again.
    """
    gc.disable()
    GunicornApp(prog="playlist-api").run()
