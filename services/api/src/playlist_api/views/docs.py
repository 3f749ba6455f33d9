"""The OpenAPI document: kept as openapi.json in this package, completed with what settings decide."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response

from playlist_api.context import context
from playlist_api.paths import OPERATIONS
from playlist_api.responses import encode
from playlist_api.settings import Settings

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    text = _text_for(context().settings, context().live.state.longest_song)
    return Response(text, content_type="application/json")


@lru_cache(maxsize=2)
def _text_for(settings: Settings, longest_song: int) -> str:
    """Return the document as JSON; what the catalogue offers is taken back, however long it is."""
    document = document_for(settings)
    schema = document["components"]["schemas"]["SongText"]
    schema["maxLength"] = max(schema["maxLength"], longest_song)
    return encode(document)


def document_for(settings: Settings) -> dict[str, Any]:
    """Return the document with the code's version and the limits that are in force."""
    document: dict[str, Any] = json.loads(files("playlist_api").joinpath("openapi.json").read_text("utf-8"))
    document["info"]["version"] = settings.version
    schemas = document["components"]["schemas"]
    schemas["SongList"]["maxItems"] = settings.max_songs
    schemas["SongText"]["maxLength"] = settings.max_song_length
    schemas["BatchRequest"]["properties"]["playlists"]["maxItems"] = settings.max_batch
    if settings.base_path:
        document["servers"] = [{"url": settings.base_path}]
    if settings.metrics_port is not None:
        for path in OPERATIONS:
            del document["paths"][path]
    return document


def index_of(document: dict[str, Any]) -> str:
    """Return one line for each operation: its method, path and summary."""
    lines = [f"{document['info']['title']} {document['info']['version']}", ""]
    for path, operations in document["paths"].items():
        lines += [f"{method.upper():<5}{path:<21}{operation['summary']}" for method, operation in operations.items()]
    return "\n".join(lines) + "\n"
