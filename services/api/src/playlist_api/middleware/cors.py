"""Letting pages of other web origins call the API (CORS); Flask answers the OPTIONS request of a preflight itself."""

from dataclasses import dataclass

from flask import Flask, Response, request

from playlist_api.middleware import headers


@dataclass(frozen=True)
class Cors:
    """Marks answers for pages of some origins.

    Attributes:
        origins: the allowed ones; ``*`` allows all.
    """

    origins: tuple[str, ...]

    def register(self, app: Flask) -> None:
        """Mark the app's answers; nothing to do where no origin is allowed."""
        if self.origins:
            app.after_request(self.mark)

    def headers_for(self, origin: str) -> dict[str, str]:
        """Return the headers that let a page of an origin read an answer; none where it may not."""
        if not origin or not {"*", origin} & set(self.origins):
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": f"{headers.SOURCE}, {headers.REQUEST_ID}",
        }

    def mark(self, response: Response) -> Response:
        """Add the headers that the browser looks for."""
        # The same answer is not the same for another origin.
        response.vary.add("Origin")
        allowed = self.headers_for(request.headers.get("Origin", ""))
        if allowed:
            response.headers.update(allowed)
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
                response.headers["Access-Control-Allow-Headers"] = f"Content-Type, {headers.REQUEST_ID}"
                response.headers["Access-Control-Max-Age"] = "600"
        return response
