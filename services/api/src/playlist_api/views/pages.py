"""The pages for people: the recommender at /, the API's description at /docs, and the files that they load."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from playlist_api.context import context
from playlist_api.views.docs import index_of

DOCS_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
# Not even the page's own scripts can turn a text into markup; Swagger UI needs to.
PAGE_POLICY = f"{DOCS_POLICY}; require-trusted-types-for 'script'; trusted-types 'none'"
# Not guessed: what mimetypes knows depends on the machine.
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_DOCS_IN_FOLDER, _STATUS_IN_FOLDER = "docs/index.html", "status/index.html"
_LINK = re.compile(rb'(?:href|src)="')
_SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent.

    Attributes:
        content: the bytes.
        content_type: with the charset where it is a text.
        etag: of the bytes alone: files of two images may well have the same date and size.
    """

    content: bytes
    content_type: str
    etag: str

    @classmethod
    def read(cls, file: Traversable) -> "StaticFile":
        """Read a file of a package."""
        return cls.of(file.read_bytes(), _CONTENT_TYPES[PurePath(file.name).suffix])

    @classmethod
    def of(cls, content: bytes, content_type: str) -> "StaticFile":
        """Take bytes."""
        return cls(content, content_type, sha256(content).hexdigest()[:32])

    def in_folder(self) -> "StaticFile":
        """Return a page, all of whose links are relative, for one folder further down."""
        return self.of(_LINK.sub(rb"\g<0>../", self.content), self.content_type)


def static_files() -> dict[str, StaticFile]:
    """Read this package's files and the ones of Swagger UI that are used, by the path that they are served at."""
    swagger_ui = files("flask_swagger_ui") / "dist"
    found = dict(_read_below(files("playlist_api") / "web")) | {
        f"swagger-ui/{name}": StaticFile.read(swagger_ui / name) for name in _SWAGGER_UI
    }
    folders = {_DOCS_IN_FOLDER: "docs.html", _STATUS_IN_FOLDER: "status.html"}
    return found | {path: found[name].in_folder() for path, name in folders.items()}


def _read_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, StaticFile]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read_below(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, StaticFile.read(entry)


# Held in memory, so that no path from outside ever meets a file system.
_static_files = cache(static_files)

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    """Return the recommender; to a person with curl who asks for text/plain, a list of what there is."""
    if request.accept_mimetypes.best_match(["text/html", "text/plain"]) == "text/plain":
        response = Response(index_of(context().document), content_type="text/plain; charset=utf-8")
    else:
        response = _page("index.html", PAGE_POLICY)
    response.vary.add("Accept")
    return response


@blueprint.get("/docs")
def docs() -> Response:
    """Return the API's description, to read and to try; with a slash at the end, its links lead one folder up."""
    return _page(_DOCS_IN_FOLDER if request.path.endswith("/") else "docs.html", DOCS_POLICY)


@blueprint.get("/status")
def status() -> Response:
    """Return the operator's page, which asks the API like any client and changes nothing."""
    return _page(_STATUS_IN_FOLDER if request.path.endswith("/") else "status.html", PAGE_POLICY)


@blueprint.get("/static/<path:path>")
def static(path: str) -> Response:
    """Return a file that a page loads; the pages themselves only where they have their policy."""
    if path not in _static_files() or path.endswith(".html"):
        raise NotFound
    return _answer(path)


def not_found_page(base: str) -> Response:
    """Return the page that says there is nothing here; it may stand at any depth, so its links begin with ``base``."""
    page = _static_files()["not-found.html"].content
    links = rf"\g<0>{base}/".encode()
    response = Response(_LINK.sub(links, page), 404, content_type=_CONTENT_TYPES[".html"])
    return _guarded(response, PAGE_POLICY)


def _page(path: str, policy: str) -> Response:
    return _guarded(_answer(path), policy)


def _guarded(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _answer(path: str) -> Response:
    """Return a file that browsers keep, and use only after asking whether it is still the same.

    The files have the same addresses in every version, and a page of one version with a script of another would
    break.
    """
    file = _static_files()[path]
    response = Response(file.content, content_type=file.content_type)
    response.set_etag(file.etag)
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response
