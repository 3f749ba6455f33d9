"""What is at an address where there is nothing: a page for a person, a problem for a program."""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotFound

from playlist_api.errors import problem_from
from playlist_api.middleware.base_path import BASE_PATH
from playlist_api.views.pages import not_found_page


def register(app: Flask) -> None:
    """Answer in an app's stead where it has no route."""
    app.register_error_handler(NotFound, _not_found)


def _not_found(error: NotFound) -> Response:
    # A browser that shows something asks for HTML by name; its scripts and other programs ask for anything.
    is_shown = request.accept_mimetypes.best_match(["application/problem+json", "text/html"]) == "text/html"
    response = not_found_page(current_app.config[BASE_PATH]) if is_shown else problem_from(error)
    response.vary.add("Accept")
    return response
