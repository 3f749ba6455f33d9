"""What a request can run into, and how it is told: RFC 9457 problems.

ApiError
├── BadBodyError          400: the body is not JSON
├── UnknownSongError      404: a song was asked about that the model does not know
├── BodyTooLargeError     413: the body is larger than the server takes
├── UnknownEncodingError  415: the body is compressed in a way that is not known here
├── InvalidRequestError   422: JSON or a query of the wrong shape, or over a limit
└── NoModelLoadedError    503: nothing to answer from yet
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed, NotFound

from playlist_api.middleware.base_path import ASKED_PATH, BASE_PATH
from playlist_api.responses import json_response

_log = logging.getLogger(__name__)


class ApiError(Exception):
    """Base of what this package answers with a status of its own; the message is for the caller."""

    status: ClassVar[int]
    headers: ClassVar[Mapping[str, str]] = {}


class BadBodyError(ApiError):
    """The body is not UTF-8 or not JSON."""

    status = 400


class UnknownSongError(ApiError):
    """A song was asked about by itself and is not in the model; not raised for the songs of a recommendation."""

    status = 404


class BodyTooLargeError(ApiError):
    """The body is larger than the server takes."""

    status = 413


class UnknownEncodingError(ApiError):
    """The body's Content-Encoding is neither gzip nor none."""

    status = 415
    headers: ClassVar[Mapping[str, str]] = {"Accept-Encoding": "gzip"}


class InvalidRequestError(ApiError):
    """The body or the query is readable, and of the wrong shape or over a limit."""

    status = 422


class NoModelLoadedError(ApiError):
    """No model is loaded: none was published, or the first one is still being read."""

    status = 503
    # A model is there as soon as the training has ended, and the pointer is looked at every second.
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


def problem_document(status: int, detail: str, request_id: str) -> dict[str, object]:
    """Return a problem document; ``detail`` says what was found, what is expected and what to send."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem document as an answer."""
    content = problem_document(status, detail, g.request_id)
    return json_response(content, status, headers, content_type="application/problem+json")


def register_error_handlers(app: Flask) -> None:
    """Map every exception to a problem, so that routes need no try."""
    app.register_error_handler(ApiError, _from_api_error)
    app.register_error_handler(HTTPException, problem_from)
    app.register_error_handler(Exception, _from_any_other)


def _from_api_error(error: ApiError) -> Response:
    return problem(error.status, str(error), error.headers)


def problem_from(error: HTTPException) -> Response:
    """Return what a request ran into as a problem."""
    status = error.code or 500
    path = quote(request.script_root + request.environ.get(ASKED_PATH, request.path))[:200]
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return problem(status, f"{request.method} is not offered at {path}: use {allowed}.", {"Allow": allowed})
    if isinstance(error, NotFound):
        return problem(status, f"There is nothing at {path}: GET {_base()}/openapi.json describes what there is.")
    if isinstance(error, BadHost):
        return problem(status, "The Host header is not a host name: send the host of the address you call.")
    return problem(status, error.description or HTTPStatus(status).phrase)


def _base() -> str:
    base: str = current_app.config[BASE_PATH]
    return base


def _from_any_other(error: Exception) -> Response:
    _log.error(
        "failed to answer %s %s",
        request.method,
        quote(request.path),
        exc_info=error,
        extra={"request_id": g.request_id},
    )
    return problem(500, f"An error of the server's own: its log holds the cause under request id {g.request_id}.")
