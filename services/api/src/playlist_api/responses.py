"""JSON on its way out."""

import json
from collections.abc import Mapping

from flask import Response

# Made once: json.dumps builds a new encoder for each call whose options are not the default ones.
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_response(
    content: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> Response:
    """Return an answer whose body is ``content`` as JSON in UTF-8."""
    return Response(encode(content), status, headers, content_type=content_type)
