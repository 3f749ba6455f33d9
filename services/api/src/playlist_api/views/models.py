"""Which code answers, and from which model."""

from flask import Blueprint, Response

from playlist_api.context import context
from playlist_api.responses import json_response
from playlist_model import rfc3339

blueprint = Blueprint("models", __name__)


@blueprint.get("/api/version")
def version() -> Response:
    """Say which code answers, and from which model."""
    state = context().live.state
    manifest = state.model.manifest if state.model else None
    fault = state.fault
    return json_response(
        {
            "version": context().settings.version,
            "model_id": manifest and manifest.model_id,
            "model_date": manifest and manifest.model_date,
            "fingerprint": manifest and manifest.fingerprint,
            "dataset": manifest and manifest.dataset,
            "parameters": manifest and manifest.parameters,
            "engine": manifest and manifest.engine,
            "trainer_version": manifest and manifest.trainer_version,
            "song_count": state.model and len(state.model.songs),
            "rule_count": state.model and len(state.model.rules),
            "evaluation": manifest and manifest.evaluation,
            "last_reload": state.loaded_at and rfc3339(state.loaded_at),
            "last_reload_error": fault and {"message": fault.message, "time": rfc3339(fault.time)},
        }
    )
