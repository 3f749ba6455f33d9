"""A server of S3 that others wrote, in this process: moto's."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from .s3_server import BUCKET


@contextmanager
def running() -> Iterator[str]:
    """Run the server on a free port of 127.0.0.1 with an empty bucket; yields its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else each request is a line
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(f"{url}/{BUCKET}", method="PUT"), timeout=30):
            yield url
    finally:
        server.stop()
