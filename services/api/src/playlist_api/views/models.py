"""Which code answers, from which model; which models there are, and how the last training ended."""

import socket
from collections.abc import Mapping

from flask import Blueprint, Response, request

from playlist_api.context import context
from playlist_api.live_state import LiveState
from playlist_api.query import check_keys
from playlist_api.responses import json_response
from playlist_model import rfc3339

blueprint = Blueprint("models", __name__)
# What the trainer notes of a run, whatever else a later version notes.
_TRAINING = ("time", "outcome", "message", "model_id")
_LOOK = ("time", "outcome")
_LEARNED = ("time", "outcome", "model_id", "seconds", "rows", "playlists", "songs", "rules", "peak_memory_bytes")


@blueprint.get("/api/version")
def version() -> Response:
    """Say which code answers, and from which model."""
    check_keys(request.args)
    state = context().live.state
    manifest = state.model.manifest if state.model else None
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
            "gate": manifest and manifest.gate,
            "last_reload": state.loaded_at and rfc3339(state.loaded_at),
            "last_reload_error": _fault_of(state),
        }
    )


@blueprint.get("/api/models")
def models() -> Response:
    """List the models that are kept, newest first."""
    check_keys(request.args)
    model = context().live.current
    in_use = model and model.manifest.model_id
    return json_response(
        {
            "models": [
                {
                    "model_id": manifest.model_id,
                    "model_date": manifest.model_date,
                    "fingerprint": manifest.fingerprint,
                    "dataset": manifest.dataset,
                    "engine": manifest.engine,
                    "rule_count": manifest.rule_count,
                    "evaluation": manifest.evaluation,
                    "gate": manifest.gate,
                    "changes": manifest.changes,
                    "trainer_version": manifest.trainer_version,
                    "in_use": manifest.model_id == in_use,
                }
                for manifest in context().live.notes.kept_models()
            ]
        }
    )


@blueprint.get("/api/status")
def status() -> Response:
    """Say how the last training ended, which pod answers, from what, and how it got there."""
    check_keys(request.args)
    live = context().live
    state, training = live.state, live.notes.training_status()
    return json_response(
        {
            "version": context().settings.version,
            "pod": socket.gethostname(),  # in Kubernetes that is the pod's name
            "started_at": rfc3339(live.began_at),
            "training": _taken(training, _TRAINING),
            "last_look": _taken(training.get("look"), _LOOK),
            "last_training": _taken(training.get("training"), _LEARNED),
            "model_id": state.model and state.model.manifest.model_id,
            "model_date": state.model and state.model.manifest.model_date,
            "loaded_at": state.loaded_at and rfc3339(state.loaded_at),
            "last_reload_error": _fault_of(state),
            "reloads": [
                {
                    "time": rfc3339(entry.time),
                    "model_id": entry.model_id,
                    "seconds": entry.duration_s and round(entry.duration_s, 3),
                    "error": entry.error,
                }
                for entry in state.history
            ],
        }
    )


def _taken(noted: object, names: tuple[str, ...]) -> dict[str, object] | None:
    """Return some of what the trainer noted; None where it noted nothing."""
    return {name: noted.get(name) for name in names} if isinstance(noted, Mapping) and noted else None


def _fault_of(state: LiveState) -> dict[str, str] | None:
    return None if state.fault is None else {"message": state.fault.message, "time": rfc3339(state.fault.time)}
