"""The headers that this API adds to answers, and the ones that every answer has."""

from werkzeug.datastructures import Headers

SOURCE = "Playlist-Source"
REQUEST_ID = "X-Request-ID"


def add_common_headers(headers: Headers, request_id: str) -> None:
    """Add what every answer has; nothing before this has set the first two, so the cheaper ``add`` does."""
    headers.add(REQUEST_ID, request_id)
    headers.add("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cache-Control", "no-store")
