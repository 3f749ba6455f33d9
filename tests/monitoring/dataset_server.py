"""A server of one dataset, which may go away and come back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class DatasetServer:
    """Serves a file's folder, on the same port whenever it is there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/{self._file.name}"

    def __enter__(self) -> "DatasetServer":
        self._come()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._leave()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Refuse connections until the block is left."""
        self._leave()
        yield
        self._come()

    def _come(self) -> None:
        handler = partial(_Quiet, directory=str(self._file.parent))
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def _leave(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
