"""The API as it is served against the document that it serves: Schemathesis over HTTP, the same cases each time."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

# A body over the size limit is refused just as one of the wrong shape is; by default 413 does not count as that.
CONFIG = """
[checks]
negative_data_rejection.expected-statuses = ["400", "404", "405", "413", "414", "422"]
"""


def test_schemathesis_finds_nothing(train: Callable[..., None], serve: Callable[[Path], str], tmp_path: Path) -> None:
    train(tmp_path / "volume", "--dataset", "builtin:sample")
    server = serve(tmp_path / "volume")
    wait_until_ready(server)
    document = requests.get(f"{server}/openapi.json", timeout=10)
    # From a file: given the address, Schemathesis leaves the operation out that serves it.
    (tmp_path / "openapi.json").write_bytes(document.content)
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = [Path(sys.executable).parent / "schemathesis", "run", "openapi.json", "--url", server]
    options = ["--checks", "all", "--max-examples", "60", "--generation-deterministic", "--no-color"]

    finished = subprocess.run(
        [*command, *options],
        cwd=tmp_path,  # it writes what it has seen into folders of its own
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert finished.returncode == 0, finished.stdout[-5000:]
    # A document without operations would have passed as well.
    operations = sum(len(path) for path in document.json()["paths"].values())
    assert f"Tested: {operations}\n" in finished.stdout


def wait_until_ready(server: str) -> None:
    deadline = time.monotonic() + 30
    while not requests.get(f"{server}/readyz", timeout=10).ok:
        assert time.monotonic() < deadline, "the model was not loaded within 30 s"
        time.sleep(0.05)
