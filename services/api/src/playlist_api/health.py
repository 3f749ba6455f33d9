"""Whether the process lives, and whether it should be sent requests."""

from dataclasses import dataclass

from flask import Flask, Response

from playlist_api.errors import problem
from playlist_api.live_model import LiveModel
from playlist_api.responses import json_response

LIVE, READY = "/livez", "/readyz"


@dataclass(frozen=True)
class Health:
    """The two probes.

    Attributes:
        live: what readiness depends on; liveness does not: a restart would not mend a model.
    """

    live: LiveModel

    def register(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule(LIVE, "livez", self.livez)
        app.add_url_rule(READY, "readyz", self.readyz)

    def livez(self) -> Response:
        """Say that the process answers."""
        return json_response({"status": "alive"})

    def readyz(self) -> Response:
        """Say whether there is something to wait for: a model that is published and not loaded.

        An empty volume is ready. Were it not, an installation that waits for its pods would never come to the
        training that fills it.
        """
        state = self.live.state
        if state.is_ready:
            model = state.model
            return json_response({"status": "ready", "model_id": model.manifest.model_id if model else None})
        cause = state.fault.message if state.fault else "it is being read"
        return problem(503, f"A model is published and not loaded yet: {cause}. Ask again.", {"Retry-After": "1"})
