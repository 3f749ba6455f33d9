"""A server with a dataset that changes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OLD = b"pid,track_name\n1,Nocturne\n1,Prelude\n"
NEW = b"pid,track_name\n1,Nocturne\n1,Prelude\n2,Nocturne\n2,Etude\n"


class DatasetServer:
    """Serves ``content`` at every path of 127.0.0.1, or answers ``status`` alone.

    Attributes:
        url: of the dataset.
        asked: how many requests came.
    """

    def __init__(self) -> None:
        self.content, self.status, self.asked = OLD, 200, 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked += 1
                body = owner.content if owner.status == 200 else b""
                self.send_response(owner.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/playlists.csv"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
