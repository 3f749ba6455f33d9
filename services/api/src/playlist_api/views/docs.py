"""The OpenAPI document: kept as openapi.json in this package, completed with what settings decide."""

import json
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response

from playlist_api.context import context
from playlist_api.responses import json_response
from playlist_api.settings import Settings

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    return json_response(context().document)


def document_for(settings: Settings) -> dict[str, Any]:
    """Return the document with the code's version and the limits that are in force."""
    document: dict[str, Any] = json.loads(files("playlist_api").joinpath("openapi.json").read_text("utf-8"))
    document["info"]["version"] = settings.version
    schemas = document["components"]["schemas"]
    schemas["RecommendRequest"]["properties"]["songs"]["maxItems"] = settings.max_songs
    schemas["SongText"]["maxLength"] = settings.max_song_length
    return document


def index_of(document: dict[str, Any]) -> str:
    """Return one line for each operation: its method, path and summary."""
    lines = [f"{document['info']['title']} {document['info']['version']}", ""]
    for path, operations in document["paths"].items():
        lines += [f"{method.upper():<5}{path:<21}{operation['summary']}" for method, operation in operations.items()]
    return "\n".join(lines) + "\n"
