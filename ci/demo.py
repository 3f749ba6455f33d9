"""The whole product in one go: train on the built-in sample, serve the model, ask it.

Run as `make demo`. On a terminal, or with KEEP=1, it serves until Ctrl-C; otherwise it stops by itself.
"""

import argparse
import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
# Kept after the demo, so that each command it printed works afterwards too; `make clean` removes it.
MODELS = Path(os.path.relpath(BIN.parent / "demo-models"))
PORT = 8080
SONGS = ("Für Elise", "Clair de lune")
START_SECONDS = 30


def main() -> int:
    """Run the demo; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keep", action="store_true", help="serve until Ctrl-C, as on a terminal")
    parser.add_argument("--port", type=int, default=PORT, help="port of the API, if it is free (%(default)s)")
    given = parser.parse_args()
    keep = given.keep or (sys.stdin.isatty() and sys.stdout.isatty())
    shutil.rmtree(MODELS, ignore_errors=True)
    try:
        demonstrate(given.port, keep)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except subprocess.CalledProcessError as error:
        print(f"{Path(error.cmd[0]).name} failed with exit code {error.returncode}: see above", file=sys.stderr)
        return 1
    return 0


def demonstrate(wanted_port: int, keep: bool) -> None:
    """Learn, serve, ask, and say how to go on."""
    title("1. Learn: association rules from the 400 playlists of the built-in sample")
    run("playlist-trainer", "train", "--dataset", "builtin:sample", "--model-dir", MODELS, "--log-format", "text")
    title("2. Serve: the API and the web page")
    port = free_port(wanted_port)
    if port != wanted_port:
        print(f"port {wanted_port} is in use, so the API takes {port}", flush=True)
    with serving(port) as url:
        title("3. Ask: the command line")
        run("playlist-client", "recommend", *SONGS, "--explain", "--url", url)
        title("4. Ask: plain HTTP")
        ask_plainly(url)
        title("What next")
        # The demo's own port is free again once it has ended.
        next_port = free_port(0) if keep else port
        print(WHAT_NEXT.format(bin=os.path.relpath(BIN), port=next_port), flush=True)
        opening = f"Open {url} (web page), {url}/docs (API)"
        if keep:
            print(f"\n{bold(opening)}; Ctrl-C stops the API", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
    if not keep:
        print(f"\nThe API runs on after `make demo KEEP=1`. {opening}")


WHAT_NEXT = """\
Learn from your own playlists: give your file instead of builtin:sample (CSV with the columns pid and track_name, and
artist_name if there is one), serve them, ask:
  {bin}/playlist-trainer train --dataset builtin:sample --model-dir models
  {bin}/playlist-api --model-dir models --port {port}
  {bin}/playlist-client recommend "Für Elise" --explain --url http://127.0.0.1:{port}
A training that ends while the API runs is loaded without a restart. Keep the API in one terminal, ask in another."""


def bold(text: str) -> str:
    """Return a text in bold for a terminal that shows it, as it is for all else."""
    is_plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if is_plain else f"\033[1m{text}\033[0m"


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{bold(text)}", flush=True)


def run(command: str, *arguments: str | Path) -> None:
    """Show a command and run it."""
    line = [os.path.relpath(BIN / command), *map(str, arguments)]
    print("$", shlex.join(line), flush=True)
    subprocess.run(line, check=True)


def ask_plainly(url: str) -> None:
    """Send the request of the assignment, with curl where it is installed."""
    question = json.dumps({"songs": ["Drunken Sailor"]})
    line = ["curl", "-s", f"{url}/api/recommend", "-d", question]
    if shutil.which("curl"):
        print("$", shlex.join(line), flush=True)
        subprocess.run(line, check=True)
        print()
    else:
        run("playlist-client", "recommend", "Drunken Sailor", "--output", "json", "--url", url)


def free_port(wanted: int) -> int:
    """Return the port that is wanted if it is free on this machine, else another one."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # Connections of a server that has just ended may linger; they do not take the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SystemExit("no port is free on 127.0.0.1")


@contextlib.contextmanager
def serving(port: int) -> Iterator[str]:
    """Run the API; yield its URL once it is ready, and stop it at the end."""
    line = [os.path.relpath(BIN / "playlist-api"), "--model-dir", str(MODELS), "--port", str(port)]
    print("$", shlex.join(line), flush=True)
    environment = os.environ | {"PLAYLIST_LOG_FORMAT": "text", "PLAYLIST_LOG_LEVEL": "warning"}
    server = subprocess.Popen(line, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(server, url)
        print(f"the API answers at {url}", flush=True)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    print(f"\nthe API stopped, exit code {server.returncode}", flush=True)


def wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    """Return once the API is ready to answer."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"the API did not become ready within {START_SECONDS} s: see its log above")


if __name__ == "__main__":
    sys.exit(main())
