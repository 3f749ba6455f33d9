"""Stands in for kubectl: notes how it is called, knows one release, and forwards a port to the fake API.

Its settings stand in ``settings.json`` beside it:
    upstream: port of the fake API.
    lives_s: how long a port-forward lasts; absent for ever.
    error: what a port-forward says instead of listening.
    ignores_end: whether SIGTERM is ignored.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    settings = json.loads((FOLDER / "settings.json").read_text())
    arguments = sys.argv[1:]
    with (FOLDER / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({"arguments": arguments, "pid": os.getpid()}) + "\n")
    if "get" in arguments:
        return find(arguments)
    if "error" in settings:
        print(f"error: {settings['error']}", file=sys.stderr)
        return 1
    if settings.get("ignores_end"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    forward(int(arguments[-1].partition(":")[0] or 0), settings["upstream"], settings.get("lives_s"))
    return 0


def find(arguments: list[str]) -> int:
    if "--namespace=forbidden" in arguments:
        print('Error from server (Forbidden): services is forbidden: User "me"', file=sys.stderr)
        return 1
    if any("app.kubernetes.io/instance=music," in argument for argument in arguments):
        print("service/music-playlist-recommender-api")
    return 0


def forward(port: int, upstream_port: int, lives_s: float | None) -> None:
    server = socket.create_server(("127.0.0.1", port), reuse_port=True)
    print(f"Forwarding from 127.0.0.1:{server.getsockname()[1]} -> 8080", flush=True)
    # As kubectl does where there is IPv6.
    print(f"Forwarding from [::1]:{server.getsockname()[1]} -> 8080", flush=True)
    is_first = len((FOLDER / "calls.jsonl").read_text().splitlines()) == 2
    if lives_s is not None and is_first:
        threading.Timer(lives_s, lose).start()
    while True:
        connection, _ = server.accept()
        # Enough of these lines fill a pipe that nobody reads.
        print("Handling connection for", server.getsockname()[1], "x" * 1000, flush=True)
        upstream = socket.create_connection(("127.0.0.1", upstream_port))
        for source, target in ((connection, upstream), (upstream, connection)):
            threading.Thread(target=copy, args=(source, target), daemon=True).start()


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while content := source.recv(65536):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def lose() -> None:
    print("error: lost connection to pod", file=sys.stderr, flush=True)
    time.sleep(0.05)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
