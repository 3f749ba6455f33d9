"""Object stores on this machine: a stand-in that fails on demand, and a real S3 server where there is one."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote
from xml.sax.saxutils import escape

import obstore
from obstore.store import S3Store

from .http_origin import Answer, Origin, Request

BUCKET = "playlists"
ACCESS_KEY, SECRET_KEY = "AKIDhunter2", "hunter2secret"
_PACKED = Path(__file__).resolve().parents[3].parent / "shared/cluster/bin/versitygw.zst"


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


def unpacked_server(folder: Path) -> Path | None:
    """Unpack versitygw, an S3 server, where the cluster for tests has it; None elsewhere."""
    zstd, server = shutil.which("zstd"), folder / "versitygw"
    if zstd is None or not _PACKED.exists():
        return None
    subprocess.run([zstd, "-dqf", _PACKED, "-o", server], check=True)
    server.chmod(0o700)
    return server


@contextmanager
def running(server: Path, folder: Path) -> Iterator[str]:
    """Run the server on a free port of 127.0.0.1 with an empty bucket; yields its URL."""
    (folder / BUCKET).mkdir(parents=True)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    command = [server, "--port", address, "--health", "/health", "--quiet", "posix", folder]
    keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
    quiet: Mapping[str, int] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=os.environ | keys, cwd=folder, **quiet) as process:
        try:
            _wait_for(f"http://{address}/health")
            yield f"http://{address}"
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        with suppress(OSError), opener.open(url, timeout=5):
            return
        time.sleep(0.05)
    raise TimeoutError(url)
