"""gunicorn's own messages in the form of all others."""

import os

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from playlist_api.settings import Settings
from playlist_runtime.logs import set_up_logs
from playlist_runtime.settings import from_environ


class GunicornLog(Logger):  # type: ignore[misc]
    """Passes gunicorn's messages on to the root logger; requests are logged by the app, which knows more of them."""

    def setup(self, cfg: Config) -> None:
        """Set up the process's logs; the first thing that gunicorn does with its configuration."""
        settings = from_environ(Settings, os.environ)
        set_up_logs(settings.log_format, settings.log_level)
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
