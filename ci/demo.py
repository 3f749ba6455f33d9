"""The main job in one go: train on the built-in sample, serve the model, ask it, and stop.

Run as `make demo`; `make demo KEEP=1` goes on serving until Ctrl-C.
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
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
SONGS = ("Für Elise", "Clair de lune")
START_SECONDS = 30


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keep", action="store_true", help="go on serving until Ctrl-C")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="playlist-demo-") as models:
        title("1. Learn: association rules from 400 playlists of the built-in sample")
        run("playlist-trainer", "train", "--dataset", "builtin:sample", "--model-dir", models, "--log-format", "text")
        title("2. Serve: the API under gunicorn")
        with serving(models) as url:
            print(f"the API answers at {url}")
            title("3. Ask")
            run("playlist-client", "recommend", *SONGS, "--url", url, "--explain")
            title("4. Ask as the assignment's clients do")
            curl(url)
            title("How to go on")
            print(HOW_TO_GO_ON.format(bin=os.path.relpath(BIN)))
            if keep:
                wait(url)


HOW_TO_GO_ON = """\
keep the API running, and ask it yourself:
  make demo KEEP=1
learn from your own playlists (columns pid and track_name, artist_name if you have it), and serve them:
  {bin}/playlist-trainer train --dataset FILE.csv --model-dir models
  {bin}/playlist-api --model-dir models
a training that ends while the API runs is picked up without a restart; ask with:
  {bin}/playlist-client recommend "A song" "Another song" --explain"""


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def run(command: str, *arguments: str) -> None:
    """Show a command and run it."""
    print("$", shlex.join([command, *arguments]), flush=True)
    subprocess.run([BIN / command, *arguments], check=True)


def curl(url: str) -> None:
    """Show the plain request, by curl where there is one."""
    question = json.dumps({"songs": ["Drunken Sailor"]})
    print(f"$ curl -s {url}/api/recommend -d '{question}'", flush=True)
    if shutil.which("curl"):
        subprocess.run(["curl", "-s", f"{url}/api/recommend", "-d", question], check=True)
    else:
        with urllib.request.urlopen(f"{url}/api/recommend", question.encode()) as answer:
            print(answer.read().decode())
    print()


@contextlib.contextmanager
def serving(models: str) -> Iterator[str]:
    """Run the API on a free port of this machine; gives its URL and stops it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["playlist-api", "--model-dir", models, "--host", "127.0.0.1", "--port", str(port)]
    print("$", shlex.join(command), flush=True)
    environment = os.environ | {"PLAYLIST_LOG_FORMAT": "text", "PLAYLIST_LOG_LEVEL": "warning"}
    server = subprocess.Popen([BIN / command[0], *command[1:]], env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(server, url)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    print(f"the API stopped, exit code {server.returncode}")


def wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    """Return once the API is ready to answer."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"the API did not become ready within {START_SECONDS} s: see its log above")


def wait(url: str) -> None:
    """Serve until Ctrl-C."""
    print(f"\nserving at {url} until Ctrl-C", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    main()
