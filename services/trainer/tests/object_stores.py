"""Object stores on this machine: a stand-in that fails on demand, and a real S3 server where there is one."""

import hashlib
import re
import urllib.request
from typing import Protocol
from urllib.parse import quote
from xml.sax.saxutils import escape

import obstore
from libs.model.tests.s3_server import ACCESS_KEY, SECRET_KEY
from obstore.store import S3Store

from .http_origin import Answer, Origin, Request

BUCKET = "playlists"


class Store(Protocol):
    """A bucket that tests fill.

    Attributes:
        url: of the server.
    """

    url: str

    def put(self, key: str, content: bytes) -> str:
        """Store an object; gives its address."""


def environment_of(store: Store) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": store.url,
        "AWS_ALLOW_HTTP": "true",
    }


class StandIn:
    """As much of S3 as a reader sees, on an Origin: objects with ETags and ranges, listings, errors as XML."""

    def __init__(self, origin: Origin) -> None:
        self.url = origin.url
        self.origin = origin
        self.objects: dict[str, bytes] = {}
        origin.route(f"/{BUCKET}", self._list)

    def put(self, key: str, content: bytes) -> str:
        self.objects[key] = content
        # Google's client encodes dots too.
        for path in {quote(key, safe="/~"), quote(key, safe="").replace(".", "%2E")}:
            self.origin.route(f"/{BUCKET}/{path}", lambda request: self._get(key, request))
        return f"s3://{BUCKET}/{quote(key)}"

    def etag(self, key: str) -> str:
        return f'"{hashlib.md5(self.objects[key]).hexdigest()}"'

    def headers(self, key: str) -> dict[str, str]:
        return {"ETag": self.etag(key), "Last-Modified": "Thu, 26 Nov 2026 15:26:54 GMT"}

    def _get(self, key: str, request: Request) -> Answer:
        # Names in lower case: that is how this client sends them.
        given = {name.lower(): value for name, value in request.headers.items()}
        body, headers = self.objects[key], self.headers(key)
        if given.get("if-none-match") == headers["ETag"]:
            return Answer(304, headers)
        if given.get("if-match", headers["ETag"]) != headers["ETag"]:
            return Answer(412)
        found = re.fullmatch(r"bytes=(\d+)-", given.get("range", ""))
        if not found:
            return Answer(200, headers, body)
        first = int(found[1])
        return Answer(206, headers | {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"}, body[first:])

    def _list(self, request: Request) -> Answer:
        found = re.search(r"[?&]prefix=([^&]*)", request.target)
        prefix = urllib.request.unquote(found[1]) if found else ""
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-26T15:26:54.000Z</LastModified>"
            f"<ETag>{escape(self.etag(key))}</ETag><Size>{len(content)}</Size></Contents>"
            for key, content in self.objects.items()
            if key.startswith(prefix)
        )
        return Answer(
            200, {}, f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
        )


class RealStore:
    """A bucket of a real S3 server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._store = S3Store(
            BUCKET,
            endpoint=url,
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY,
            client_options={"allow_http": True},
        )

    def put(self, key: str, content: bytes) -> str:
        obstore.put(self._store, key, content)
        return f"s3://{BUCKET}/{quote(key)}"
