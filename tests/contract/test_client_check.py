"""``playlist-client check`` against the product while it reloads, and against a plain server made with Flask."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent
Train = Callable[..., None]
Serve = Callable[[Path], str]
_PLAIN = """
import datetime, sys
from flask import Flask, jsonify, request
app = Flask(__name__)
started = datetime.datetime.now()
@app.route("/api/recommend", methods=["POST"])
def recommend():
    data = request.get_json(force=True)
    return jsonify({"songs": [song + " 2" for song in data["songs"]], "version": "0.1", "model_date": str(started)})
app.run(port=int(sys.argv[1]))
"""


@contextmanager
def _plain_flask() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", _PLAIN, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _check(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [BIN / "playlist-client", "check", *arguments, "--output", "json"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_product_keeps_the_contract_and_reloads_while_it_is_asked(tmp_path: Path, train: Train, serve: Serve) -> None:
    train(tmp_path / "models")
    url = serve(tmp_path / "models")

    with _check(tmp_path, url, "--reload", "60", "--song", "Für Elise", "--song", "Clair de lune") as checking:
        assert checking.stderr is not None
        assert checking.stderr.readline().startswith("publish a new model now; waiting up to 60 s")
        train(tmp_path / "models", "--min-support", "0.05")
        out, err = checking.communicate(timeout=90)

    report = json.loads(out)
    assert checking.returncode == 0, out + err
    assert {check["outcome"] for check in report["checks"]} == {"pass"}
    assert report["checks"][-1]["check"] == "model_date changes while it is asked"
    assert (tmp_path / "check-report.md").read_text().count("| ✓ |") == len(report["checks"]) == 14


def test_plain_flask_server_is_told_what_it_gets_wrong_and_nothing_else(tmp_path: Path) -> None:
    with _plain_flask() as url, _check(tmp_path, url) as checking:
        out, _ = checking.communicate(timeout=60)

    outcomes = {check["check"]: check["outcome"] for check in json.loads(out)["checks"]}
    assert checking.returncode == 1
    assert [name for name, outcome in outcomes.items() if outcome == "fail"] == [
        "songs missing",
        "songs is a list of numbers",
        "a list instead of an object",
    ]
    # A text is a list of letters, for this one.
    assert [name for name, outcome in outcomes.items() if outcome == "warn"] == ["songs is a text, not a list"]
    assert "## Failed: songs missing" in (tmp_path / "check-report.md").read_text()
