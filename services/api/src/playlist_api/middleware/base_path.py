"""Serving everything below one path, behind an ingress that does not cut it off; and below no other."""

from collections.abc import Iterable
from typing import Any

# Where an app's configuration has its base path.
BASE_PATH = "PLAYLIST_BASE_PATH"
# Where the path stands that was asked for, if it is none of the app's.
ASKED_PATH = "playlist_api.asked_path"
WsgiApp = Any  # what flask.Flask.wsgi_app is


class BasePath:
    """Cuts a path off the front of requests; what does not begin with it is not found.

    Neither is a path that goes on with two slashes: Werkzeug alone would read them as one.
    """

    def __init__(self, app: WsgiApp, path: str) -> None:
        """Serve ``app`` below ``path``, which begins with a slash and does not end with one, or is empty."""
        self._app = app
        self._path = path

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request; what WSGI calls."""
        path: str = environ.get("PATH_INFO", "")
        below = path[len(self._path) :]
        if path == self._path != "":
            # The page's links are relative to the folder that it stands in.
            start_response("308 PERMANENT REDIRECT", [("Location", f"{self._path}/"), ("Content-Length", "0")])
            return []
        if path.startswith(f"{self._path}/") and not below.startswith("//"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._path
            environ["PATH_INFO"] = below
        else:
            environ[ASKED_PATH] = path
            environ["PATH_INFO"] = "/-"  # which is no route
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer
